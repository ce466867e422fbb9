// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IStakeVault } from "../../src/interfaces/IStakeVault.sol";
import { Network } from "../support/Network.sol";
import { StakeHandler } from "./StakeHandler.sol";

contract StakeVaultInvariants is Network {
    StakeHandler internal handler;

    function setUp() public override {
        super.setUp();
        address slasher = address(0x51A5);
        handler = new StakeHandler(cor, vault, slasher);
        cor.transfer(address(handler), 9e26);
        vm.prank(owner);
        vault.proposeSlasher(slasher);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// What a holder has in every pool, active and on its way.
    function worthOf(address holder) internal view returns (uint256 worthWei) {
        for (uint256 i = 0; i < handler.OPERATORS(); ++i) {
            IStakeVault.Position memory position = vault.positionOf(handler.holderAt(i), holder);
            worthWei += uint256(position.stakedWei) + position.unstakingWei;
        }
    }

    /// The handler's actions do something: else the invariants would hold of nothing.
    function test_HandlerActionsHaveEffects() public {
        handler.stake(0, 1_000);
        handler.delegate(0, 4, 1_000);
        handler.requestUnstake(0, 4, 0);
        handler.withdrawUnstaked(0, 4);
        assertEq(handler.refusedEarly(), 1, "too early");
        handler.slash(0, 301);
        handler.donate(2);
        handler.wait_(14 days - 1);
        handler.withdrawUnstaked(0, 4);
        assertEq(handler.exits(), 1, "out");
        assertTrue(handler.inWei() != 0 && handler.withdrawnWei() != 0, "in and out");
        assertTrue(handler.slashedWei() != 0 && handler.donatedWei() != 0, "taken and sent");
        handler.slash(0, 16);
        assertEq(vault.stakeOf(handler.holderAt(0)).heldWei, 0, "all of it");
    }

    /// Σ withdrawn + Σ slashed + held = Σ in, and the coins are there.
    function invariant_StakeIsConserved() external view {
        uint256 heldWei = 0;
        for (uint256 i = 0; i < handler.OPERATORS(); ++i) {
            heldWei += vault.stakeOf(handler.holderAt(i)).heldWei;
        }
        assertEq(handler.withdrawnWei() + handler.slashedWei() + heldWei, handler.inWei(), "out + held = in");
        assertEq(cor.balanceOf(address(vault)), heldWei + handler.donatedWei(), "coins");
    }

    /// No sequence of calls takes stake out before it has waited.
    function invariant_NobodyLeavesEarly() external view {
        assertEq(handler.early(), 0, "early withdrawals");
    }

    /// A slash costs every holder its part, however much of it is on its way out: but for what rounding may spare each of the two.
    function invariant_ASlashSparesNobody() external view {
        assertTrue(handler.worstSpareWei() <= 2, "spared");
    }

    /// What all holders have in a pool is in it, and the operator's stake is what of it counts.
    function invariant_PositionsAreBacked() external view {
        for (uint256 i = 0; i < handler.OPERATORS(); ++i) {
            address operator = handler.holderAt(i);
            IStakeVault.Stake memory held = vault.stakeOf(operator);
            uint256 stakedWei = 0;
            uint256 unstakingWei = 0;
            for (uint256 k = 0; k < handler.HOLDERS(); ++k) {
                IStakeVault.Position memory position = vault.positionOf(operator, handler.holderAt(k));
                stakedWei += position.stakedWei;
                unstakingWei += position.unstakingWei;
            }
            assertTrue(stakedWei <= held.stakedWei && held.stakedWei < stakedWei + 7, "staked");
            assertTrue(unstakingWei <= held.unstakingWei && held.unstakingWei < unstakingWei + 7, "unstaking");
            assertTrue(uint256(held.stakedWei) + held.unstakingWei <= held.heldWei, "backed");
            assertEq(stakeView.stakeOf(operator), held.stakedWei, "the view shows all that counts");
        }
    }

    /// Nobody gets out more than was put in, but for the wei that others' rounding left.
    function invariant_NobodyGains() external view {
        for (uint256 k = 0; k < handler.HOLDERS(); ++k) {
            address holder = handler.holderAt(k);
            uint256 wei_ = handler.gotWei(holder) + worthOf(holder);
            assertTrue(wei_ <= handler.putWei(holder) + handler.calls(), "no more than was put in");
        }
    }
}
