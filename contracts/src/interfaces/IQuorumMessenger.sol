// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Messages } from "../libraries/Messages.sol";

/// @title IQuorumMessenger
/// @notice A link between two chains that have none of their own: guards of an epoch sign the root of what the other end sent, it stands open to a
/// challenge, and then anyone relays.
/// @dev The challenger is the one privileged role. It can take a root out, and so hold up messages until a later root that has them is left alone; it
/// can sign, deliver and move nothing.
interface IQuorumMessenger {
    event OutboxPosted(uint64 indexed epoch, bytes32 root, uint256 deliverableAt);
    event OutboxChallenged(uint64 indexed epoch, bytes32 root);

    error RootZero();
    error OutboxOutOfTime(uint64 epoch);
    error OutboxPostedAlready(uint64 epoch, bytes32 root);
    error OutboxUnknown(uint64 epoch);
    error OutboxIsChallenged(uint64 epoch);
    error OutboxTooYoung(uint64 epoch, uint256 deliverableAt);
    error NotChallenger(address caller);
    error NotInOutbox(bytes32 id, uint64 epoch);
    error PathsOther(uint256 messages, uint256 paths);
    /// @notice It would move more than any window lets through: it would wait for ever.
    error CorAboveCap(uint256 corWei, uint256 capWei);
    error WindowZero();

    /// @notice Posts the root of an epoch's outbox. Anyone, in the time in which attestations of that epoch are posted; the first wins.
    /// @param packedQuorum As `IAttestations.post` has it, of `digestOf(epoch, root)`.
    function postOutbox(uint64 epoch, bytes32 root, bytes calldata packedQuorum) external;

    /// @notice Takes a root out, for good; what it has may come under another epoch's. Only the challenger, at any time: what isn't delivered by then
    /// isn't delivered by this root.
    function challenge(uint64 epoch) external;

    /// @notice Delivers messages of an outbox that has stood for its time. Anyone. What would move more COR than the window has left waits.
    /// @param paths Of each message, siblings from its leaf up.
    function deliver(uint64 epoch, Messages.Message[] calldata messages, bytes32[][] calldata paths) external;

    /// @notice What a guard signs.
    function digestOf(uint64 epoch, bytes32 root) external view returns (bytes32);

    /// @notice COR that was moved in the running window.
    function movedWei() external view returns (uint256);
}
