// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title IAnchorSender
/// @notice Sends roots that stand in `Attestations` to the L1, as many as one likes by one root. Anyone may, by paying for it: what is sent is read here,
/// not given.
interface IAnchorSender {
    struct Ref {
        uint64 chainId;
        uint8 kind;
        uint64 epoch;
    }

    /// @notice The refs are in the transaction's data: whoever shows a path reads them there.
    event AnchorSent(uint64 indexed number, bytes32 root, uint64 l2Epochs, uint64 l3Epochs, bytes32 id);

    error RefsOutOfBounds(uint256 refs, uint256 most);
    error NotAttested(uint64 chainId, uint8 kind, uint64 epoch);

    /// @notice Sends the attested roots of all refs as one.
    function send(Ref[] calldata refs) external payable returns (uint64 number, bytes32 root);

    /// @notice Anchors sent so far.
    function count() external view returns (uint64);
}
