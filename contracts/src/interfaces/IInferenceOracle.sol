// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Results } from "../libraries/Results.sol";

/// @title IInferenceOracle
/// @notice Inference for contracts: a session's owner, itself a contract as a rule, asks; the session queue runs the task; its
/// answer is taken once the session's validation policy is met, or the request is closed.
/// @dev Nobody has any power here. No money is held, moved or counted: the task is a task of the requester's session, paid by its
/// receipt as any other. What isn't answered costs the session nothing unless miners delivered work for it. A requester lets
/// this contract enqueue its tasks first (`ISessionQueue.setEnqueuer`).
/// Warning: who assigns the task chooses its miners. A majority of one operator's own miners is that operator's word.
interface IInferenceOracle {
    enum Policy {
        /// Anyone delivers: more than half of the copies that were asked for committed to the same answer.
        Majority,
        /// What this contract can't judge (validators, answers that are alike without being equal): the operator that assigned
        /// the task says which of the committed answers holds.
        Operator
    }

    enum State {
        None,
        Open,
        Answered,
        /// Without an answer, for good.
        Closed
    }

    struct Question {
        /// What the user says, UTF-8, at most 4,096 bytes; empty when the prompt is at `cid`.
        bytes text;
        /// A JSON schema that the answer is asked to meet, at most 1,024 bytes; may be empty. Asked for, not enforced here.
        bytes schema;
        /// Of a prompt at `cid`, which holds the schema too: keccak256(salt ‖ encoded prompt).
        bytes32 promptCommit;
        bytes cid;
    }

    struct Terms {
        bytes32 modelId;
        /// The operator that assigns the task and is paid for it.
        address assigner;
        Policy policy;
        /// Copies, at least as many as the session asks for.
        uint8 redundancy;
        uint16 workSeconds;
        uint32 maxIn;
        /// 1 … 1,024.
        uint32 maxOut;
        uint96 feeCapWei;
        /// First second at which no answer is taken any more.
        uint40 deadline;
    }

    /// A function of the requester's own: `(bytes32 taskId, bool isAnswered, bytes answer)`.
    struct Callback {
        /// Zero for none: the answer is read here.
        bytes4 selector;
        /// At most 500,000.
        uint32 gasLimit;
    }

    struct Request {
        address requester;
        State state;
        Policy policy;
        /// It was called and failed, or there was no code. The answer stays here to be read.
        bool hasCallbackFailed;
        Callback callback;
        uint40 deadline;
        /// As `Answers` normalises it.
        bytes answer;
    }

    /// One committed result, shown.
    struct Opening {
        /// Index of the miner's seat.
        uint8 seat;
        /// The struct that the miner committed to the hash of.
        Results.Result result;
        /// Its answer, as it was made, at most 1,024 bytes.
        bytes output;
    }

    event InferenceRequested(
        bytes32 indexed taskId,
        address indexed requester,
        Policy policy,
        uint256 deadline,
        Callback callback,
        bytes schema
    );
    event InferenceAnswered(
        bytes32 indexed taskId, address indexed requester, address by, uint256 agreeing, bytes answer
    );
    event InferenceClosed(bytes32 indexed taskId, address indexed requester, address by);
    event CallbackFailed(bytes32 indexed taskId, address indexed requester);

    error NotSessionOwner(address caller, address owner);
    error ParamOutOfBounds(bytes32 param, uint256 value, uint256 minimum, uint256 maximum);
    error QuestionTwice();
    error PolicyBeyondContract(uint256 validators);
    error RequestNotOpen(bytes32 taskId, State state);
    error RequestLate(uint256 deadline);
    error RequestNotDue(uint256 deadline);
    error AnswerTooEarly(bytes32 taskId);
    error NotAssigner(address caller);
    error AgreeingBelow(uint256 agreeing, uint256 redundancy);
    error SeatsUnordered(uint256 seat);
    error SeatUncommitted(uint256 seat);
    error ResultOther(bytes32 shown, bytes32 committed);
    error ResultForeign(bytes32 taskId, address miner);
    error ResultUnfinished(uint256 seat);
    error OutputOther(bytes32 shown, bytes32 committed);
    error OutputTooLong(uint256 bytesGiven, uint256 bytesMax);
    error AnswersDiffer(uint256 seat);
    error AnswerEmpty();

    /// @notice Asks, on the caller's session. Only the session's owner.
    /// @return taskId The task's id, and the request's.
    function request(uint32 account, Question calldata question, Terms calldata terms, Callback calldata callback)
        external
        returns (bytes32 taskId);

    /// @notice Answers an open request before its deadline, once its task is committed. Anyone; under `Policy.Operator` only the
    /// operator that assigned the task, or a router of it. Calls the requester back.
    /// @param openings Results with one answer, in the order of seats: of more than half of the copies asked for; under
    /// `Policy.Operator` one at least.
    function deliver(bytes32 taskId, Opening[] calldata openings) external;

    /// @notice Closes an open request: from its deadline on (inclusive), or once its task ended without any result. Anyone. Calls the
    /// requester back.
    function close(bytes32 taskId) external;

    function requestOf(bytes32 taskId) external view returns (Request memory);
}
