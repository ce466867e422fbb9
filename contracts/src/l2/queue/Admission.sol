// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IRouters } from "../../interfaces/IRouters.sol";
import { ISessionQueue } from "../../interfaces/ISessionQueue.sol";
import { ISessions } from "../../interfaces/ISessions.sol";
import { SessionTasks } from "../../libraries/SessionTasks.sol";
import { Tasks } from "../../libraries/Tasks.sol";

/// @title Admission
/// @notice SessionQueue's door: whose tasks it takes, and which.
abstract contract Admission is ISessionQueue {
    uint256 public constant PROMPT_TOKENS_MAX = 2_097_152;
    uint256 public constant OUTPUT_TOKENS_MAX = 131_072;
    /// @notice Every CID in use is shorter.
    uint256 public constant CID_BYTES_MAX = 128;
    /// @notice What a prompt in the open may put into a log: half a million gas at most.
    uint256 public constant PROMPT_BYTES_MAX = 8_192;
    /// @notice Enough for 300 biases and 4 stop texts.
    uint256 public constant PARAMS_BYTES_MAX = 4_096;
    /// @notice Longest from enqueueing to the last second for the work, when all begin as late as they may.
    uint256 internal constant START_SECONDS = SessionTasks.ENQUEUED_SECONDS + SessionTasks.ASSIGNED_SECONDS;
    /// @notice Longest that a task can take, however late everybody is.
    uint256 internal constant TASK_SECONDS_MAX = START_SECONDS + SessionTasks.WORK_SECONDS_MAX
        + SessionTasks.PRECOMMITTED_SECONDS + SessionTasks.COMMITTED_SECONDS;

    ISessions public immutable sessions;
    IRouters public immutable routers;

    /// @inheritdoc ISessionQueue
    mapping(address owner => mapping(address enqueuer => bool)) public isEnqueuerOf;

    constructor(ISessions sessions_, IRouters routers_) {
        sessions = sessions_;
        routers = routers_;
    }

    /// @inheritdoc ISessionQueue
    function setEnqueuer(address enqueuer, bool isAllowed) external {
        isEnqueuerOf[msg.sender][enqueuer] = isAllowed;
        emit EnqueuerSet(msg.sender, enqueuer, isAllowed);
    }

    /// The session's owner, whose task this is.
    function _admit(Tasks.Task calldata task, Terms calldata terms, Payload calldata payload)
        internal
        view
        returns (address client)
    {
        ISessions.Session memory session = sessions.sessionOf(task.account);
        client = session.owner;
        require(
            client != address(0) && (client == msg.sender || isEnqueuerOf[client][msg.sender]),
            NotSessionOwner(msg.sender, client)
        );
        require(session.active, SessionInactive(task.account));
        bytes32 sid = sessions.sidOf(task.account);
        require(task.session == sid, SessionOther(task.session, sid));
        ISessions.SessionParams memory params = session.params;
        bytes32 model = params.modelIdentifier;
        require(model == 0 || task.modelId == model, ModelOther(task.modelId, model));
        require(task.privacy == params.privacy, PrivacyOther(task.privacy, params.privacy));
        uint256 nodes = params.maxNumOfNodes;
        uint256 copiesMax = nodes < SessionTasks.REDUNDANCY_MAX ? nodes : SessionTasks.REDUNDANCY_MAX;
        _checkBounds("redundancy", task.redundancy, 1, copiesMax);
        _checkTask(task, terms);
        _checkPayload(task, payload);
    }

    function _checkTask(Tasks.Task calldata task, Terms calldata terms) internal view {
        require(terms.assigner != address(0), AssignerZero());
        _checkBounds("workSeconds", terms.workSeconds, 1, SessionTasks.WORK_SECONDS_MAX);
        _checkBounds("maxIn", task.maxIn, 0, PROMPT_TOKENS_MAX);
        _checkBounds("maxOut", task.maxOut, 0, OUTPUT_TOKENS_MAX);
        uint256 soonest = block.timestamp + START_SECONDS + terms.workSeconds;
        _checkBounds("deadline", task.deadline, soonest, block.timestamp + TASK_SECONDS_MAX);
    }

    function _checkPayload(Tasks.Task calldata task, Payload calldata payload) internal pure {
        uint256 length = payload.data.length;
        if (payload.kind == PayloadKind.None) {
            require(length == 0, PayloadNotEmpty(length));
        } else if (payload.kind == PayloadKind.Cid) {
            _checkBounds("cid", length, 1, CID_BYTES_MAX);
        } else {
            require(task.privacy == 0, PayloadClosed(task.privacy));
            _checkBounds("prompt", length, 1, PROMPT_BYTES_MAX);
            bytes32 given = keccak256(payload.data);
            require(given == task.promptCommit, PayloadForeign(given, task.promptCommit));
        }
        if (payload.params.length == 0) return;
        _checkBounds("params", payload.params.length, 0, PARAMS_BYTES_MAX);
        bytes32 params = keccak256(payload.params);
        require(params == task.paramsHash, ParamsForeign(params, task.paramsHash));
    }

    /// An operator acts itself or by its routers.
    function _isAssigner(address assigner, address caller) internal view returns (bool) {
        return caller == assigner || routers.isRouterOf(caller, assigner);
    }

    function _checkBounds(bytes32 param, uint256 value, uint256 minimum, uint256 maximum) internal pure {
        require(value >= minimum && value <= maximum, ParamOutOfBounds(param, value, minimum, maximum));
    }
}
