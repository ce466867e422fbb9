// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMessenger } from "../../src/interfaces/IMessenger.sol";
import { ISlashable } from "../../src/interfaces/ISlashable.sol";
import { IStakeSlasher } from "../../src/interfaces/IStakeSlasher.sol";
import { Cor } from "../../src/l1/Cor.sol";
import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { NoPause } from "../../src/l1/NoPause.sol";
import { StakeSlasher } from "../../src/l1/StakeSlasher.sol";
import { StakeVault } from "../../src/l1/StakeVault.sol";
import { Equivocations } from "../../src/libraries/Equivocations.sol";
import { Offences } from "../../src/libraries/Offences.sol";
import { GuardNetwork } from "../support/GuardNetwork.sol";

contract EquivocationTest is GuardNetwork {
    Cor internal cor;
    StakeVault internal vault;
    StakeSlasher internal slasher;

    function setUp() public override {
        super.setUp();
        cor = new Cor(address(this));
        vault = new StakeVault(cor, new NoCompliance(), new NoPause(), owner);
        slasher = slasherFor(uint64(block.chainid), address(attestations));
        vm.prank(owner);
        vault.proposeSlasher(address(slasher));
        registerNode(1, 4);
        warpToEpoch(7);
    }

    function slasherFor(uint64 guardsChainId, address guards) internal returns (StakeSlasher) {
        return new StakeSlasher(
            StakeSlasher.Parts({
                cor: cor,
                vault: vault,
                registry: registry,
                messenger: IMessenger(address(0)),
                guardsChainId: guardsChainId,
                guards: guards,
                juries: address(0)
            })
        );
    }

    function stake(uint256 number, uint256 amountWei) internal {
        cor.approve(address(vault), amountWei);
        vault.stake(ownerOf(number), amountWei);
    }

    function slash(bytes memory proof) internal returns (uint256) {
        vm.prank(stranger);
        return slasher.slash(proof);
    }

    function idOf(uint64 epoch) internal view returns (bytes32) {
        return keccak256(abi.encode(uint64(block.chainid), address(attestations), SUBJECT, uint8(1), epoch, guardOf(1)));
    }

    function test_TakesAllThatIsAtStake() public {
        stake(1, 1_000e18);
        vm.prank(ownerOf(1));
        vault.requestUnstake(ownerOf(1), 400e18);
        uint256 supply = cor.totalSupply();
        bytes memory proof = proofBy(keyOf(1), 6);
        expectEvent(address(slasher));
        emit IStakeSlasher.EquivocationSlashed(guardOf(1), ownerOf(1), stranger, idOf(6), 1_000e18);
        expectEvent(address(slasher));
        emit Offences.PenaltyDistributed(Offences.Offence.Equivocation, stranger, address(0), 100e18, 0, 900e18);
        assertEq(slash(proof), 1_000e18, "also what is on its way out");
        assertEq(cor.balanceOf(stranger), 100e18, "the finder's tenth");
        assertEq(cor.totalSupply(), supply - 900e18, "the rest is burned");
        assertEq(vault.stakeOf(ownerOf(1)).heldWei, 0, "nothing left");
        assertTrue(slasher.isJudged(idOf(6)), "judged");
        assertEq(cor.balanceOf(address(slasher)), 0, "keeps nothing");
    }

    function test_RevertWhen_TheOffenceIsShownAgain() public {
        stake(1, 1_000e18);
        bytes memory proof = proofBy(keyOf(1), 6);
        slash(proof);
        vm.expectRevert(abi.encodeWithSelector(IStakeSlasher.JudgedAlready.selector, idOf(6)));
        slash(proof);
        bytes memory another = proofBy(keyOf(1), 7);
        vm.expectRevert(abi.encodeWithSelector(IStakeSlasher.NothingAtStake.selector, ownerOf(1)));
        slash(another);
    }

    function test_RevertWhen_NothingIsAtStakeAndTheOffenceStaysOpen() public {
        bytes memory proof = proofBy(keyOf(1), 6);
        vm.expectRevert(abi.encodeWithSelector(IStakeSlasher.NothingAtStake.selector, ownerOf(1)));
        slash(proof);
        stake(1, 3);
        assertEq(slash(proof), 3, "to the wei");
        assertEq(cor.balanceOf(stranger), 0, "a tenth, rounded down");
    }

    function test_RevertWhen_TheSignerIsNoNode() public {
        bytes memory proof = proofBy(keyOf(2), 6);
        vm.expectRevert(abi.encodeWithSelector(IStakeSlasher.GuardUnknown.selector, guardOf(2)));
        slash(proof);
    }

    function test_RevertWhen_TheDomainIsAnother() public {
        stake(1, 1_000e18);
        bytes memory proof = proofBy(keyOf(1), 6);
        StakeSlasher others = slasherFor(uint64(block.chainid) + 1, address(attestations));
        vm.expectRevert(
            abi.encodeWithSelector(Equivocations.DomainForeign.selector, block.chainid, address(attestations))
        );
        others.slash(proof);
        others = slasherFor(uint64(block.chainid), address(this));
        vm.expectRevert(
            abi.encodeWithSelector(Equivocations.DomainForeign.selector, block.chainid, address(attestations))
        );
        others.slash(proof);
    }

    function test_RevertWhen_ItIsNotTheSlasher() public {
        stake(1, 1_000e18);
        bytes memory proof = proofBy(keyOf(1), 6);
        StakeSlasher others = slasherFor(uint64(block.chainid), address(attestations));
        vm.expectRevert(abi.encodeWithSelector(ISlashable.NotSlasher.selector, address(others)));
        others.slash(proof);
        assertTrue(!others.isJudged(idOf(6)), "nothing changed");
    }

    /// Whatever is at stake, all of it goes, and its parts are what was taken.
    function testFuzz_TakesEveryWei(uint256 amountWei) public {
        amountWei = bound(amountWei, 1, 1e24);
        stake(1, amountWei);
        uint256 supply = cor.totalSupply();
        assertEq(slash(proofBy(keyOf(1), 6)), amountWei, "all");
        assertEq(cor.balanceOf(stranger), amountWei / 10, "finder");
        assertEq(supply - cor.totalSupply(), amountWei - amountWei / 10, "burned");
    }
}
