// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IInferenceOracle } from "../../interfaces/IInferenceOracle.sol";
import { ISessionQueue } from "../../interfaces/ISessionQueue.sol";
import { ISessions } from "../../interfaces/ISessions.sol";
import { Answers } from "../../libraries/Answers.sol";
import { Callbacks } from "../../libraries/Callbacks.sol";
import { Prompts } from "../../libraries/Prompts.sol";
import { Results } from "../../libraries/Results.sol";
import { SessionTasks } from "../../libraries/SessionTasks.sol";
import { Tasks } from "../../libraries/Tasks.sol";

/// @title InferenceOracle
contract InferenceOracle is IInferenceOracle {
    uint256 public constant TEXT_BYTES_MAX = 4_096;
    uint256 public constant SCHEMA_BYTES_MAX = 1_024;
    uint256 public constant ANSWER_BYTES_MAX = 1_024;
    uint256 public constant OUTPUT_TOKENS_MAX = 1_024;
    /// @notice What a callback may burn of whoever delivers.
    uint256 public constant CALLBACK_GAS_MAX = 500_000;
    /// @notice Time to deliver after the last second at which results may come.
    uint256 public constant DELIVERY_SECONDS = 600;
    uint256 public constant DEADLINE_SECONDS_MAX = 7 days;
    uint256 internal constant ENQUEUED_AND_ASSIGNED_SECONDS =
        SessionTasks.ENQUEUED_SECONDS + SessionTasks.ASSIGNED_SECONDS;
    bytes internal constant SCHEMA_LINE = "Answer with one value of this JSON schema and nothing else: ";

    ISessions public immutable sessions;
    ISessionQueue public immutable queue;

    /// @notice Requests ever made.
    uint64 public requestCount;
    mapping(bytes32 taskId => Request) internal _requests;

    constructor(ISessions sessions_, ISessionQueue queue_) {
        sessions = sessions_;
        queue = queue_;
    }

    /* ASKING */

    /// @inheritdoc IInferenceOracle
    function request(uint32 account, Question calldata question, Terms calldata terms, Callback calldata callback)
        external
        returns (bytes32 taskId)
    {
        _checkRequest(account, question, terms, callback);
        Tasks.Task memory task = _taskOf(account, terms);
        ISessionQueue.Payload memory payload = _payloadOf(question, terms.maxOut);
        task.promptCommit =
            payload.kind == ISessionQueue.PayloadKind.Cid ? question.promptCommit : keccak256(payload.data);
        task.paramsHash = keccak256(payload.params);
        taskId = Tasks.hashTask(task);

        Request storage asked = _requests[taskId];
        asked.requester = msg.sender;
        asked.state = State.Open;
        asked.policy = terms.policy;
        asked.callback = callback;
        asked.deadline = terms.deadline;
        emit InferenceRequested(taskId, msg.sender, terms.policy, terms.deadline, callback, question.schema);
        queue.enqueue(task, ISessionQueue.Terms({ assigner: terms.assigner, workSeconds: terms.workSeconds }), payload);
    }

    /* ANSWERING */

    /// @inheritdoc IInferenceOracle
    function deliver(bytes32 taskId, Opening[] calldata openings) external {
        Request storage asked = _open(taskId);
        require(block.timestamp < asked.deadline, RequestLate(asked.deadline));
        ISessionQueue.SessionTask memory task = queue.taskOf(taskId);
        require(task.state.phase >= SessionTasks.Phase.Committed, AnswerTooEarly(taskId));
        uint256 agreeing = openings.length;
        if (asked.policy == Policy.Operator) {
            require(queue.isAssignerOf(taskId, msg.sender), NotAssigner(msg.sender));
            require(agreeing != 0, AgreeingBelow(agreeing, task.redundancy));
        } else {
            require(agreeing * 2 > task.redundancy, AgreeingBelow(agreeing, task.redundancy));
        }
        bytes memory answer = _answerOf(taskId, task.state.committed, openings);

        asked.state = State.Answered;
        asked.answer = answer;
        emit InferenceAnswered(taskId, asked.requester, msg.sender, agreeing, answer);
        _callBack(taskId, asked, true, answer);
    }

    /// @inheritdoc IInferenceOracle
    function close(bytes32 taskId) external {
        Request storage asked = _open(taskId);
        if (block.timestamp < asked.deadline) {
            SessionTasks.State memory state = queue.taskOf(taskId).state;
            bool isVain = state.phase == SessionTasks.Phase.Ended && state.committed == 0;
            require(isVain, RequestNotDue(asked.deadline));
        }
        asked.state = State.Closed;
        emit InferenceClosed(taskId, asked.requester, msg.sender);
        _callBack(taskId, asked, false, "");
    }

    /* VIEWS */

    /// @inheritdoc IInferenceOracle
    function requestOf(bytes32 taskId) external view returns (Request memory) {
        return _requests[taskId];
    }

    /* INTERNAL */

    function _checkRequest(uint32 account, Question calldata question, Terms calldata terms, Callback calldata callback)
        internal
        view
    {
        ISessions.Session memory session = sessions.sessionOf(account);
        require(session.owner == msg.sender, NotSessionOwner(msg.sender, session.owner));
        uint256 validators = session.params.numOfValidatorNodes;
        require(validators == 0 || terms.policy == Policy.Operator, PolicyBeyondContract(validators));
        _checkBounds("redundancy", terms.redundancy, session.params.redundant, SessionTasks.REDUNDANCY_MAX);
        _checkBounds("maxOut", terms.maxOut, 1, OUTPUT_TOKENS_MAX);
        _checkBounds("gasLimit", callback.gasLimit, 0, CALLBACK_GAS_MAX);
        _checkBounds("schema", question.schema.length, 0, SCHEMA_BYTES_MAX);
        _checkBounds("text", question.text.length, 0, TEXT_BYTES_MAX);
        // One of the two; the queue bounds a CID.
        bool isAtCid = question.text.length == 0;
        require(isAtCid || (question.cid.length == 0 && question.promptCommit == 0), QuestionTwice());
        uint256 latest = ENQUEUED_AND_ASSIGNED_SECONDS + terms.workSeconds + SessionTasks.PRECOMMITTED_SECONDS;
        uint256 soonest = block.timestamp + latest + DELIVERY_SECONDS;
        _checkBounds("deadline", terms.deadline, soonest, block.timestamp + DEADLINE_SECONDS_MAX);
    }

    /// All of the task but its prompt and parameters.
    function _taskOf(uint32 account, Terms calldata terms) internal returns (Tasks.Task memory task) {
        uint64 count = ++requestCount;
        task.account = account;
        task.session = sessions.sidOf(account);
        task.seq = uint32(count);
        task.modelId = terms.modelId;
        task.maxIn = terms.maxIn;
        task.maxOut = terms.maxOut;
        task.feeCapWei = terms.feeCapWei;
        task.deadline = uint64(block.timestamp + ENQUEUED_AND_ASSIGNED_SECONDS + terms.workSeconds);
        task.userNonce = keccak256(abi.encode(block.chainid, address(this), count));
        task.redundancy = terms.redundancy;
    }

    /// A question in the open needs no salt: it is zero.
    function _payloadOf(Question calldata question, uint32 maxTokens)
        internal
        pure
        returns (ISessionQueue.Payload memory payload)
    {
        payload.params = Prompts.greedyParams(maxTokens);
        if (question.text.length == 0) {
            payload.kind = ISessionQueue.PayloadKind.Cid;
            payload.data = question.cid;
        } else {
            bytes memory system = question.schema.length == 0 ? bytes("") : bytes.concat(SCHEMA_LINE, question.schema);
            payload.kind = ISessionQueue.PayloadKind.Prompt;
            payload.data = bytes.concat(bytes32(0), Prompts.encodeChat(system, question.text));
        }
    }

    function _open(bytes32 taskId) internal view returns (Request storage asked) {
        asked = _requests[taskId];
        require(asked.state == State.Open, RequestNotOpen(taskId, asked.state));
    }

    /// The one answer of several committed results.
    function _answerOf(bytes32 taskId, uint8 committed, Opening[] calldata openings)
        internal
        view
        returns (bytes memory answer)
    {
        ISessionQueue.Seat[] memory seats = queue.seatsOf(taskId);
        bytes32 hash = 0;
        for (uint256 i = 0; i < openings.length; ++i) {
            Opening calldata opening = openings[i];
            uint256 seat = opening.seat;
            require(i == 0 || seat > openings[i - 1].seat, SeatsUnordered(seat));
            require(seat < seats.length && SessionTasks.has(committed, seat), SeatUncommitted(seat));
            _checkOpening(taskId, seats[seat], opening);
            bytes calldata output = Answers.normalise(opening.output);
            if (i == 0) (answer, hash) = (output, keccak256(output));
            else require(keccak256(output) == hash, AnswersDiffer(seat));
        }
        require(answer.length != 0, AnswerEmpty());
    }

    /// Whether this is what the seat's miner committed to, and a whole answer.
    function _checkOpening(bytes32 taskId, ISessionQueue.Seat memory seat, Opening calldata opening) internal pure {
        uint256 length = opening.output.length;
        require(length <= ANSWER_BYTES_MAX, OutputTooLong(length, ANSWER_BYTES_MAX));
        Results.Result memory result = opening.result;
        bytes32 shown = Results.hashResult(result);
        require(shown == seat.bound, ResultOther(shown, seat.bound));
        require(result.taskId == taskId && result.miner == seat.miner, ResultForeign(result.taskId, result.miner));
        require(Results.isWhole(result), ResultUnfinished(opening.seat));
        bytes32 output = Results.outCommit(taskId, opening.output);
        require(output == result.outCommit, OutputOther(output, result.outCommit));
    }

    /// Last of all: the request is over by then, whatever the requester does.
    function _callBack(bytes32 taskId, Request storage asked, bool isAnswered, bytes memory answer) internal {
        Callback memory callback = asked.callback;
        if (callback.selector == 0) return;
        bytes memory data = abi.encodeWithSelector(callback.selector, taskId, isAnswered, answer);
        if (Callbacks.callBounded(asked.requester, callback.gasLimit, data)) return;
        asked.hasCallbackFailed = true;
        emit CallbackFailed(taskId, asked.requester);
    }

    function _checkBounds(bytes32 param, uint256 value, uint256 minimum, uint256 maximum) internal pure {
        require(value >= minimum && value <= maximum, ParamOutOfBounds(param, value, minimum, maximum));
    }
}
