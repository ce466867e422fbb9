// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { EnumerableSet } from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import { IOnboarding } from "../interfaces/IOnboarding.sol";
import { ISessionOwners } from "../interfaces/ISessionOwners.sol";
import { ISessions } from "../interfaces/ISessions.sol";

/// @title Sessions
contract Sessions is ISessions {
    using EnumerableSet for EnumerableSet.AddressSet;

    /// @notice As long as an allotment's way down: what the old owner signed can be settled before the new one holds.
    uint256 public constant OWNER_DELAY_SECONDS = 24 hours;
    uint256 public constant ROUTERS_MAX = 16;
    uint256 public constant DEDICATED_NODES_MAX = 64;
    uint256 internal constant NAME_BYTES_MAX = 64;
    uint256 internal constant METADATA_BYTES_MAX = 512;
    uint256 internal constant NODES_MAX = 1_024;
    uint256 internal constant REDUNDANT_MAX = 7;
    uint256 internal constant VALIDATORS_MAX = 7;
    uint256 internal constant MODE_MAX = 2;
    uint256 internal constant SLA_MAX = 10;
    uint256 internal constant PRIVACY_MAX = 2;
    uint256 internal constant ENGINE_MAX = 1;
    uint256 internal constant AUDIT_MODE_MAX = 2;

    struct OwnerOffer {
        address to;
        uint64 holdsFrom;
    }

    address internal immutable _deployer = msg.sender;

    /// @inheritdoc ISessions
    address public opener;
    /// @inheritdoc ISessions
    uint32 public sessionCount;
    mapping(uint32 account => Session) internal _sessions;
    mapping(uint32 account => OwnerOffer) public offerOf;
    mapping(uint32 account => EnumerableSet.AddressSet) internal _routers;
    mapping(uint32 account => EnumerableSet.AddressSet) internal _dedicatedNodes;

    modifier onlySessionOwner(uint32 account) {
        address owner = _sessions[account].owner;
        require(owner != address(0), SessionUnknown(account));
        require(owner == msg.sender, NotSessionOwner(msg.sender, owner));
        _;
    }

    /* LIFE */

    /// @inheritdoc ISessions
    function create(SessionParams calldata params) external returns (uint32 account, bytes32 sid) {
        _checkParams(params);
        _admit(msg.sender, params, true);
        account = ++sessionCount;
        sid = sidOf(account);
        _sessions[account] =
            Session({ owner: msg.sender, createdAt: uint40(block.timestamp), active: true, params: params });
        emit SessionCreated(account, sid, msg.sender, params);
    }

    /// @inheritdoc ISessions
    function update(uint32 account, SessionParams calldata params) external onlySessionOwner(account) {
        require(_sessions[account].active, SessionInactive(account));
        _checkParams(params);
        _admit(msg.sender, params, false);
        _sessions[account].params = params;
        emit SessionUpdated(account, params);
    }

    /// @inheritdoc ISessions
    function deactivateSession(uint32 account) external onlySessionOwner(account) {
        require(_sessions[account].active, SessionInactive(account));
        _sessions[account].active = false;
        emit SessionDeactivated(account);
    }

    /* OWNER */

    /// @inheritdoc ISessions
    function updateOwner(uint32 account, address to) external onlySessionOwner(account) {
        uint64 holdsFrom = uint64(block.timestamp + OWNER_DELAY_SECONDS);
        offerOf[account] = OwnerOffer(to, holdsFrom);
        emit OwnerProposed(account, to, holdsFrom);
    }

    /// @inheritdoc ISessions
    function acceptOwner(uint32 account) external {
        OwnerOffer memory offer = offerOf[account];
        require(offer.to == msg.sender, NotProposedOwner(msg.sender, offer.to));
        require(block.timestamp >= offer.holdsFrom, OwnerTooEarly(offer.holdsFrom));
        _admitOwner(msg.sender);
        address from = _sessions[account].owner;
        delete offerOf[account];
        _sessions[account].owner = msg.sender;
        emit OwnerChanged(account, from, msg.sender);
    }

    /// @inheritdoc ISessions
    function nameOpener(address opener_) external {
        require(msg.sender == _deployer, NotDeployer(msg.sender));
        require(opener == address(0), NamedAlready(opener));
        address theirs = address(IOnboarding(opener_).sessions());
        require(theirs == address(this), NamedElsewhere(theirs));
        opener = opener_;
        emit OpenerNamed(opener_);
    }

    /// @inheritdoc ISessions
    function handOver(uint32 account, address to) external onlySessionOwner(account) {
        require(msg.sender == opener, NotOpener(msg.sender, opener));
        _admitOwner(to);
        _sessions[account].owner = to;
        emit OwnerChanged(account, msg.sender, to);
    }

    /* ROUTERS */

    /// @inheritdoc ISessions
    function addRouter(uint32 account, address operator) external onlySessionOwner(account) {
        uint256 count = _routers[account].length();
        require(count < ROUTERS_MAX, ParamOutOfBounds("routers", count + 1, 0, ROUTERS_MAX));
        _admitRouter(operator);
        require(_routers[account].add(operator), RouterKnown(account, operator));
        emit RouterAdded(account, operator);
    }

    /// @inheritdoc ISessions
    function removeRouter(uint32 account, address operator) external onlySessionOwner(account) {
        require(_routers[account].remove(operator), RouterUnknown(account, operator));
        emit RouterRemoved(account, operator);
    }

    /* DEDICATED NODES */

    /// @inheritdoc ISessions
    function addDedicatedNode(uint32 account, address node) external onlySessionOwner(account) {
        require(node != address(0), NodeZero());
        uint256 count = _dedicatedNodes[account].length();
        require(count < DEDICATED_NODES_MAX, ParamOutOfBounds("dedicatedNodes", count + 1, 0, DEDICATED_NODES_MAX));
        require(_dedicatedNodes[account].add(node), DedicatedNodeKnown(account, node));
        emit DedicatedNodeAdded(account, node);
    }

    /// @inheritdoc ISessions
    function removeDedicatedNode(uint32 account, address node) external onlySessionOwner(account) {
        require(_dedicatedNodes[account].remove(node), DedicatedNodeUnknown(account, node));
        emit DedicatedNodeRemoved(account, node);
    }

    /* VIEWS */

    /// @inheritdoc ISessionOwners
    function ownerOf(uint32 account) external view returns (address) {
        return _sessions[account].owner;
    }

    /// @inheritdoc ISessions
    function sessionOf(uint32 account) external view returns (Session memory) {
        return _sessions[account];
    }

    /// @inheritdoc ISessions
    function sidOf(uint32 account) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), account));
    }

    /// @inheritdoc ISessions
    function routersOf(uint32 account) external view returns (address[] memory) {
        return _routers[account].values();
    }

    /// @inheritdoc ISessions
    function dedicatedNodesOf(uint32 account) external view returns (address[] memory) {
        return _dedicatedNodes[account].values();
    }

    /* INTERNAL */

    /// Whether an account may open such a session, or change one into it: here anyone. A private network's sessions ask its gate.
    function _admit(address owner, SessionParams calldata params, bool isNew) internal virtual { }

    /// Whether an account may take a session over.
    function _admitOwner(address owner) internal view virtual { }

    /// Whether an operator may serve sessions.
    function _admitRouter(address operator) internal view virtual { }

    function _checkParams(SessionParams calldata params) internal pure {
        _checkBounds("name", bytes(params.name).length, 1, NAME_BYTES_MAX);
        _checkBounds("metadata", bytes(params.metadata).length, 0, METADATA_BYTES_MAX);
        _checkBounds("minNumOfNodes", params.minNumOfNodes, 1, params.maxNumOfNodes);
        _checkBounds("maxNumOfNodes", params.maxNumOfNodes, 1, NODES_MAX);
        uint256 copiesMax = params.maxNumOfNodes < REDUNDANT_MAX ? params.maxNumOfNodes : REDUNDANT_MAX;
        _checkBounds("redundant", params.redundant, 1, copiesMax);
        _checkBounds("numOfValidatorNodes", params.numOfValidatorNodes, 0, VALIDATORS_MAX);
        _checkBounds("mode", params.mode, 0, MODE_MAX);
        _checkBounds("sla", params.sla, 0, SLA_MAX);
        _checkBounds("privacy", params.privacy, 0, PRIVACY_MAX);
        _checkBounds("engine", params.engine, 0, ENGINE_MAX);
        _checkBounds("auditMode", params.auditMode, 0, AUDIT_MODE_MAX);
    }

    function _checkBounds(bytes32 param, uint256 value, uint256 minimum, uint256 maximum) internal pure {
        require(value >= minimum && value <= maximum, ParamOutOfBounds(param, value, minimum, maximum));
    }
}
