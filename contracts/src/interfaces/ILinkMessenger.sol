// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Messages } from "../libraries/Messages.sol";
import { IMessenger } from "./IMessenger.sol";

/// @title ILinkMessenger
/// @notice One end of a link between two chains: sends to the other end, and delivers what comes from there. However often a message is relayed,
/// in whatever order and by whom, its receiver takes it once; one that fails is kept by its id, stops no other, and may be tried again by anyone.
/// @dev A pause stops deliveries alone. What is sent always leaves.
interface ILinkMessenger is IMessenger {
    enum State {
        /// It never came, or had to be left out.
        None,
        /// It came while this end was paused.
        Held,
        /// Its receiver failed.
        Failed,
        /// Its receiver took it. For good.
        Delivered
    }

    /// @notice The rest of what a relayer needs, beside `Sent`.
    event GasGiven(bytes32 indexed id, uint64 gasLimit);
    event Delivered(bytes32 indexed id);
    /// @param reason The begin of what the receiver said.
    event Failed(bytes32 indexed id, bytes reason);
    event Held(bytes32 indexed id);
    /// @notice It may not move what it moves yet: relay or try it again later.
    event Waits(bytes32 indexed id);

    error BodyBeyond(uint256 bytesGiven, uint256 bytesMax);
    error GasOutOfBounds(uint256 gasLimit, uint256 least, uint256 most);
    error BatchSize(uint256 messages, uint256 most);
    /// @notice Coins came along that this adapter has no use for.
    error CoinsRefused(uint256 valueWei);
    error NotRetryable(bytes32 id, State state);
    /// @notice Who calls doesn't speak for the other end.
    error NotRemote(address caller);

    /// @notice Sends several at once, in one relay where the way between the chains has such.
    function sendMany(uint64 dst, Messages.Letter[] calldata letters) external payable returns (bytes32[] memory ids);

    /// @notice Tries a message again that is held or failed. Anyone.
    /// @param gasLimit From the message's own to `GAS_MAX`: one that failed for want of gas may be given more.
    function retry(Messages.Message calldata message, uint64 gasLimit) external;

    function stateOf(bytes32 id) external view returns (State);
    /// @notice The id of a message that comes from the other end.
    function incomingIdOf(Messages.Message calldata message) external view returns (bytes32);
    /// @notice The id of a message that goes to the other end.
    function outgoingIdOf(Messages.Message calldata message) external view returns (bytes32);
    /// @notice Messages sent so far.
    function nonce() external view returns (uint64);
    function remoteChainId() external view returns (uint64);
    /// @notice The other end.
    function remote() external view returns (address);
}
