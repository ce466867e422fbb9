// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SpendingKeys
/// @notice What a delegated key may spend: a cap per epoch, a total cap, an expiry.
library SpendingKeys {
    enum State {
        None,
        Active,
        Revoked
    }

    struct SpendingKey {
        uint96 capPerEpochWei;
        uint96 totalCapWei;
        /// Epochs that begin before this second may be spent in. Revoking sets it to now.
        uint56 expires;
        State state;
        uint96 spentTotalWei;
        uint96 spentInEpochWei;
        /// The epoch that `spentInEpochWei` belongs to.
        uint64 epoch;
    }

    bytes32 internal constant SPENDING_KEY_TYPEHASH =
        keccak256("SpendingKey(uint32 account,address key,uint96 capPerEpochWei,uint96 totalCapWei,uint64 expires)");

    error SpendingKeyUnknown(address key);
    error SpendingKeyExpired(uint256 expires, uint256 epochStart);
    error EpochNotOpen(uint256 epoch, uint256 current);
    error EpochBehind(uint256 epoch, uint256 spentIn);
    error EpochCapExceeded(uint256 spentWei, uint256 capWei);
    error TotalCapExceeded(uint256 spentWei, uint256 capWei);

    /// @notice Counts `deltaWei` against the caps of `epoch`, which must be the current one or the one before it.
    /// Unused caps do not add up; epochs are spent in order.
    function spend(
        SpendingKey storage key,
        address signer,
        uint256 deltaWei,
        uint64 epoch,
        uint256 t0,
        uint256 epochSeconds
    ) internal {
        require(key.state != State.None, SpendingKeyUnknown(signer));
        uint256 current = (block.timestamp - t0) / epochSeconds;
        require(epoch == current || uint256(epoch) + 1 == current, EpochNotOpen(epoch, current));
        uint256 epochStart = t0 + epoch * epochSeconds;
        require(epochStart < key.expires, SpendingKeyExpired(key.expires, epochStart));
        require(epoch >= key.epoch, EpochBehind(epoch, key.epoch));

        uint256 inEpoch = (epoch == key.epoch ? key.spentInEpochWei : 0) + deltaWei;
        uint256 inTotal = key.spentTotalWei + deltaWei;
        require(inEpoch <= key.capPerEpochWei, EpochCapExceeded(inEpoch, key.capPerEpochWei));
        require(inTotal <= key.totalCapWei, TotalCapExceeded(inTotal, key.totalCapWei));
        // Both fit: they are at most a cap, which is a uint96.
        key.spentInEpochWei = uint96(inEpoch);
        key.spentTotalWei = uint96(inTotal);
        key.epoch = epoch;
    }
}
