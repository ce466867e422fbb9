// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { NetworkSteps } from "../libraries/NetworkSteps.sol";

/// @title INetworkTasks
/// @notice The network's own tasks, which find its nodes' levels: `docs/NODE_LIFE.md`. Who makes, solves and scores each is drawn by the
/// beacon; anyone enforces a deadline. What a scored task says of its solvers is told to `NodeLevels` as it ends.
/// @dev Nobody has any power here but the node whose turn it is. Any call may go with others in one `multicall`, so that who finds a
/// deadline due enforces it first.
interface INetworkTasks {
    /// Lists that a node can be put into. Creators and preparers come from one.
    enum Role {
        Maker,
        Scorer,
        Solver
    }

    struct Request {
        /// In which it was asked for.
        uint64 epoch;
        /// In which its questions were fixed; 0 before.
        uint64 preparedEpoch;
        /// 1 … 10; 0 for one that isn't there.
        uint8 difficulty;
    }

    event TaskRequested(bytes32 indexed taskId, uint64 epoch, uint8 difficulty, uint8 place);
    event RoleClaimed(bytes32 indexed taskId, Role role, address indexed node, uint96 ticket);
    event TaskOpened(bytes32 indexed taskId, address[] creators, address[] preparers);
    event TaskCreated(bytes32 indexed taskId, address indexed creator, bytes32 topicHash);
    event TaskPrepared(bytes32 indexed taskId, address indexed preparer, bytes32 questionsHash);
    event TaskStarted(bytes32 indexed taskId, address[] solvers, address[] scorers);
    event ResultPrecommitted(bytes32 indexed taskId, address indexed solver, bytes32 hash);
    event ResultCommitted(bytes32 indexed taskId, address indexed solver, bytes32 resultHash);
    event ResultsScored(bytes32 indexed taskId, address indexed scorer, bool[] good);
    /// A deadline fired. What follows counts from `at`, however late it was enforced.
    event PhaseLate(bytes32 indexed taskId, NetworkSteps.Phase phase, uint256 at);
    event TaskEnded(bytes32 indexed taskId, NetworkSteps.Ending ending);

    error EpochTooLong(uint256 epochSeconds, uint256 maximum);
    error PlaceOutOfRange(uint256 place, uint256 maximum);
    error TaskExists(bytes32 taskId);
    error TaskUnknown(bytes32 taskId);
    error NotEligible(address node);

    /// @notice Asks for a task. Anyone may; each epoch has eight of each difficulty.
    /// @param difficulty 1 … 10.
    /// @param place 0 … 7.
    function request(uint8 difficulty, uint8 place) external returns (bytes32 taskId);

    /// @notice Puts a node into one of a task's draws, in the first half of the draw's epoch: of makers the second after the request's, of
    /// scorers and solvers the second after the one in which the questions were fixed. Anyone may. Refused for one whose ticket is
    /// higher than those of as many others as are kept.
    function claim(bytes32 taskId, Role role, address node) external;

    /// @notice Seats the makers with the lowest tickets: in the second half of their draw's epoch. Anyone may.
    function open(bytes32 taskId) external;

    /// @notice Chooses the topic. Only the creator whose turn it is.
    function create(bytes32 taskId, bytes32 topicHash) external;

    /// @notice Fixes the questions. Only the preparer whose turn it is.
    function prepare(bytes32 taskId, bytes32 questionsHash) external;

    /// @notice Seats the scorers and solvers with the lowest tickets: in the second half of their draw's epoch. Anyone may.
    function start(bytes32 taskId) external;

    /// @notice Binds a solver to its result, without showing it. Only a solver, once.
    /// @param hash `keccak256("precommit-v1" ‖ chainId u256 ‖ this contract ‖ taskId ‖ solver ‖ salt ‖ resultHash)`.
    function precommit(bytes32 taskId, bytes32 hash) external;

    /// @notice Shows what the caller bound itself to. Only a solver that did, once.
    function commit(bytes32 taskId, bytes32 resultHash, bytes32 salt) external;

    /// @notice Says which results are good. Only a scorer, once.
    /// @param good For each solver that committed, in the order of the seats.
    function score(bytes32 taskId, bool[] calldata good) external;

    /// @notice Enforces the deadline of a phase. Anyone may.
    function expire(bytes32 taskId) external;

    function taskIdOf(uint64 epoch, uint8 difficulty, uint8 place) external view returns (bytes32);
    function requestOf(bytes32 taskId) external view returns (Request memory);
    function taskOf(bytes32 taskId) external view returns (NetworkSteps.Task memory);

    /// @notice When a node was drawn last; 0 for never. It isn't drawn again for 1,200 s.
    function drawnAt(address node) external view returns (uint40);
}
