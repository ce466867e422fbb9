// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ILinkMessenger } from "../interfaces/ILinkMessenger.sol";
import { IMessenger } from "../interfaces/IMessenger.sol";
import { IPauseHook } from "../interfaces/IPauseHook.sol";
import { Deliveries } from "../libraries/Deliveries.sol";
import { Hooks } from "../libraries/Hooks.sol";
import { Messages } from "../libraries/Messages.sol";

/// @title LinkMessenger
/// @notice What every adapter shares. An adapter carries messages (`_dispatch`), and hands those in (`_receiveAll`) of which it made sure that
/// the other end sent them; it knows nothing of states, and can't deliver twice.
/// @dev No lock: a message is `Delivered` before its receiver is called, and a call that fails takes back whatever it did. So a receiver may
/// send, and relay others, but never have its own message again.
abstract contract LinkMessenger is ILinkMessenger {
    /// The other end, and who may stop deliveries here.
    struct Link {
        uint64 remoteChainId;
        address remote;
        IPauseHook pause;
    }

    /// @notice Messages in one batch: at the most gas each, what two blocks of an L2 hold.
    uint256 public constant BATCH_MAX = 32;
    /// @notice Most gas for one receiver: a handler of ours needs a tenth.
    uint64 public constant GAS_MAX = 2_000_000;
    /// @notice Longest body: a retryable's calldata and a deposit's are bounded at several times that.
    uint256 public constant BODY_BYTES_MAX = 16_384;

    uint64 public immutable remoteChainId;
    address public immutable remote;
    IPauseHook public immutable pause;

    /// @inheritdoc ILinkMessenger
    uint64 public nonce;

    mapping(bytes32 id => State) internal _states;

    constructor(Link memory link) {
        remoteChainId = link.remoteChainId;
        remote = link.remote;
        pause = link.pause;
    }

    /* OUT */

    /// @inheritdoc IMessenger
    function send(uint64 dst, address to, bytes calldata body, uint256 gasLimit) external payable returns (bytes32 id) {
        require(gasLimit <= GAS_MAX, GasOutOfBounds(gasLimit, 0, GAS_MAX));
        Messages.Message[] memory messages = new Messages.Message[](1);
        // It fits: see above.
        (id, messages[0]) = _enter(dst, Messages.Letter(to, uint64(gasLimit), body));
        _dispatch(messages);
    }

    /// @inheritdoc ILinkMessenger
    function sendMany(uint64 dst, Messages.Letter[] calldata letters) external payable returns (bytes32[] memory ids) {
        _requireBatch(letters.length);
        ids = new bytes32[](letters.length);
        Messages.Message[] memory messages = new Messages.Message[](letters.length);
        for (uint256 i = 0; i < letters.length; ++i) {
            (ids[i], messages[i]) = _enter(dst, letters[i]);
        }
        _dispatch(messages);
    }

    /* IN */

    /// @inheritdoc ILinkMessenger
    function retry(Messages.Message calldata message, uint64 gasLimit) external {
        Hooks.requireOpen(pause);
        bytes32 id = _incomingIdOf(message);
        State state = _states[id];
        require(state == State.Held || state == State.Failed, NotRetryable(id, state));
        require(
            gasLimit >= message.gasLimit && gasLimit <= GAS_MAX, GasOutOfBounds(gasLimit, message.gasLimit, GAS_MAX)
        );
        _requireStanding(id);
        _attempt(id, message, gasLimit);
    }

    /* VIEWS */

    /// @inheritdoc ILinkMessenger
    function stateOf(bytes32 id) external view returns (State) {
        return _states[id];
    }

    /// @inheritdoc ILinkMessenger
    function incomingIdOf(Messages.Message calldata message) external view returns (bytes32) {
        return _incomingIdOf(message);
    }

    /// @inheritdoc ILinkMessenger
    function outgoingIdOf(Messages.Message calldata message) external view returns (bytes32) {
        return _outgoingIdOf(message);
    }

    /* FOR ADAPTERS */

    /// Carries messages towards the other end, or leaves them to relayers.
    function _dispatch(Messages.Message[] memory messages) internal virtual;

    /// Whether a message may move what it moves now, and what that is; asked before it is delivered.
    function _admit(Messages.Message memory) internal virtual returns (bool isAdmitted, uint256 corWei) {
        return (true, 0);
    }

    /// Takes back what was admitted: the receiver failed.
    function _giveBack(uint256 corWei) internal virtual { }

    /// Refuses another try of a message that nothing vouches for any more.
    function _requireStanding(bytes32 id) internal view virtual { }

    /// What the other end sent, each once. One that came before changes nothing, so that a relayer that comes second fails no batch.
    function _receiveAll(Messages.Message[] memory messages) internal {
        for (uint256 i = 0; i < messages.length; ++i) {
            _receive(messages[i]);
        }
    }

    function _receive(Messages.Message memory message) internal {
        bytes32 id = _incomingIdOf(message);
        if (_states[id] != State.None) return;
        if (pause.isPaused(address(this))) {
            _states[id] = State.Held;
            emit Held(id);
            return;
        }
        _attempt(id, message, message.gasLimit);
    }

    function _incomingIdOf(Messages.Message memory message) internal view returns (bytes32) {
        return Messages.idOf(Messages.Way(remoteChainId, remote, uint64(block.chainid), address(this)), message);
    }

    function _outgoingIdOf(Messages.Message memory message) internal view returns (bytes32) {
        return Messages.idOf(Messages.Way(uint64(block.chainid), address(this), remoteChainId, remote), message);
    }

    function _requireBatch(uint256 count) internal pure {
        require(count != 0 && count <= BATCH_MAX, BatchSize(count, BATCH_MAX));
    }

    /* INTERNAL */

    function _enter(uint64 dst, Messages.Letter memory letter)
        private
        returns (bytes32 id, Messages.Message memory message)
    {
        require(dst == remoteChainId, DestinationUnknown(dst));
        require(letter.body.length <= BODY_BYTES_MAX, BodyBeyond(letter.body.length, BODY_BYTES_MAX));
        require(letter.gasLimit <= GAS_MAX, GasOutOfBounds(letter.gasLimit, 0, GAS_MAX));
        message = Messages.Message(++nonce, msg.sender, letter.to, letter.gasLimit, letter.body);
        id = _outgoingIdOf(message);
        emit Sent(id, dst, msg.sender, letter.to, message.nonce, letter.body);
        emit GasGiven(id, letter.gasLimit);
    }

    function _attempt(bytes32 id, Messages.Message memory message, uint64 gasLimit) private {
        (bool isAdmitted, uint256 corWei) = _admit(message);
        if (!isAdmitted) {
            emit Waits(id);
            return;
        }
        _states[id] = State.Delivered;
        (bool ok, bytes memory reason) = Deliveries.callReceiver(remoteChainId, id, message, gasLimit);
        if (ok) {
            emit Delivered(id);
            return;
        }
        // All that the receiver did is undone: nobody saw it as delivered.
        _states[id] = State.Failed;
        _giveBack(corWei);
        emit Failed(id, reason);
    }
}
