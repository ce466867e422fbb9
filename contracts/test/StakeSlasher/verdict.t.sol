// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IStakeSlasher } from "../../src/interfaces/IStakeSlasher.sol";
import { Cor } from "../../src/l1/Cor.sol";
import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { NoPause } from "../../src/l1/NoPause.sol";
import { StakeSlasher } from "../../src/l1/StakeSlasher.sol";
import { StakeVault } from "../../src/l1/StakeVault.sol";
import { Offences } from "../../src/libraries/Offences.sol";
import { LoopbackMessenger } from "../../src/messaging/LoopbackMessenger.sol";
import { GuardNetwork } from "../support/GuardNetwork.sol";
import { JuriesStandIn } from "./JuriesStandIn.sol";

contract VerdictTest is GuardNetwork {
    Cor internal cor;
    StakeVault internal vault;
    LoopbackMessenger internal messenger;
    JuriesStandIn internal juries;
    StakeSlasher internal slasher;
    address internal client = address(0xC11E);

    function setUp() public override {
        super.setUp();
        cor = new Cor(address(this));
        vault = new StakeVault(cor, new NoCompliance(), new NoPause(), owner);
        messenger = new LoopbackMessenger();
        juries = new JuriesStandIn();
        slasher = new StakeSlasher(
            StakeSlasher.Parts({
                cor: cor,
                vault: vault,
                registry: registry,
                messenger: messenger,
                guardsChainId: uint64(block.chainid),
                guards: address(attestations),
                juries: address(juries)
            })
        );
        vm.prank(owner);
        vault.proposeSlasher(address(slasher));
        registerNode(1, 2);
        stake(1_000e18);
    }

    function stake(uint256 amountWei) internal {
        cor.approve(address(vault), amountWei);
        vault.stake(ownerOf(1), amountWei);
    }

    function verdict(uint64 number, uint256 feeWei) internal view returns (bytes memory) {
        return abi.encode(number, guardOf(1), stranger, client, feeWei);
    }

    function send(bytes memory body) internal {
        juries.send(messenger, address(slasher), body);
    }

    function heldWei() internal view returns (uint256) {
        return vault.stakeOf(ownerOf(1)).heldWei;
    }

    function test_TakesTwentyOneFees() public {
        uint256 supply = cor.totalSupply();
        bytes32 id = slasher.verdictIdOf(7);
        expectEvent(address(slasher));
        emit IStakeSlasher.VerdictSlashed(guardOf(1), ownerOf(1), stranger, id, 210e18);
        expectEvent(address(slasher));
        emit Offences.PenaltyDistributed(Offences.Offence.WrongResult, stranger, client, 42e18, 63e18, 105e18);
        send(verdict(7, 10e18));
        assertEq(heldWei(), 790e18, "the miner's owner pays");
        assertEq(cor.balanceOf(stranger), 42e18, "the finder's fifth");
        assertEq(cor.balanceOf(client), 63e18, "the client has its fee back six times");
        assertEq(supply - cor.totalSupply(), 105e18, "half is burned");
        assertEq(cor.balanceOf(address(slasher)), 0, "keeps nothing");
        assertTrue(slasher.isJudged(id), "judged");
        assertEq(juries.answered(), 7, "the juries hear of it");
    }

    function test_TakesAVerdictOnce() public {
        send(verdict(7, 10e18));
        send(verdict(7, 10e18));
        send(verdict(7, 20e18));
        assertEq(heldWei(), 790e18, "once");
        send(verdict(8, 10e18));
        assertEq(heldWei(), 580e18, "another dispute is another offence");
    }

    function test_TakesWhatIsThere() public {
        send(verdict(1, 100e18));
        assertEq(heldWei(), 0, "all of it");
        assertEq(cor.balanceOf(stranger), 200e18, "a fifth of what was there");
        send(verdict(2, 100e18));
        assertEq(juries.answered(), 2, "with nothing at stake it is carried out all the same");
    }

    function test_RevertWhen_ItIsNotTheMessenger() public {
        bytes memory body = verdict(7, 10e18);
        vm.expectRevert(abi.encodeWithSelector(IStakeSlasher.NotMessenger.selector, address(this)));
        slasher.onMessage(uint64(block.chainid), address(juries), 0, body);
    }

    function test_RevertWhen_ItIsNotTheJuries() public {
        bytes memory body = verdict(7, 10e18);
        vm.expectRevert(abi.encodeWithSelector(IStakeSlasher.NotJuries.selector, uint64(block.chainid), address(this)));
        messenger.send(uint64(block.chainid), address(slasher), body, 1_500_000);
        vm.prank(address(messenger));
        vm.expectRevert(
            abi.encodeWithSelector(IStakeSlasher.NotJuries.selector, uint64(block.chainid) + 1, address(juries))
        );
        slasher.onMessage(uint64(block.chainid) + 1, address(juries), 0, body);
    }

    /// Whatever the fee and the stake: finder, client and what is burned are what was taken, and no more than 21 fees.
    function testFuzz_SharesOutEveryWei(uint256 feeWei, uint256 moreWei) public {
        feeWei = bound(feeWei, 0, 1e24);
        moreWei = bound(moreWei, 1, 1e24);
        stake(moreWei);
        uint256 held = heldWei();
        uint256 supply = cor.totalSupply();
        send(verdict(7, feeWei));
        uint256 takenWei = held - heldWei();
        assertEq(takenWei, feeWei * 21 < held ? feeWei * 21 : held, "taken");
        uint256 burnedWei = supply - cor.totalSupply();
        assertEq(cor.balanceOf(stranger) + cor.balanceOf(client) + burnedWei, takenWei, "shared out");
    }
}
