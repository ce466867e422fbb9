// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { IBeacons } from "../../interfaces/IBeacons.sol";
import { IGuardBeacons } from "../../interfaces/IGuardBeacons.sol";
import { IGuardSets } from "../../interfaces/IGuardSets.sol";
import { DrandRounds } from "../../libraries/DrandRounds.sol";
import { Epochs } from "../../libraries/Epochs.sol";
import { GuardMembers } from "../../libraries/GuardMembers.sol";
import { StoredBytes } from "../../libraries/StoredBytes.sol";

/// @title Beacons
contract Beacons is IGuardBeacons {
    using GuardMembers for bytes;

    /// Places in the set of epoch − 2, a bit each.
    struct Round {
        uint32 committed;
        uint32 revealed;
    }

    uint64 public constant NEVER = type(uint64).max;
    /// @notice Beacons that one commitment writes down on its way.
    uint64 public constant CLOSED_BY_COMMIT = 4;

    IGuardSets public immutable guardSets;
    uint64 public immutable t0;
    uint64 public immutable epochSeconds;
    /// Where the key of the drand network is kept; zero without one.
    address internal immutable _drandKey;
    uint64 internal immutable _drandGenesis;
    uint64 internal immutable _drandPeriodSeconds;

    /// @inheritdoc IGuardBeacons
    uint64 public firstEpoch = NEVER;
    /// @notice First epoch whose beacon isn't written down; meaningless before `firstEpoch`.
    uint64 public nextEpoch;
    mapping(uint64 epoch => Round) public roundOf;
    /// A place's commitment; in its stead the secret, once it was shown.
    mapping(uint64 epoch => mapping(uint256 place => bytes32)) internal _words;
    mapping(uint64 epoch => bytes32) internal _closed;
    /// @inheritdoc IGuardBeacons
    mapping(uint64 epoch => bytes32) public randomnessOf;

    constructor(IGuardSets guardSets_, DrandRounds.Network memory drand_) {
        guardSets = guardSets_;
        t0 = guardSets_.t0();
        epochSeconds = guardSets_.epochSeconds();
        if (drand_.publicKey.length == 0) return;
        bool isWhole = drand_.publicKey.length == DrandRounds.KEY_BYTES && drand_.periodSeconds != 0;
        require(isWhole, DrandMalformed(drand_.publicKey.length, drand_.periodSeconds));
        _drandKey = StoredBytes.write(drand_.publicKey);
        (_drandGenesis, _drandPeriodSeconds) = (drand_.genesis, drand_.periodSeconds);
    }

    /* SECRETS */

    /// @inheritdoc IGuardBeacons
    function commit(uint64 epoch, bytes32 commitment) external {
        uint64 recordEpoch = _recordEpoch();
        require(epoch == recordEpoch + 2, CommitOutOfTime(epoch, recordEpoch + 2));
        // Trusted: the network's own, and it calls nobody but registry and stake view.
        if (!guardSets.isFixed(recordEpoch)) guardSets.fixSet(recordEpoch);
        (uint256 place, bool isFrozen) = _placeIn(recordEpoch, msg.sender);
        require(!isFrozen, GuardIsFrozen(msg.sender));
        uint32 bit = uint32(1 << place);
        require(roundOf[epoch].committed & bit == 0, CommittedAlready(epoch, msg.sender));

        roundOf[epoch].committed |= bit;
        _words[epoch][place] = commitment;
        if (firstEpoch == NEVER) (firstEpoch, nextEpoch) = (epoch, epoch);
        emit BeaconCommitted(epoch, msg.sender, commitment);
        _closeUntil(uint64(Math.min(_lastKnown(), uint256(nextEpoch) + CLOSED_BY_COMMIT - 1)));
    }

    /// @inheritdoc IGuardBeacons
    function reveal(uint64 epoch, bytes32 secret) external {
        uint64 recordEpoch = _recordEpoch();
        require(epoch == recordEpoch + 1, RevealOutOfTime(epoch, recordEpoch + 1));
        require(roundOf[epoch].committed != 0, NotCommitted(epoch, msg.sender));
        (uint256 place,) = _placeIn(epoch - 2, msg.sender);
        uint32 bit = uint32(1 << place);
        require(roundOf[epoch].committed & bit != 0, NotCommitted(epoch, msg.sender));
        require(roundOf[epoch].revealed & bit == 0, RevealedAlready(epoch, msg.sender));
        bytes32 opened = keccak256(abi.encodePacked("beacon-commit-v1", block.chainid, epoch, msg.sender, secret));
        bytes32 commitment = _words[epoch][place];
        require(opened == commitment, SecretForeign(opened, commitment));

        roundOf[epoch].revealed |= bit;
        _words[epoch][place] = secret;
        emit BeaconRevealed(epoch, msg.sender, secret);
    }

    /* DRAND */

    /// @inheritdoc IGuardBeacons
    function postRound(uint64 epoch, DrandRounds.Signature calldata signature) external {
        require(_drandKey != address(0), DrandNone());
        Epochs.Times memory times = Epochs.Times(t0, epochSeconds);
        uint256 until = Epochs.startOf(times, epoch);
        bool isDue = epoch == _recordEpoch() && block.timestamp < until;
        require(isDue, RoundOutOfTime(epoch, until - epochSeconds / Epochs.CUT_OFF_PARTS, until));
        require(epoch >= firstEpoch, BeaconUnknown(epoch));
        require(randomnessOf[epoch] == 0, RoundTaken(epoch));
        uint64 round = roundDue(epoch);
        require(DrandRounds.isSigned(StoredBytes.read(_drandKey), round, signature), RoundForged(epoch, round));

        bytes32 randomness = DrandRounds.randomnessOf(signature);
        randomnessOf[epoch] = randomness;
        emit RoundPosted(epoch, round, randomness);
    }

    /// @inheritdoc IGuardBeacons
    function drand() external view returns (DrandRounds.Network memory) {
        return DrandRounds.Network(StoredBytes.read(_drandKey), _drandGenesis, _drandPeriodSeconds);
    }

    /// @inheritdoc IGuardBeacons
    function roundDue(uint64 epoch) public view returns (uint64) {
        if (_drandKey == address(0)) return 0;
        uint256 cutOff = Epochs.startOf(Epochs.Times(t0, epochSeconds), epoch) - epochSeconds / Epochs.CUT_OFF_PARTS;
        return DrandRounds.dueAt(cutOff, _drandGenesis, _drandPeriodSeconds);
    }

    /* BEACONS */

    /// @inheritdoc IGuardBeacons
    function close(uint64 epoch) external {
        require(epoch <= _lastKnown() && epoch >= firstEpoch, BeaconUnknown(epoch));
        _closeUntil(epoch);
    }

    /// @inheritdoc IBeacons
    /// @dev Known from the cut-off of the epoch before, when all secrets are in; with drand once its round is in too, at the latest when the epoch
    /// begins. Costs a step for each epoch that isn't written down.
    function beaconOf(uint64 epoch) external view returns (bytes32 beacon) {
        if (epoch > _lastKnown()) return 0;
        if (epoch < firstEpoch) return _withoutGuards(epoch);
        if (epoch < nextEpoch) return _closed[epoch];
        beacon = _beforeNext();
        for (uint64 each = nextEpoch; each <= epoch; ++each) {
            (beacon,) = _valueOf(each, beacon);
        }
    }

    /* INTERNAL */

    function _recordEpoch() internal view returns (uint64) {
        return Epochs.recordEpochAt(Epochs.Times(t0, epochSeconds), block.timestamp);
    }

    /// The last epoch of whose beacon nothing may change any more.
    function _lastKnown() internal view returns (uint64 last) {
        last = _recordEpoch();
        bool isMixed = _drandKey != address(0) && last >= firstEpoch;
        if (!isMixed || randomnessOf[last] != 0) return last;
        bool hasBegun = block.timestamp >= Epochs.startOf(Epochs.Times(t0, epochSeconds), last);
        return hasBegun ? last : last - 1;
    }

    function _placeIn(uint64 epoch, address guard) internal view returns (uint256 place, bool isFrozen) {
        (address stored, uint32 frozen) = guardSets.storedSetAt(epoch);
        bool isMember;
        (isMember, place) = StoredBytes.read(stored).find(guard);
        require(isMember, NotGuard(guard, epoch));
        return (place, frozen >> place & 1 != 0);
    }

    function _withoutGuards(uint64 epoch) internal view returns (bytes32) {
        return keccak256(abi.encodePacked("beacon-v1", block.chainid, epoch));
    }

    /// The last beacon that is written down.
    function _beforeNext() internal view returns (bytes32) {
        return nextEpoch == firstEpoch ? _withoutGuards(nextEpoch - 1) : _closed[nextEpoch - 1];
    }

    function _closeUntil(uint64 last) internal {
        bytes32 beacon = _beforeNext();
        uint64 each = nextEpoch;
        for (; each <= last; ++each) {
            address[] memory missing;
            (beacon, missing) = _valueOf(each, beacon);
            _closed[each] = beacon;
            uint32 revealed = roundOf[each].revealed;
            emit BeaconClosed(each, beacon, _countBits(revealed), revealed == 0 && randomnessOf[each] == 0);
            for (uint256 i = 0; i < missing.length; ++i) {
                emit SecretMissing(each, missing[i]);
            }
        }
        nextEpoch = each;
    }

    /// Without a drand round its number and its randomness are zero.
    function _valueOf(uint64 epoch, bytes32 previous) internal view returns (bytes32 beacon, address[] memory missing) {
        (uint256 count, bytes memory secrets, address[] memory silent) = _secretsOf(epoch);
        bytes32 randomness = randomnessOf[epoch];
        bytes memory round = abi.encodePacked(randomness == 0 ? uint64(0) : roundDue(epoch), randomness);
        beacon = keccak256(
            bytes.concat(abi.encodePacked("beacon-v2", block.chainid, epoch, previous, uint8(count)), secrets, round)
        );
        return (beacon, silent);
    }

    /// (guard ‖ secret) for each that was shown, by address, and who didn't show.
    function _secretsOf(uint64 epoch)
        internal
        view
        returns (uint256 count, bytes memory secrets, address[] memory missing)
    {
        Round memory round = roundOf[epoch];
        if (round.committed == 0) return (0, "", missing);
        (address stored,) = guardSets.storedSetAt(epoch - 2);
        bytes memory members = StoredBytes.read(stored);
        missing = new address[](_countBits(round.committed) - _countBits(round.revealed));
        uint256 named = 0;
        for (uint256 place = 0; place < members.countOf(); ++place) {
            if (round.committed >> place & 1 == 0) continue;
            (address guard,) = members.memberAt(place);
            if (round.revealed >> place & 1 == 0) {
                missing[named++] = guard;
                continue;
            }
            secrets = bytes.concat(secrets, bytes20(guard), _words[epoch][place]);
            count += 1;
        }
    }

    function _countBits(uint32 bits) internal pure returns (uint256 count) {
        for (; bits != 0; bits &= bits - 1) {
            count += 1;
        }
    }
}
