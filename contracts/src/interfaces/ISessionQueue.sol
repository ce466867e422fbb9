// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { SessionTasks } from "../libraries/SessionTasks.sol";
import { Tasks } from "../libraries/Tasks.sol";

/// @title ISessionQueue
/// @notice Tasks of sessions, on chain: enqueued → assigned → acked → precommitted → committed → ended. Anyone may enforce a deadline;
/// each fires once, and what follows counts from its own second.
/// @dev Nobody has any power here but a session's owner, whom it lets enqueue, the operator that it names, and the miners that one
/// assigns. No money is held, moved or counted: a task is paid as any other, by its receipt, since its id is the receipt's. Miners
/// are whom the operator says: whether they are registered, able and of several owners isn't looked at.
interface ISessionQueue {
    /// What the queue asks beside the task.
    struct Terms {
        /// The operator that assigns the task and is paid for it: itself or a router of it acts. Any other address acts alone.
        address assigner;
        /// Time for the work, from the last ack to the precommit: 1 … 3,600.
        uint16 workSeconds;
    }

    /// Where the prompt is.
    enum PayloadKind {
        /// With the client, who hands salt and prompt to the operator.
        None,
        /// At a CID, of at most 128 bytes.
        Cid,
        /// Here: salt ‖ encoded prompt, at most 8,192 bytes, whose hash is `promptCommit`. For tasks in the open alone.
        Prompt
    }

    struct Payload {
        PayloadKind kind;
        bytes data;
        /// The sampling parameters, encoded, whose hash is `paramsHash`, at most 4,096 bytes; empty when they are where the prompt is.
        bytes params;
    }

    struct SessionTask {
        /// The session's owner when the task was enqueued; zero when there is no such task.
        address client;
        uint32 account;
        uint16 workSeconds;
        uint8 redundancy;
        SessionTasks.State state;
    }

    /// A place for one miner.
    struct Seat {
        address miner;
        /// What it has bound itself to: its precommit; once committed, the hash of its result.
        bytes32 bound;
    }

    event EnqueuerSet(address indexed owner, address indexed enqueuer, bool isAllowed);
    /// Everything that a receipt of the task needs: who has this log needs no other record.
    event TaskEnqueued(
        bytes32 indexed taskId,
        uint32 indexed account,
        address indexed assigner,
        address enqueuer,
        uint256 workSeconds,
        Tasks.Task task,
        Payload payload
    );
    event TaskAssigned(bytes32 indexed taskId, address[] miners);
    event TaskAcked(bytes32 indexed taskId, address indexed miner);
    event TaskPrecommitted(bytes32 indexed taskId, address indexed miner, bytes32 hash);
    event TaskCommitted(bytes32 indexed taskId, address indexed miner, bytes32 resultHash, bytes32 salt);
    event DeadlineEnforced(
        bytes32 indexed taskId, SessionTasks.Phase indexed phase, uint256 deadlineSeconds, address by
    );
    event PhaseBegun(bytes32 indexed taskId, SessionTasks.Phase indexed phase, uint256 deadlineSeconds);
    event TaskEnded(bytes32 indexed taskId, SessionTasks.Ending indexed ending, uint256 atSeconds);

    error NotSessionOwner(address caller, address owner);
    error SessionInactive(uint32 account);
    error SessionOther(bytes32 given, bytes32 expected);
    error ModelOther(bytes32 given, bytes32 expected);
    error PrivacyOther(uint8 given, uint8 expected);
    error ParamOutOfBounds(bytes32 param, uint256 value, uint256 minimum, uint256 maximum);
    error AssignerZero();
    error PayloadNotEmpty(uint256 bytesGiven);
    error PayloadForeign(bytes32 given, bytes32 promptCommit);
    error ParamsForeign(bytes32 given, bytes32 paramsHash);
    error PayloadClosed(uint8 privacy);
    error TaskExists(bytes32 taskId);
    error TaskUnknown(bytes32 taskId);
    error TaskOver(bytes32 taskId);
    error DeadlineDue(uint256 deadlineSeconds);
    error DeadlineNotDue(uint256 deadlineSeconds);
    error PhaseOther(SessionTasks.Phase phase, SessionTasks.Phase awaited);
    error NotAssigner(address caller, address assigner);
    error NotClient(address caller, address client);
    error NotSeated(address caller);
    error AlreadyGiven(address caller);
    error SeatsOutOfBounds(uint256 count, uint256 maximum);
    error SeatTwice(address miner);
    error HashZero();
    error CommitOther(bytes32 shown, bytes32 precommitted);

    /// @notice Lets another account, such as a contract, enqueue tasks of all the caller's sessions, or no longer.
    function setEnqueuer(address enqueuer, bool isAllowed) external;

    /// @notice Puts a task into the queue. The session's owner, or whom it lets. The session must be active; the task of its model,
    /// its privacy, and at most as many copies as it takes nodes.
    /// @param task `deadline` leaves time for the work, however late operator and miners begin it, and is no later than the
    /// longest that a task can take.
    /// @return taskId The task's struct hash. None is enqueued twice.
    function enqueue(Tasks.Task calldata task, Terms calldata terms, Payload calldata payload)
        external
        returns (bytes32 taskId);

    /// @notice Gives the task to miners: one at least, at most as many as copies were asked for, each once. Only the operator, or an
    /// active router of it.
    function assign(bytes32 taskId, address[] calldata miners) external;

    /// @notice Takes the task up. Only its miners, each once.
    function ack(bytes32 taskId) external;

    /// @notice Binds the caller to a result, and shows nothing of it. Only who has acked, each once.
    /// @param hash As `Precommits` says. Not zero.
    function precommit(bytes32 taskId, bytes32 hash) external;

    /// @notice Shows what was bound. Only who has precommitted, each once.
    /// @param resultHash Struct hash of the miner's `Results.Result`.
    function commit(bytes32 taskId, bytes32 resultHash, bytes32 salt) external;

    /// @notice Ends a committed task. Only its client.
    function end(bytes32 taskId) external;

    /// @notice Enforces the deadline of the task's phase, from that second on (inclusive). Anyone; nothing else is taken while it is due.
    function expire(bytes32 taskId) external;

    function taskOf(bytes32 taskId) external view returns (SessionTask memory);
    function seatsOf(bytes32 taskId) external view returns (Seat[] memory);

    /// @notice Whether `caller` may act as the operator that assigns a task.
    function isAssignerOf(bytes32 taskId, address caller) external view returns (bool);

    /// @notice Whether an owner lets an account enqueue tasks of its sessions.
    function isEnqueuerOf(address owner, address enqueuer) external view returns (bool);
}
