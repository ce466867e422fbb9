// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { NoPause } from "../../src/l1/NoPause.sol";
import { StakeSlasher } from "../../src/l1/StakeSlasher.sol";
import { StakeVault } from "../../src/l1/StakeVault.sol";
import { LoopbackMessenger } from "../../src/messaging/LoopbackMessenger.sol";
import { JuryNetwork } from "../Juries/JuryNetwork.sol";
import { LayerLink } from "./LayerLink.sol";

/// Juries on the L2, stake on the L1, and a link between them that takes its time.
contract SlashOverLayersTest is JuryNetwork, LayerLink {
    address internal minerOwner = ownerOfNode(0);

    function setUp() public override {
        makeLink();
        onL2();
        super.setUp();
    }

    /// What juries ask of it every messenger has.
    function makeMessenger() internal view override returns (LoopbackMessenger) {
        return LoopbackMessenger(address(up));
    }

    function deploySlasher() internal override {
        vault = new StakeVault(cor, new NoCompliance(), new NoPause(), owner);
        StakeSlasher.Parts memory parts = StakeSlasher.Parts({
            cor: cor,
            vault: vault,
            registry: registry,
            messenger: down,
            guardsChainId: L2,
            guards: attestations,
            juries: address(juries)
        });
        slasher = new StakeSlasher(parts);
        vm.prank(owner);
        vault.proposeSlasher(address(slasher));
        cor.approve(address(vault), STAKE);
        vault.stake(minerOwner, STAKE);
        juries.nameSlasher(L1, address(slasher));
    }

    function slashed() internal {
        judged(7);
        expire();
        juries.execute(number);
    }

    function test_TheFreezeHoldsUntilTheAnswerIsBackAndTheStakePaysOnce() public {
        slashed();
        assertTrue(juries.isFrozen(miner), "at once");
        assertEq(vault.stakeOf(minerOwner).heldWei, STAKE, "on its way");
        vm.warp(vm.getBlockTimestamp() + 7 days);
        carryUp(0);
        carryUp(0);
        assertEq(vault.stakeOf(minerOwner).heldWei, STAKE - 42e18, "21 fees, once");
        assertTrue(juries.isFrozen(miner), "nobody heard of it yet");
        assertEq(down.nonce(), 1, "one answer");
        carryDown(0);
        carryDown(0);
        assertTrue(!juries.isFrozen(miner), "paid");
    }

    function test_TheSlashIsDueAlsoWhereTheFreezeIsOver() public {
        slashed();
        vm.warp(vm.getBlockTimestamp() + 14 days);
        juries.thaw(number);
        assertTrue(!juries.isFrozen(miner), "nobody is frozen for ever");
        carryUp(0);
        assertEq(vault.stakeOf(minerOwner).heldWei, STAKE - 42e18, "still due");
        carryDown(0);
        assertTrue(!juries.isFrozen(miner), "and changes nothing");
    }
}
