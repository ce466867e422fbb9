// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Splits
/// @notice Who has which part of a fee, by session class. `packages/protocol` has the same table, bound by `vectors/splits.json`.
library Splits {
    /// Basis points of the fee; together 10,000.
    struct Shares {
        uint16 minersBps;
        uint16 validatorsBps;
        uint16 routerBps;
        uint16 treasuryBps;
        uint16 modelOwnerBps;
    }

    uint256 internal constant BPS = 10_000;
    uint16 internal constant MODEL_OWNER_BPS = 500;
    /// @notice The smallest miners' part of all classes: validated, with a model owner.
    uint256 internal constant MINERS_BPS_MIN = 7_800;

    error SplitsUnknown(bytes32 splitsHash);

    /// @param modelOwned The model has an owner, whose part comes out of the miners'.
    function sharesOf(bool validated, bool modelOwned) internal pure returns (Shares memory shares) {
        shares = validated ? Shares(8_300, 900, 500, 300, 0) : Shares(9_200, 0, 500, 300, 0);
        if (!modelOwned) return shares;
        shares.minersBps -= MODEL_OWNER_BPS;
        shares.modelOwnerBps = MODEL_OWNER_BPS;
    }

    /// @notice A receipt's word for its splits.
    function hashShares(Shares memory shares) internal pure returns (bytes32) {
        return keccak256(abi.encode(shares));
    }

    /// @notice The miners' part under the splits that a receipt names.
    function minersBpsOf(bytes32 splitsHash) internal pure returns (uint256) {
        for (uint256 i = 0; i < 4; ++i) {
            Shares memory shares = sharesOf(i & 1 != 0, i & 2 != 0);
            if (hashShares(shares) == splitsHash) return shares.minersBps;
        }
        revert SplitsUnknown(splitsHash);
    }

    /// @notice A miner's net of what its segment costs. Rounded down: the odd wei is the operator's.
    function netWeiDown(uint256 amountWei, uint256 minersBps) internal pure returns (uint256) {
        return amountWei * minersBps / BPS;
    }
}
