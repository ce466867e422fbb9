// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import { ERC20Burnable } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Offences
/// @notice The table of offences: what each costs, and who gets it. `docs/GLOSSARY.md` shows the same table.
/// @dev Most of a penalty is burned, so that nobody gains by accusing themselves.
library Offences {
    using SafeERC20 for IERC20;

    enum Offence {
        /// A router's receipt that it doesn't pay. From its bond.
        ReceiptUnpaid,
        /// A segment that a router acknowledged and doesn't pay. From its bond.
        CheckpointUnpaid,
        /// A settlement whose leaves can't be had. From the router's bond.
        SetWithheld,
        /// A result that a jury found wrong. From the miner's stake.
        WrongResult,
        /// Two signatures of a guard where there may be one. From its stake.
        Equivocation
    }

    struct Penalty {
        /// Basis points of what the offence was about: the unpaid amount, the fee of the wrong result. May be above 10,000.
        uint32 causeBps;
        /// Basis points of all that the offender has at stake.
        uint16 heldBps;
        /// Basis points of what was taken; the rest, `burnedBps`, is burned. They sum to 10,000.
        uint16 finderBps;
        uint16 harmedBps;
        uint16 burnedBps;
    }

    event PenaltyDistributed(
        Offence indexed offence,
        address indexed finder,
        address indexed harmed,
        uint256 finderWei,
        uint256 harmedWei,
        uint256 burnedWei
    );

    uint256 internal constant BPS = 10_000;

    /// @notice The row of an offence.
    function penaltyOf(Offence offence) internal pure returns (Penalty memory) {
        if (offence == Offence.ReceiptUnpaid) return Penalty(10_000, 0, 2_000, 3_000, 5_000);
        if (offence == Offence.CheckpointUnpaid) return Penalty(10_000, 0, 2_000, 3_000, 5_000);
        if (offence == Offence.SetWithheld) return Penalty(0, 1_000, 2_000, 0, 8_000);
        if (offence == Offence.WrongResult) return Penalty(210_000, 0, 2_000, 3_000, 5_000);
        return Penalty(0, 10_000, 1_000, 0, 9_000);
    }

    /// @notice What an offence costs, beside whatever it left unpaid. Rounded up: against the offender.
    /// @param causeWei The unpaid amount, or the fee of the wrong result.
    /// @param heldWei All that the offender has at stake, also what is on its way out.
    function penaltyWeiUp(Offence offence, uint256 causeWei, uint256 heldWei) internal pure returns (uint256) {
        Penalty memory row = penaltyOf(offence);
        return Math.mulDiv(causeWei, row.causeBps, BPS, Math.Rounding.Ceil)
            + Math.mulDiv(heldWei, row.heldBps, BPS, Math.Rounding.Ceil);
    }

    /// @notice How `takenWei` is shared out. What rounding leaves over is burned.
    function split(Offence offence, uint256 takenWei)
        internal
        pure
        returns (uint256 finderWei, uint256 harmedWei, uint256 burnedWei)
    {
        Penalty memory row = penaltyOf(offence);
        finderWei = Math.mulDiv(takenWei, row.finderBps, BPS);
        harmedWei = Math.mulDiv(takenWei, row.harmedBps, BPS);
        burnedWei = takenWei - finderWei - harmedWei;
    }

    /// @notice Shares out what the calling contract took, and holds, for an offence.
    /// @param finder Who showed it. Zero when nobody did: its share is burned.
    /// @param harmed Who suffered it. Zero when nobody did: its share is burned.
    function distribute(ERC20Burnable token, Offence offence, uint256 takenWei, address finder, address harmed)
        internal
    {
        (uint256 finderWei, uint256 harmedWei,) = split(offence, takenWei);
        if (finder == address(0)) finderWei = 0;
        if (harmed == address(0)) harmedWei = 0;
        uint256 burnedWei = takenWei - finderWei - harmedWei;
        emit PenaltyDistributed(offence, finder, harmed, finderWei, harmedWei, burnedWei);
        if (finderWei != 0) IERC20(address(token)).safeTransfer(finder, finderWei);
        if (harmedWei != 0) IERC20(address(token)).safeTransfer(harmed, harmedWei);
        if (burnedWei != 0) token.burn(burnedWei);
    }
}
