// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { ICorMeter } from "../interfaces/ICorMeter.sol";
import { IGuardSets } from "../interfaces/IGuardSets.sol";
import { IQuorumMessenger } from "../interfaces/IQuorumMessenger.sol";
import { Epochs } from "../libraries/Epochs.sol";
import { Hooks } from "../libraries/Hooks.sol";
import { Messages } from "../libraries/Messages.sol";
import { Quorums } from "../libraries/Quorums.sol";
import { SignedRoots } from "../libraries/SignedRoots.sol";
import { LinkMessenger } from "./LinkMessenger.sol";

/// @title QuorumMessenger
contract QuorumMessenger is IQuorumMessenger, LinkMessenger {
    struct Terms {
        IGuardSets guardSets;
        ICorMeter meter;
        address challenger;
        /// How long a root stands before anything is delivered by it.
        uint64 challengeSeconds;
        uint64 windowSeconds;
        /// COR that may come in within one window. Both ends have the same.
        uint128 capWei;
    }

    struct Outbox {
        bytes32 root;
        uint64 postedAt;
        bool isChallenged;
    }

    /// @notice For the meter: it decodes a body, and reads nothing.
    uint256 public constant METER_GAS = 100_000;

    IGuardSets public immutable guardSets;
    ICorMeter public immutable meter;
    address public immutable challenger;
    uint64 public immutable challengeSeconds;
    uint64 public immutable windowSeconds;
    uint128 public immutable capWei;
    uint64 internal immutable _t0;
    uint64 internal immutable _epochSeconds;

    mapping(uint64 epoch => Outbox) internal _outboxes;
    /// By which a message came that may be tried again.
    mapping(bytes32 id => uint64 epoch) internal _epochOf;
    uint128 internal _movedWei;
    uint64 internal _window;

    constructor(Link memory link, Terms memory terms) LinkMessenger(link) {
        require(terms.windowSeconds != 0, WindowZero());
        guardSets = terms.guardSets;
        meter = terms.meter;
        challenger = terms.challenger;
        challengeSeconds = terms.challengeSeconds;
        windowSeconds = terms.windowSeconds;
        capWei = terms.capWei;
        _t0 = terms.guardSets.t0();
        _epochSeconds = terms.guardSets.epochSeconds();
    }

    /* OUTBOXES */

    /// @inheritdoc IQuorumMessenger
    function postOutbox(uint64 epoch, bytes32 root, bytes calldata packedQuorum) external {
        require(root != 0, RootZero());
        require(Epochs.isPostingTime(Epochs.Times(_t0, _epochSeconds), epoch, block.timestamp), OutboxOutOfTime(epoch));
        Outbox storage outbox = _outboxes[epoch];
        require(outbox.root == 0, OutboxPostedAlready(epoch, outbox.root));
        Quorums.requireQuorum(guardSets, epoch, digestOf(epoch, root), packedQuorum);

        outbox.root = root;
        outbox.postedAt = uint64(block.timestamp);
        emit OutboxPosted(epoch, root, block.timestamp + challengeSeconds);
    }

    /// @inheritdoc IQuorumMessenger
    function challenge(uint64 epoch) external {
        require(msg.sender == challenger, NotChallenger(msg.sender));
        Outbox storage outbox = _outboxes[epoch];
        require(outbox.root != 0, OutboxUnknown(epoch));
        require(!outbox.isChallenged, OutboxIsChallenged(epoch));
        outbox.isChallenged = true;
        emit OutboxChallenged(epoch, outbox.root);
    }

    /* IN */

    /// @inheritdoc IQuorumMessenger
    function deliver(uint64 epoch, Messages.Message[] calldata messages, bytes32[][] calldata paths) external {
        Hooks.requireOpen(pause);
        _requireBatch(messages.length);
        require(messages.length == paths.length, PathsOther(messages.length, paths.length));
        bytes32 root = _openRoot(epoch);
        for (uint256 i = 0; i < messages.length; ++i) {
            bytes32 id = _incomingIdOf(messages[i]);
            require(MerkleProof.verifyCalldata(paths[i], root, Messages.leafOf(id)), NotInOutbox(id, epoch));
            if (_states[id] == State.Delivered) continue;
            _receive(messages[i]);
            // What is delivered is never asked for again.
            if (_states[id] != State.Delivered) _epochOf[id] = epoch;
        }
    }

    /* VIEWS */

    /// @inheritdoc IQuorumMessenger
    function digestOf(uint64 epoch, bytes32 root) public view returns (bytes32) {
        bytes32 structHash = SignedRoots.hashOutbox(remoteChainId, remote, epoch, root);
        return SignedRoots.typedDigest(block.chainid, address(this), structHash);
    }

    /// @inheritdoc IQuorumMessenger
    function movedWei() public view returns (uint256) {
        return _window == block.timestamp / windowSeconds ? _movedWei : 0;
    }

    /* INTERNAL */

    /// Nothing is carried: guards read what was sent, and sign its root.
    function _dispatch(Messages.Message[] memory messages) internal override {
        require(msg.value == 0, CoinsRefused(msg.value));
        for (uint256 i = 0; i < messages.length; ++i) {
            Messages.Message memory message = messages[i];
            uint256 corWei = meter.corOf(uint64(block.chainid), message.from, message.to, message.body);
            require(corWei <= capWei, CorAboveCap(corWei, capWei));
        }
    }

    /// A meter that can't read a body leaves its message out: it holds up no other.
    function _admit(Messages.Message memory message) internal override returns (bool isAdmitted, uint256 corWei) {
        try meter.corOf{ gas: METER_GAS }(remoteChainId, message.from, message.to, message.body) returns (
            uint256 wei_
        ) {
            corWei = wei_;
        } catch {
            return (false, 0);
        }
        uint256 before = movedWei();
        if (corWei > capWei - before) return (false, 0);
        _window = uint64(block.timestamp / windowSeconds);
        // Within the cap, which 128 bits hold.
        _movedWei = uint128(before + corWei);
        return (true, corWei);
    }

    function _giveBack(uint256 corWei) internal override {
        _movedWei -= uint128(corWei);
    }

    function _requireStanding(bytes32 id) internal view override {
        _openRoot(_epochOf[id]);
    }

    function _openRoot(uint64 epoch) internal view returns (bytes32 root) {
        Outbox storage outbox = _outboxes[epoch];
        root = outbox.root;
        require(root != 0, OutboxUnknown(epoch));
        require(!outbox.isChallenged, OutboxIsChallenged(epoch));
        uint256 deliverableAt = uint256(outbox.postedAt) + challengeSeconds;
        require(block.timestamp >= deliverableAt, OutboxTooYoung(epoch, deliverableAt));
    }
}
