// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { NodeLives } from "../libraries/NodeLives.sol";
import { NodeSteps } from "../libraries/NodeSteps.sol";
import { IRegistry } from "./IRegistry.sol";

/// @title INodePool
/// @notice Each node's life, and the pool that sessions are given nodes from: `docs/NODE_LIFE.md`. Whether a node is registered and
/// verified rests on the registry, its level on `NodeLevels`.
/// @dev Nobody has any power here but a node, its owner, and who speaks for a session. Any call may go with others in one `multicall`,
/// so that who finds a deadline due enforces it first.
interface INodePool {
    /// What a session asks of the pool, as its parameters were when it asked.
    struct Request {
        /// Of this request alone: what its draw is for.
        bytes32 subject;
        uint64 epoch;
        uint16 nodesMin;
        uint16 nodesMax;
        uint8 levelMin;
        uint32 periodSeconds;
        /// 0: not counted.
        uint32 tasksMax;
        bool isDrawn;
    }

    event NodeMoved(address indexed node, NodeSteps.Kind kind, NodeLives.State from, NodeLives.State to);
    /// A deadline fired. What follows counts from `at`, however late it was enforced.
    event NodeExpired(address indexed node, NodeLives.Deadline kind, uint256 at, NodeLives.State to);
    event NodesRequested(uint32 indexed account, bytes32 indexed subject, uint64 epoch);
    event NodeClaimed(bytes32 indexed subject, address indexed node, uint96 ticket);
    event NodesDrawn(uint32 indexed account, bytes32 indexed subject, address[] nodes);

    error NotSessionSpeaker(address caller, uint32 account);
    error SessionInactive(uint32 account);
    /// The session's parameters don't ask for nodes out of the pool.
    error ReservesNone(uint32 account);
    error RequestOpen(uint32 account);
    error RequestNone(uint32 account);
    /// Nodes of its last draw are still reserved for it.
    error StillReserved(uint32 account, address node);
    error NotDrawable(address node);
    error TooFew(uint256 nodes, uint256 minimum);

    /* LIFE */

    /// @notice Takes in what the registry says of a node: that it is registered, verified or no longer, or that it left. Anyone may; a
    /// node's own calls do so first.
    function heed(address node) external;

    /// @notice A sign of life of the caller, a node. One that stays silent for an hour is no longer counted on.
    function ping() external;

    /// @notice The caller, a node, may be given to any session from now on.
    function enterPool() external;

    /// @notice The caller, a node in the pool, leaves it.
    function leavePool() external;

    /// @notice Keeps a node for the sessions that named it. Only its owner.
    function dedicate(address node) external;

    /// @notice Only its owner.
    function undedicate(address node) external;

    /// @notice Enforces the one deadline of a node that fell due first. Anyone may.
    function expire(address node) external;

    /// @notice A level was found. Only `NodeLevels`; what is due is enforced first.
    /// @return isTaken Whether the node is in a state in which that says something of it.
    function assess(address node, uint8 level) external returns (bool isTaken);

    /* RESERVATIONS */

    /// @notice Asks for nodes as the session's parameters say: at least `minNumOfNodes`, of level `sla`, for `reservePeriod`, or
    /// `maxTaskExecutionCount` tasks. At most 16 at once, and one request at a time. Only who speaks for the session: its owner, an
    /// operator whom it named as router, or a router node of one.
    function request(uint32 account) external returns (bytes32 subject);

    /// @notice Puts a node into the draw of a session's request: in the first half of the second epoch after the request's. Anyone may.
    /// Refused for one whose ticket is higher than those of as many others as are kept.
    function claim(uint32 account, address node) external;

    /// @notice Reserves those of the lowest tickets that are still in the pool: in the second half of that epoch. Anyone may.
    function draw(uint32 account) external returns (address[] memory nodes);

    /// @notice One more task of the session is under way at the node. Only who speaks for the session.
    function beginTask(uint32 account, address node) external;

    /// @notice One task ended; the last one that was reserved releases the node. Only who speaks for the session.
    function endTask(uint32 account, address node) external;

    /// @notice Only who speaks for the session.
    function release(uint32 account, address node) external;

    /* VIEWS */

    /// @notice What is stored of a node: as of the last event or deadline that anyone sent.
    function lifeOf(address node) external view returns (NodeLives.Life memory);

    /// @notice What a node is now, with all that is due enforced.
    function lifeNow(address node) external view returns (NodeLives.Life memory);

    /// @notice What runs out next, due from its second on; at `type(uint256).max` when nothing does.
    function deadlineOf(address node) external view returns (NodeLives.Deadline kind, uint256 at);

    /// @notice A session's last request.
    function requestOf(uint32 account) external view returns (Request memory);

    /// @notice Whom a session's last request was given.
    function drawnFor(uint32 account) external view returns (address[] memory);

    function registry() external view returns (IRegistry);

    /// @notice Whose word on levels counts.
    function levels() external view returns (address);
}
