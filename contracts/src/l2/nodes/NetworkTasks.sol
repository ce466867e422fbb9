// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Multicall } from "@openzeppelin/contracts/utils/Multicall.sol";
import { IBeacons } from "../../interfaces/IBeacons.sol";
import { INetworkTasks } from "../../interfaces/INetworkTasks.sol";
import { INodeLevels } from "../../interfaces/INodeLevels.sol";
import { INodePool } from "../../interfaces/INodePool.sol";
import { INodeWeights } from "../../interfaces/INodeWeights.sol";
import { IRegistry } from "../../interfaces/IRegistry.sol";
import { Claims } from "../../libraries/Claims.sol";
import { Draws } from "../../libraries/Draws.sol";
import { LevelRules } from "../../libraries/LevelRules.sol";
import { NetworkSteps } from "../../libraries/NetworkSteps.sol";
import { NodeLives } from "../../libraries/NodeLives.sol";
import { Refusals } from "../../libraries/Refusals.sol";

/// @title NetworkTasks
contract NetworkTasks is INetworkTasks, Multicall {
    using Claims for Claims.Claim[];
    using Draws for IBeacons;
    using Draws for Draws.Window;
    using NetworkSteps for NetworkSteps.Task;
    using NodeLives for NodeLives.Life;
    using NodeLives for NodeLives.State;

    struct Parts {
        IRegistry registry;
        IBeacons beacons;
        INodeWeights weights;
        INodePool pool;
        INodeLevels levels;
    }

    uint8 internal constant MAKERS_DRAW_PURPOSE = 1;
    uint8 internal constant JUDGED_DRAW_PURPOSE = 2;
    uint256 public constant PLACES = 8;
    /// @notice From being drawn until a node may be drawn for the next task.
    uint256 public constant ROLE_COOL_SECONDS = 1_200;
    /// @notice Claims that each list keeps: some who turn out to be taken move nobody out. Of solvers three more, since scorers come first.
    uint256 public constant MAKERS_MAX = 12;
    uint256 public constant SCORERS_MAX = 6;
    uint256 public constant SOLVERS_MAX = 16;
    /// Whoever is heard of and isn't at a session's service, a bit for each state.
    uint256 internal constant FREE =
        NodeLives.HEARD_OF & ~(1 << uint8(NodeLives.State.Reserved) | 1 << uint8(NodeLives.State.Dedicated));

    IRegistry public immutable registry;
    IBeacons public immutable beacons;
    INodeWeights public immutable weights;
    INodePool public immutable pool;
    INodeLevels public immutable levels;

    /// @inheritdoc INetworkTasks
    mapping(address node => uint40) public drawnAt;
    mapping(bytes32 taskId => Request) internal _requests;
    mapping(bytes32 taskId => NetworkSteps.Task) internal _tasks;
    mapping(bytes32 taskId => mapping(Role role => Claims.Claim[])) internal _claims;

    constructor(Parts memory parts) {
        uint256 epochsMax = Draws.EPOCHS_AHEAD + 1;
        uint256 epochSecondsMax = NetworkSteps.secondsOf(NetworkSteps.Phase.Prepared) / epochsMax;
        uint256 epochSeconds = parts.beacons.epochSeconds();
        require(epochSeconds <= epochSecondsMax, EpochTooLong(epochSeconds, epochSecondsMax));
        registry = parts.registry;
        beacons = parts.beacons;
        weights = parts.weights;
        pool = parts.pool;
        levels = parts.levels;
    }

    /* DRAWS */

    /// @inheritdoc INetworkTasks
    function request(uint8 difficulty, uint8 place) external returns (bytes32 taskId) {
        Refusals.requireWithin("difficulty", difficulty, 1, LevelRules.LEVEL_MAX);
        require(place < PLACES, PlaceOutOfRange(place, PLACES - 1));
        uint64 epoch = beacons.epochAt(block.timestamp);
        taskId = taskIdOf(epoch, difficulty, place);
        require(_requests[taskId].difficulty == 0, TaskExists(taskId));
        _requests[taskId] = Request({ epoch: epoch, preparedEpoch: 0, difficulty: difficulty });
        emit TaskRequested(taskId, epoch, difficulty, place);
    }

    /// @inheritdoc INetworkTasks
    function claim(bytes32 taskId, Role role, address node) external {
        Draws.Window memory window = _windowOf(taskId, role);
        window.requireClaimable();
        address owner = registry.ownerOf(node);
        require(_isEligible(taskId, role, node, window), NotEligible(node));
        require(role == Role.Maker || !_isOfMaker(taskId, owner), NotEligible(node));
        uint256 ticket = Draws.lowestTicket(
            role == Role.Maker ? MAKERS_DRAW_PURPOSE : JUDGED_DRAW_PURPOSE,
            beacons.beaconOf(window),
            taskId,
            node,
            weights.weightBefore(node, window.fixedAt)
        );
        Claims.Claim memory claimed = Claims.claimOf(ticket, node, owner);
        uint256 most = role == Role.Maker ? MAKERS_MAX : role == Role.Scorer ? SCORERS_MAX : SOLVERS_MAX;
        _claims[taskId][role].put(claimed, most);
        emit RoleClaimed(taskId, role, node, claimed.ticket);
    }

    /// @inheritdoc INetworkTasks
    function open(bytes32 taskId) external {
        require(_tasks[taskId].deadline == 0, TaskExists(taskId));
        Draws.Window memory window = _windowOf(taskId, Role.Maker);
        window.requireDrawable();
        uint256 seatsMax = NetworkSteps.CREATORS_MAX + NetworkSteps.PREPARERS_MAX;
        NetworkSteps.Seat[] memory makers = _drawn(taskId, Role.Maker, window, seatsMax, new NetworkSteps.Seat[](0));
        NetworkSteps.Seat[] memory creators = _everyOther(makers, 0);
        NetworkSteps.Seat[] memory preparers = _everyOther(makers, 1);
        NetworkSteps.Task storage task = _tasks[taskId];
        task.request(_requests[taskId].difficulty, creators, preparers, block.timestamp);
        _noteDrawn(makers);
        emit TaskOpened(taskId, task.creators, task.preparers);
    }

    /// @inheritdoc INetworkTasks
    function start(bytes32 taskId) external {
        NetworkSteps.Task storage task = _taskOf(taskId);
        Draws.Window memory window = _windowOf(taskId, Role.Solver);
        window.requireDrawable();
        NetworkSteps.Seat[] memory scorers =
            _drawn(taskId, Role.Scorer, window, NetworkSteps.SCORERS_MAX, new NetworkSteps.Seat[](0));
        NetworkSteps.Seat[] memory solvers = _drawn(taskId, Role.Solver, window, NetworkSteps.SOLVERS_MAX, scorers);
        task.start(_makersOf(task), solvers, scorers, block.timestamp);
        _noteDrawn(scorers);
        _noteDrawn(solvers);
        emit TaskStarted(taskId, task.solvers, task.scorers);
    }

    /* TURNS */

    /// @inheritdoc INetworkTasks
    function create(bytes32 taskId, bytes32 topicHash) external {
        _taskOf(taskId).create(msg.sender, topicHash, block.timestamp);
        emit TaskCreated(taskId, msg.sender, topicHash);
    }

    /// @inheritdoc INetworkTasks
    function prepare(bytes32 taskId, bytes32 questionsHash) external {
        _taskOf(taskId).prepare(msg.sender, questionsHash, block.timestamp);
        _requests[taskId].preparedEpoch = beacons.epochAt(block.timestamp);
        emit TaskPrepared(taskId, msg.sender, questionsHash);
    }

    /// @inheritdoc INetworkTasks
    function precommit(bytes32 taskId, bytes32 hash) external {
        _taskOf(taskId).precommit(msg.sender, hash, block.timestamp);
        emit ResultPrecommitted(taskId, msg.sender, hash);
    }

    /// @inheritdoc INetworkTasks
    function commit(bytes32 taskId, bytes32 resultHash, bytes32 salt) external {
        _taskOf(taskId).commit(taskId, msg.sender, resultHash, salt, block.timestamp);
        emit ResultCommitted(taskId, msg.sender, resultHash);
    }

    /// @inheritdoc INetworkTasks
    function score(bytes32 taskId, bool[] calldata good) external {
        NetworkSteps.Task storage task = _taskOf(taskId);
        task.score(msg.sender, good, block.timestamp);
        emit ResultsScored(taskId, msg.sender, good);
        _conclude(taskId, task);
    }

    /// @inheritdoc INetworkTasks
    function expire(bytes32 taskId) external {
        NetworkSteps.Task storage task = _taskOf(taskId);
        (NetworkSteps.Phase phase, uint256 at) = (task.phase, task.deadline);
        task.expire(block.timestamp);
        emit PhaseLate(taskId, phase, at);
        _conclude(taskId, task);
    }

    /* VIEWS */

    /// @inheritdoc INetworkTasks
    function taskIdOf(uint64 epoch, uint8 difficulty, uint8 place) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), epoch, difficulty, place));
    }

    /// @inheritdoc INetworkTasks
    function requestOf(bytes32 taskId) external view returns (Request memory) {
        return _requests[taskId];
    }

    /// @inheritdoc INetworkTasks
    function taskOf(bytes32 taskId) external view returns (NetworkSteps.Task memory) {
        return _tasks[taskId];
    }

    /* INTERNAL */

    function _taskOf(bytes32 taskId) internal view returns (NetworkSteps.Task storage task) {
        task = _tasks[taskId];
        require(task.deadline != 0, TaskUnknown(taskId));
    }

    /// When the draw of a role may be made.
    function _windowOf(bytes32 taskId, Role role) internal view returns (Draws.Window memory) {
        Request memory asked = _requests[taskId];
        require(asked.difficulty != 0, TaskUnknown(taskId));
        if (role == Role.Maker) return beacons.windowOf(asked.epoch);
        NetworkSteps.Phase phase = _tasks[taskId].phase;
        require(phase == NetworkSteps.Phase.Prepared, NetworkSteps.PhaseOther(phase));
        return beacons.windowOf(asked.preparedEpoch);
    }

    /// Free, verified, not frozen, heard of since before the draw's candidates were fixed, not drawn a moment ago, and up to the role.
    function _isEligible(bytes32 taskId, Role role, address node, Draws.Window memory window)
        internal
        view
        returns (bool)
    {
        NodeLives.Life memory life = pool.lifeNow(node);
        bool isFixed = life.activeSince > 0 && life.activeSince < window.fixedAt;
        bool isCool = drawnAt[node] == 0 || drawnAt[node] + ROLE_COOL_SECONDS <= window.opens;
        if (!life.state.isOneOf(FREE) || !isFixed || !isCool || !registry.isVerified(node)) return false;
        if (levels.isFrozen(node)) return false;
        uint8 level = life.levelAt(block.timestamp);
        if (role == Role.Maker) return LevelRules.mayCreate(level);
        if (role == Role.Scorer) return LevelRules.mayValidate(level);
        return levels.difficultyOf(node) == _requests[taskId].difficulty;
    }

    function _isOfMaker(bytes32 taskId, address owner) internal view returns (bool) {
        NetworkSteps.Seat[] memory makers = _makersOf(_tasks[taskId]);
        return owner == makers[0].owner || owner == makers[1].owner;
    }

    /// Who made a task that is prepared: the seats whose turn it was.
    function _makersOf(NetworkSteps.Task storage task) internal view returns (NetworkSteps.Seat[] memory makers) {
        makers = new NetworkSteps.Seat[](2);
        address creator = task.creators[task.creatorTurn];
        address preparer = task.preparers[task.preparerTurn];
        makers[0] = NetworkSteps.Seat(creator, registry.ownerOf(creator));
        makers[1] = NetworkSteps.Seat(preparer, registry.ownerOf(preparer));
    }

    /// Those of a list that still are eligible, by their tickets; none of the owners that are taken.
    function _drawn(
        bytes32 taskId,
        Role role,
        Draws.Window memory window,
        uint256 most,
        NetworkSteps.Seat[] memory taken
    ) internal view returns (NetworkSteps.Seat[] memory seats) {
        Claims.Claim[] memory claims = _claims[taskId][role].inOrder();
        seats = new NetworkSteps.Seat[](most);
        uint256 count = 0;
        for (uint256 i = 0; i < claims.length && count < most; ++i) {
            address node = claims[i].node;
            if (_isTaken(taken, claims[i].holder) || !_isEligible(taskId, role, node, window)) continue;
            seats[count++] = NetworkSteps.Seat(node, claims[i].holder);
        }
        // Only makes the array shorter: `count` is at most its length.
        assembly ("memory-safe") {
            mstore(seats, count)
        }
    }

    function _isTaken(NetworkSteps.Seat[] memory taken, address owner) internal pure returns (bool) {
        for (uint256 i = 0; i < taken.length; ++i) {
            if (taken[i].owner == owner) return true;
        }
        return false;
    }

    function _everyOther(NetworkSteps.Seat[] memory seats, uint256 first)
        internal
        pure
        returns (NetworkSteps.Seat[] memory found)
    {
        found = new NetworkSteps.Seat[]((seats.length + 1 - first) / 2);
        for (uint256 i = 0; i < found.length; ++i) {
            found[i] = seats[first + 2 * i];
        }
    }

    function _noteDrawn(NetworkSteps.Seat[] memory seats) internal {
        for (uint256 i = 0; i < seats.length; ++i) {
            drawnAt[seats[i].node] = uint40(block.timestamp);
        }
    }

    /// Tells what an ended task says of its solvers. One that nobody scored says nothing of anyone.
    function _conclude(bytes32 taskId, NetworkSteps.Task storage task) internal {
        if (task.phase != NetworkSteps.Phase.Ended) return;
        emit TaskEnded(taskId, task.ending);
        if (task.ending != NetworkSteps.Ending.Scored) return;
        address[] memory solvers = task.solvers;
        for (uint256 i = 0; i < solvers.length; ++i) {
            levels.count(solvers[i], task.outcomeOf(i));
        }
    }
}
