// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Multicall } from "@openzeppelin/contracts/utils/Multicall.sol";
import { IBeacons } from "../../interfaces/IBeacons.sol";
import { INodeLevels } from "../../interfaces/INodeLevels.sol";
import { INodePool } from "../../interfaces/INodePool.sol";
import { INodeWeights } from "../../interfaces/INodeWeights.sol";
import { IRegistry } from "../../interfaces/IRegistry.sol";
import { ISessions } from "../../interfaces/ISessions.sol";
import { Claims } from "../../libraries/Claims.sol";
import { Draws } from "../../libraries/Draws.sol";
import { NodeLives } from "../../libraries/NodeLives.sol";
import { NodeSteps } from "../../libraries/NodeSteps.sol";
import { Refusals } from "../../libraries/Refusals.sol";

/// @title NodePool
contract NodePool is INodePool, Multicall {
    using Claims for Claims.Claim[];
    using Draws for IBeacons;
    using Draws for Draws.Window;
    using NodeLives for NodeLives.Life;
    using NodeLives for NodeLives.State;
    using NodeSteps for NodeLives.Life;

    struct Parts {
        IRegistry registry;
        ISessions sessions;
        IBeacons beacons;
        INodeWeights weights;
        address levels;
    }

    /// What was last heard of a node's verification.
    struct Heard {
        /// Hash of the sealing key and the kernel class that were verified.
        bytes32 verifiedAs;
        uint64 nonce;
    }

    uint8 internal constant DRAW_PURPOSE = 0;
    /// @notice Most nodes of one request: each costs a reservation in the draw's one transaction.
    uint256 public constant NODES_MAX = 16;
    /// @notice Claims that a draw keeps: some who leave before it is made move nobody out.
    uint256 public constant CLAIMS_MAX = 32;

    /// @inheritdoc INodePool
    IRegistry public immutable registry;
    ISessions public immutable sessions;
    IBeacons public immutable beacons;
    INodeWeights public immutable weights;
    /// @inheritdoc INodePool
    address public immutable levels;

    mapping(address node => NodeLives.Life) internal _lives;
    mapping(address node => Heard) internal _heard;
    mapping(uint32 account => Request) internal _requests;
    mapping(uint32 account => uint256) internal _requestCount;
    mapping(bytes32 subject => Claims.Claim[]) internal _claims;
    mapping(bytes32 subject => address[]) internal _drawn;

    constructor(Parts memory parts) {
        registry = parts.registry;
        sessions = parts.sessions;
        beacons = parts.beacons;
        weights = parts.weights;
        levels = parts.levels;
    }

    /* LIFE */

    /// @inheritdoc INodePool
    function heed(address node) external {
        _save(node, _heeded(node));
    }

    /// @inheritdoc INodePool
    function ping() external {
        _send(msg.sender, _eventOf(NodeSteps.Kind.Ping, NodeSteps.Sender.Node));
    }

    /// @inheritdoc INodePool
    function enterPool() external {
        _send(msg.sender, _eventOf(NodeSteps.Kind.EnterPool, NodeSteps.Sender.Node));
    }

    /// @inheritdoc INodePool
    function leavePool() external {
        _send(msg.sender, _eventOf(NodeSteps.Kind.LeavePool, NodeSteps.Sender.Node));
    }

    /// @inheritdoc INodePool
    function dedicate(address node) external {
        _send(node, _eventOf(NodeSteps.Kind.Dedicate, _ownerOrNobody(node)));
    }

    /// @inheritdoc INodePool
    function undedicate(address node) external {
        _send(node, _eventOf(NodeSteps.Kind.Undedicate, _ownerOrNobody(node)));
    }

    /// @inheritdoc INodePool
    function expire(address node) external {
        NodeLives.Life memory life = _load(node);
        (NodeLives.Deadline kind, uint256 at) = life.deadlineOf();
        NodeSteps.expire(life, block.timestamp);
        _save(node, life);
        emit NodeExpired(node, kind, at, life.state);
    }

    /// @inheritdoc INodePool
    function assess(address node, uint8 level) external returns (bool isTaken) {
        require(msg.sender == levels, Refusals.NotYours(msg.sender));
        NodeLives.Life memory life = _settled(node);
        (, uint256 from) = NodeSteps.ruleOf(NodeSteps.Kind.Assess);
        isTaken = life.state.isOneOf(from);
        if (isTaken) {
            NodeSteps.Event memory sent = _eventOf(NodeSteps.Kind.Assess, NodeSteps.Sender.Assessor);
            sent.level = level;
            _step(node, life, sent);
        }
        _save(node, life);
    }

    /* RESERVATIONS */

    /// @inheritdoc INodePool
    function request(uint32 account) external returns (bytes32 subject) {
        require(_speaks(account), NotSessionSpeaker(msg.sender, account));
        _requireNoneOpen(account);
        ISessions.Session memory session = sessions.sessionOf(account);
        require(session.active, SessionInactive(account));
        subject = keccak256(abi.encode(block.chainid, address(this), account, ++_requestCount[account]));
        _requests[account] = _asks(account, session.params);
        (_requests[account].subject, _requests[account].epoch) = (subject, beacons.epochAt(block.timestamp));
        emit NodesRequested(account, subject, _requests[account].epoch);
    }

    /// @inheritdoc INodePool
    function claim(uint32 account, address node) external {
        Request memory asked = _openRequest(account);
        Draws.Window memory window = beacons.windowOf(asked.epoch);
        window.requireClaimable();
        require(_mayBeDrawn(lifeNow(node), node, asked.levelMin, window.fixedAt), NotDrawable(node));
        uint256 weight = weights.weightBefore(node, window.fixedAt);
        uint256 ticket = Draws.lowestTicket(DRAW_PURPOSE, beacons.beaconOf(window), asked.subject, node, weight);
        Claims.Claim memory claimed = Claims.claimOf(ticket, node, node);
        _claims[asked.subject].put(claimed, CLAIMS_MAX);
        emit NodeClaimed(asked.subject, node, claimed.ticket);
    }

    /// @inheritdoc INodePool
    function draw(uint32 account) external returns (address[] memory nodes) {
        Request memory asked = _openRequest(account);
        Draws.Window memory window = beacons.windowOf(asked.epoch);
        window.requireDrawable();
        Claims.Claim[] memory claims = _claims[asked.subject].inOrder();
        NodeSteps.Event memory sent = _eventOf(NodeSteps.Kind.Reserve, NodeSteps.Sender.Pool);
        (sent.account, sent.periodSeconds, sent.tasksMax) = (account, asked.periodSeconds, asked.tasksMax);
        _requests[account].isDrawn = true;
        address[] storage drawn = _drawn[asked.subject];
        for (uint256 i = 0; i < claims.length && drawn.length < asked.nodesMax; ++i) {
            address node = claims[i].node;
            if (!_mayBeDrawn(lifeNow(node), node, asked.levelMin, window.fixedAt)) continue;
            NodeLives.Life memory life = _load(node);
            _step(node, life, sent);
            _save(node, life);
            drawn.push(node);
        }
        nodes = drawn;
        require(nodes.length >= asked.nodesMin, TooFew(nodes.length, asked.nodesMin));
        emit NodesDrawn(account, asked.subject, nodes);
    }

    /// @inheritdoc INodePool
    function beginTask(uint32 account, address node) external {
        _use(account, node, NodeSteps.Kind.BeginTask);
    }

    /// @inheritdoc INodePool
    function endTask(uint32 account, address node) external {
        _use(account, node, NodeSteps.Kind.EndTask);
    }

    /// @inheritdoc INodePool
    function release(uint32 account, address node) external {
        _use(account, node, NodeSteps.Kind.Release);
    }

    /* VIEWS */

    /// @inheritdoc INodePool
    function lifeOf(address node) external view returns (NodeLives.Life memory) {
        return _load(node);
    }

    /// @inheritdoc INodePool
    function lifeNow(address node) public view returns (NodeLives.Life memory life) {
        life = _load(node);
        life.settle(block.timestamp);
    }

    /// @inheritdoc INodePool
    function deadlineOf(address node) external view returns (NodeLives.Deadline kind, uint256 at) {
        return _load(node).deadlineOf();
    }

    /// @inheritdoc INodePool
    function requestOf(uint32 account) external view returns (Request memory) {
        return _requests[account];
    }

    /// @inheritdoc INodePool
    function drawnFor(uint32 account) external view returns (address[] memory) {
        return _drawn[_requests[account].subject];
    }

    /* INTERNAL */

    function _load(address node) internal view returns (NodeLives.Life memory) {
        return _lives[node];
    }

    function _save(address node, NodeLives.Life memory life) internal {
        _lives[node] = life;
    }

    /// An event of a node or its owner: what the registry says comes first.
    function _send(address node, NodeSteps.Event memory sent) internal {
        NodeLives.Life memory life = _heeded(node);
        _step(node, life, sent);
        _save(node, life);
    }

    function _use(uint32 account, address node, NodeSteps.Kind kind) internal {
        NodeSteps.Sender by = _speaks(account) ? NodeSteps.Sender.Session : NodeSteps.Sender.Nobody;
        NodeSteps.Event memory sent = _eventOf(kind, by);
        sent.account = account;
        NodeLives.Life memory life = _load(node);
        _step(node, life, sent);
        _save(node, life);
    }

    function _step(address node, NodeLives.Life memory life, NodeSteps.Event memory sent) internal {
        NodeLives.State from = life.state;
        life.take(sent, block.timestamp);
        emit NodeMoved(node, sent.kind, from, life.state);
    }

    /// A node's life after what the registry has to say of it.
    function _heeded(address node) internal returns (NodeLives.Life memory life) {
        life = _load(node);
        address owner = registry.ownerOf(node);
        if (life.state == NodeLives.State.Unregistered && owner != address(0)) {
            _step(node, life, _eventOf(NodeSteps.Kind.Register, NodeSteps.Sender.Owner));
        }
        if (registry.isVerified(node)) {
            _verify(node, life);
        } else if (life.state != NodeLives.State.Unregistered && life.state != NodeLives.State.Left) {
            bool isLeaving = registry.nodeOf(node).leftAt != 0;
            if (isLeaving) _step(node, life, _eventOf(NodeSteps.Kind.Leave, NodeSteps.Sender.Owner));
            else if (life.state != NodeLives.State.Registered) _unverify(node, life);
        }
    }

    /// What was known of a node with other keys, or of another kernel class, says nothing of this one.
    function _verify(address node, NodeLives.Life memory life) internal {
        IRegistry.VerificationRecord memory record = registry.verificationOf(node);
        Heard memory heard = _heard[node];
        if (record.nonce == heard.nonce && record.expires == life.verifiedUntil) return;
        IRegistry.NodeDetails memory details = registry.nodeOf(node).details;
        bytes32 verifiedAs = keccak256(abi.encode(details.sealingKey, details.kernelClass));
        bool isOther = verifiedAs != heard.verifiedAs;
        if (isOther && life.state.isOneOf(NodeLives.KNOWN)) _unverify(node, life);
        NodeSteps.Event memory sent = _eventOf(NodeSteps.Kind.Verify, NodeSteps.Sender.Verifier);
        sent.until = uint40(record.expires);
        _step(node, life, sent);
        _heard[node] = Heard({ verifiedAs: verifiedAs, nonce: record.nonce });
    }

    function _unverify(address node, NodeLives.Life memory life) internal {
        _step(node, life, _eventOf(NodeSteps.Kind.Unverify, NodeSteps.Sender.Registry));
    }

    /// A node's life with all that is due enforced and told.
    function _settled(address node) internal returns (NodeLives.Life memory life) {
        life = _load(node);
        (NodeLives.Deadline kind, uint256 at) = life.deadlineOf();
        while (at <= block.timestamp) {
            NodeSteps.expire(life, block.timestamp);
            emit NodeExpired(node, kind, at, life.state);
            (kind, at) = life.deadlineOf();
        }
    }

    /// In the pool now, since before the draw's candidates were fixed, of the level, verified, and not frozen.
    function _mayBeDrawn(NodeLives.Life memory life, address node, uint8 levelMin, uint256 fixedAt)
        internal
        view
        returns (bool)
    {
        return life.state == NodeLives.State.Ephemeral && life.since < fixedAt && life.level >= levelMin
            && registry.isVerified(node) && !INodeLevels(levels).isFrozen(node);
    }

    /// What a session's parameters ask of the pool.
    function _asks(uint32 account, ISessions.SessionParams memory params) internal pure returns (Request memory asked) {
        require(params.reserveEphemeralNodes, ReservesNone(account));
        Refusals.requireWithin("nodesMin", params.minNumOfNodes, 1, NODES_MAX);
        Refusals.requireWithin("periodSeconds", params.reservePeriod, 1, NodeSteps.RESERVE_SECONDS_MAX);
        Refusals.requireWithin("tasksMax", params.maxTaskExecutionCount, 0, NodeSteps.RESERVE_TASKS_MAX);
        asked.nodesMin = params.minNumOfNodes;
        asked.nodesMax = params.maxNumOfNodes < NODES_MAX ? params.maxNumOfNodes : uint16(NODES_MAX);
        asked.levelMin = params.sla;
        asked.periodSeconds = params.reservePeriod;
        asked.tasksMax = params.maxTaskExecutionCount;
    }

    /// A request whose draw wasn't made in its epoch is void, and another may take its place.
    function _requireNoneOpen(uint32 account) internal view {
        Request memory last = _requests[account];
        if (last.subject == 0) return;
        if (!last.isDrawn) {
            require(block.timestamp >= beacons.windowOf(last.epoch).closes, RequestOpen(account));
            return;
        }
        address[] memory nodes = _drawn[last.subject];
        for (uint256 i = 0; i < nodes.length; ++i) {
            bool isHeld = lifeNow(nodes[i]).reservation.account == account;
            require(!isHeld, StillReserved(account, nodes[i]));
        }
    }

    function _openRequest(uint32 account) internal view returns (Request memory asked) {
        asked = _requests[account];
        require(asked.subject != 0 && !asked.isDrawn, RequestNone(account));
    }

    /// The session's owner, an operator whom it named as router, or a router node of one.
    function _speaks(uint32 account) internal view returns (bool) {
        address owner = sessions.ownerOf(account);
        if (owner != address(0) && owner == msg.sender) return true;
        address operator = registry.ownerOf(msg.sender);
        if (!registry.isRouterOf(msg.sender, operator)) operator = msg.sender;
        address[] memory routers = sessions.routersOf(account);
        for (uint256 i = 0; i < routers.length; ++i) {
            if (routers[i] == operator) return true;
        }
        return false;
    }

    function _ownerOrNobody(address node) internal view returns (NodeSteps.Sender) {
        return registry.ownerOf(node) == msg.sender ? NodeSteps.Sender.Owner : NodeSteps.Sender.Nobody;
    }

    function _eventOf(NodeSteps.Kind kind, NodeSteps.Sender by) internal pure returns (NodeSteps.Event memory sent) {
        sent.kind = kind;
        sent.by = by;
    }
}
