// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable, Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IAttestations } from "../../interfaces/IAttestations.sol";
import { IGuardSets } from "../../interfaces/IGuardSets.sol";
import { IRegistry } from "../../interfaces/IRegistry.sol";
import { IStakeView } from "../../interfaces/IStakeView.sol";
import { Epochs } from "../../libraries/Epochs.sol";
import { GuardMembers } from "../../libraries/GuardMembers.sol";
import { GuardSelection } from "../../libraries/GuardSelection.sol";
import { StoredBytes } from "../../libraries/StoredBytes.sol";

/// @title GuardSets
contract GuardSets is IGuardSets, Ownable2Step {
    using SafeCast for uint256;
    using GuardMembers for bytes;

    /// What the contract is made of.
    struct Parts {
        IRegistry registry;
        IStakeView stakeView;
        uint96 stakeMinWei;
        uint64 hostedUntil;
        uint64 t0;
        uint64 epochSeconds;
        address owner;
    }

    /// A set that was fixed.
    struct FixedSet {
        /// Account whose code is the packed members; zero when none was fixed.
        address members;
        /// A bit for each guard that was frozen since, while its word could still count.
        uint32 frozen;
        /// Epoch of the set fixed before this one; its own when it is the first.
        uint64 before;
    }

    uint8 internal constant ROLE_GUARD = 4;
    /// @notice Places of the queue: as many as one transaction surely looks through.
    uint256 public constant PLACES_MAX = 256;
    uint40 public constant NEVER = GuardSelection.NEVER;

    IRegistry public immutable registry;
    IStakeView public immutable stakeView;
    uint96 public immutable stakeMinWei;
    uint64 public immutable hostedUntil;
    uint64 public immutable openFromEpoch;
    uint64 public immutable t0;
    uint64 public immutable epochSeconds;
    address internal immutable _deployer;

    /// @inheritdoc IGuardSets
    address public attestations;
    /// @notice Epoch of the set fixed last; meaningless before the first.
    uint64 public lastFixed;
    /// @inheritdoc IGuardSets
    mapping(address guard => bool) public isListed;
    /// @inheritdoc IGuardSets
    mapping(address guard => bool) public isFrozen;
    mapping(uint64 epoch => FixedSet) internal _sets;
    mapping(address owner => Place) internal _places;
    address[] internal _owners;
    /// Place of an owner in `_owners`, plus one.
    mapping(address owner => uint256) internal _index;

    constructor(Parts memory parts) Ownable(parts.owner) {
        require(parts.stakeMinWei != 0, StakeMinimumOutOfRange(parts.stakeMinWei));
        require(parts.epochSeconds != 0, EpochSecondsOutOfRange(parts.epochSeconds));
        registry = parts.registry;
        stakeView = parts.stakeView;
        stakeMinWei = parts.stakeMinWei;
        hostedUntil = parts.hostedUntil;
        openFromEpoch = Epochs.firstOpenEpoch(Epochs.Times(parts.t0, parts.epochSeconds), parts.hostedUntil);
        t0 = parts.t0;
        epochSeconds = parts.epochSeconds;
        _deployer = msg.sender;
    }

    /* QUEUE */

    /// @inheritdoc IGuardSets
    function join(address guard) external {
        require(!isFrozen[guard], GuardIsFrozen(guard));
        IRegistry.Node memory node = registry.nodeOf(guard);
        require(node.owner == msg.sender, GuardForeign(guard, node.owner));
        require(node.leftAt == 0 && node.details.roles & ROLE_GUARD != 0, NotGuardNode(guard));
        uint256 stakeWei = stakeView.stakeOf(msg.sender);
        require(stakeWei >= stakeMinWei, StakeBelowMinimum(stakeWei, stakeMinWei));
        Place memory place = _places[msg.sender];
        if (place.guard == address(0)) {
            require(_owners.length < PLACES_MAX, QueueFull(PLACES_MAX));
            _owners.push(msg.sender);
            _index[msg.sender] = _owners.length;
        } else {
            require(place.guard == guard && place.leaveAsked != NEVER, PlaceTaken(msg.sender, place.guard));
        }
        uint64 recordEpoch = _recordEpoch();
        _places[msg.sender] = Place(guard, uint256(recordEpoch).toUint40(), NEVER, false);
        emit GuardJoined(guard, msg.sender, recordEpoch);
    }

    /// @inheritdoc IGuardSets
    function leave() external {
        Place storage place = _placeOf(msg.sender);
        require(place.leaveAsked == NEVER, LeavingAlready(place.guard));
        uint64 recordEpoch = _recordEpoch();
        place.leaveAsked = uint256(recordEpoch).toUint40();
        emit GuardLeaving(place.guard, msg.sender, recordEpoch);
    }

    /// @inheritdoc IGuardSets
    function clear(address owner) external {
        Place storage place = _placeOf(owner);
        bool isOut = place.isFrozen || stakeView.stakeOf(owner) < stakeMinWei;
        require(isOut || registry.nodeOf(place.guard).leftAt != 0, PlaceInOrder(owner));
        _clear(owner);
    }

    /* SETS */

    /// @inheritdoc IGuardSets
    function fixSet(uint64 epoch) external {
        uint64 recordEpoch = _recordEpoch();
        require(epoch == recordEpoch, FixOutOfTime(epoch, recordEpoch));
        require(_sets[epoch].members == address(0), FixedAlready(epoch));
        FixedSet memory standing = _sets[lastFixed];
        bytes memory previous = StoredBytes.read(standing.members);
        GuardSelection.Candidate[] memory candidates = _candidates(epoch);
        GuardSelection.Rules memory rules =
            GuardSelection.Rules({ epoch: epoch, stakeMinWei: stakeMinWei, isHosted: epoch < openFromEpoch });
        bytes memory members = GuardSelection.select(rules, previous, candidates);

        bool isFirst = standing.members == address(0);
        bool isSame = !isFirst && keccak256(members) == keccak256(previous);
        _sets[epoch] = FixedSet({
            members: isSame ? standing.members : StoredBytes.write(members),
            frozen: 0,
            before: isFirst ? epoch : lastFixed
        });
        lastFixed = epoch;
        _clearLeft(epoch, members);
        emit GuardSetFixed(epoch, GuardMembers.setHash(epoch, members), members.countOf());
    }

    /// @inheritdoc IGuardSets
    function freeze(address guard) external {
        require(msg.sender == attestations, NotAttestations(msg.sender));
        require(!isFrozen[guard], GuardIsFrozen(guard));
        address owner = registry.ownerOf(guard);
        require(owner != address(0), NotGuardNode(guard));
        isFrozen[guard] = true;
        emit GuardFrozen(guard, owner);
        if (_places[owner].guard == guard) _places[owner].isFrozen = true;
        _freezeInSets(guard);
    }

    /* HOSTED PHASE */

    /// @inheritdoc IGuardSets
    function list(address guard) external onlyOwner {
        _setListed(guard, true);
        emit GuardListed(guard);
    }

    /// @inheritdoc IGuardSets
    function unlist(address guard) external onlyOwner {
        _setListed(guard, false);
        emit GuardUnlisted(guard);
    }

    /// @inheritdoc IGuardSets
    function nameAttestations(address attestations_) external {
        require(msg.sender == _deployer, NotDeployer(msg.sender));
        require(attestations == address(0), NamedAlready(attestations));
        address theirs = address(IAttestations(attestations_).guardSets());
        require(theirs == address(this), NamedElsewhere(theirs));
        attestations = attestations_;
        emit AttestationsNamed(attestations_);
    }

    /* VIEWS */

    /// @inheritdoc IGuardSets
    function isFixed(uint64 epoch) external view returns (bool) {
        return _sets[epoch].members != address(0);
    }

    /// @inheritdoc IGuardSets
    function storedSetAt(uint64 epoch) external view returns (address members, uint32 frozen) {
        FixedSet memory set = _standingAt(epoch);
        return (set.members, set.frozen);
    }

    /// @inheritdoc IGuardSets
    function setAt(uint64 epoch) external view returns (Member[] memory members) {
        bytes memory packed = StoredBytes.read(_standingAt(epoch).members);
        members = new Member[](packed.countOf());
        for (uint256 i = 0; i < members.length; ++i) {
            (address guard, uint256 stakeWei) = packed.memberAt(i);
            members[i] = Member(guard, stakeWei.toUint96());
        }
    }

    /// @inheritdoc IGuardSets
    function setHashAt(uint64 epoch) external view returns (bytes32) {
        return GuardMembers.setHash(epoch, StoredBytes.read(_standingAt(epoch).members));
    }

    /// @inheritdoc IGuardSets
    function placeOf(address owner) external view returns (Place memory) {
        return _places[owner];
    }

    /// @inheritdoc IGuardSets
    function owners() external view returns (address[] memory) {
        return _owners;
    }

    /* INTERNAL */

    function _times() internal view returns (Epochs.Times memory) {
        return Epochs.Times(t0, epochSeconds);
    }

    function _recordEpoch() internal view returns (uint64) {
        return Epochs.recordEpochAt(_times(), block.timestamp);
    }

    function _placeOf(address owner) internal view returns (Place storage place) {
        place = _places[owner];
        require(place.guard != address(0), PlaceMissing(owner));
    }

    /// The last set fixed for an epoch or before it; none has no members. Steps back from the newest: two steps for any epoch that is asked
    /// about while it matters, as many as sets were fixed since for one long past.
    function _standingAt(uint64 epoch) internal view returns (FixedSet memory set) {
        set = _sets[epoch];
        if (set.members != address(0)) return set;
        uint64 fixedFor = lastFixed;
        set = _sets[fixedFor];
        while (fixedFor > epoch) {
            if (set.before == fixedFor) return FixedSet(address(0), 0, 0);
            fixedFor = set.before;
            set = _sets[fixedFor];
        }
    }

    function _candidates(uint64 epoch) internal view returns (GuardSelection.Candidate[] memory candidates) {
        uint256 count = _owners.length;
        bool isHosted = epoch < openFromEpoch;
        candidates = new GuardSelection.Candidate[](count);
        for (uint256 i = 0; i < count; ++i) {
            address owner = _owners[i];
            Place memory place = _places[owner];
            candidates[i] = GuardSelection.Candidate({
                guard: place.guard,
                stakeWei: stakeView.stakeOf(owner).toUint96(),
                joinAsked: place.joinAsked,
                leaveAsked: place.leaveAsked,
                isAdmitted: !place.isFrozen && (!isHosted || isListed[place.guard])
            });
        }
    }

    /// Frees the places of the frozen, and of those who wished to go and are in the set no more. From the last on: what a freed place is
    /// filled with was looked at.
    function _clearLeft(uint64 epoch, bytes memory members) internal {
        for (uint256 i = _owners.length; i != 0; --i) {
            address owner = _owners[i - 1];
            Place memory place = _places[owner];
            if (!place.isFrozen && place.leaveAsked >= epoch) continue;
            (bool isMember,) = members.find(place.guard);
            if (!isMember) _clear(owner);
        }
    }

    function _clear(address owner) internal {
        address guard = _places[owner].guard;
        uint256 index = _index[owner];
        address last = _owners[_owners.length - 1];
        _owners[index - 1] = last;
        _index[last] = index;
        _owners.pop();
        delete _index[owner];
        delete _places[owner];
        emit PlaceCleared(guard, owner);
    }

    /// In the sets of the next epoch, of this one, and of the one before, whose roots are being posted.
    function _freezeInSets(address guard) internal {
        uint64 epoch = Epochs.epochAt(_times(), block.timestamp);
        uint64 fixedFor = lastFixed;
        while (true) {
            FixedSet memory set = _sets[fixedFor];
            (bool isMember, uint256 place) = StoredBytes.read(set.members).find(guard);
            if (isMember) _sets[fixedFor].frozen = set.frozen | uint32(1 << place);
            if (fixedFor < epoch || set.before == fixedFor || set.members == address(0)) return;
            fixedFor = set.before;
        }
    }

    function _setListed(address guard, bool listed) internal {
        require(block.timestamp < hostedUntil, HostedPhaseOver(hostedUntil));
        require(isListed[guard] != listed, ListUnchanged(guard));
        isListed[guard] = listed;
    }
}
