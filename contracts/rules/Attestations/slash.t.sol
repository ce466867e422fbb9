// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMessenger } from "../../src/interfaces/IMessenger.sol";
import { IStakeSlasher } from "../../src/interfaces/IStakeSlasher.sol";
import { Cor } from "../../src/l1/Cor.sol";
import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { NoPause } from "../../src/l1/NoPause.sol";
import { StakeSlasher } from "../../src/l1/StakeSlasher.sol";
import { StakeVault } from "../../src/l1/StakeVault.sol";
import { Callbacks } from "../../src/libraries/Callbacks.sol";
import { LoopbackMessenger } from "../../src/messaging/LoopbackMessenger.sol";
import { GuardNetwork } from "../../test/support/GuardNetwork.sol";

contract SlashOutboxTest is GuardNetwork {
    Cor internal cor;
    StakeVault internal vault;
    StakeSlasher internal slasher;

    function setUp() public override {
        super.setUp();
        cor = new Cor(address(this));
        vault = new StakeVault(cor, new NoCompliance(), new NoPause(), owner);
        StakeSlasher.Parts memory parts = StakeSlasher.Parts({
            cor: cor,
            vault: vault,
            registry: registry,
            messenger: IMessenger(address(0)),
            guardsChainId: uint64(block.chainid),
            guards: address(attestations),
            juries: address(0)
        });
        slasher = new StakeSlasher(parts);
        vm.prank(owner);
        vault.proposeSlasher(address(slasher));
        registerNode(1, 4);
        cor.approve(address(vault), 1_000e18);
        vault.stake(ownerOf(1), 1_000e18);
    }

    function test_TakesTheStakeOfWhoSignedTwoOutboxes() public {
        bytes memory proof = outboxProofBy(keyOf(1), address(0xB2), address(0xA1));
        bytes32 id = keccak256(abi.encode(uint64(900), address(0xB2), uint64(31_337), uint8(8), uint64(6), guardOf(1)));
        expectEvent(address(slasher));
        emit IStakeSlasher.EquivocationSlashed(guardOf(1), ownerOf(1), stranger, id, 1_000e18);
        vm.prank(stranger);
        assertEq(slasher.slash(proof), 1_000e18, "all of it");
        assertEq(cor.balanceOf(stranger), 100e18, "the finder's tenth");
        vm.expectRevert(abi.encodeWithSelector(IStakeSlasher.JudgedAlready.selector, id));
        slasher.slash(proof);
    }

    /// A finder that gives little gas keeps no mirror from hearing of it.
    function test_RevertWhen_TooLittleGasIsGivenToTellTheMirrors() public {
        IMessenger link = new LoopbackMessenger();
        vm.prank(owner);
        vault.addMirror(link, 900, address(2));
        uint256 needed = vault.reportGas() + slasher.SLASH_GAS();
        bytes memory call = abi.encodeCall(slasher.slash, (outboxProofBy(keyOf(1), address(0xB2), address(0xA1))));
        (bool ok, bytes memory reason) = address(slasher).call{ gas: needed - 1 }(call);
        assertTrue(!ok && bytes4(reason) == Callbacks.GasBelow.selector, "refused by name");
        (ok,) = address(slasher).call{ gas: needed + 100_000 }(call);
        assertTrue(ok, "slashed");
    }

    function test_RevertWhen_TwoOutboxesWereSignedByNoNode() public {
        bytes memory proof = outboxProofBy(keyOf(2), address(0xB2), address(0xA1));
        vm.expectRevert(abi.encodeWithSelector(IStakeSlasher.GuardUnknown.selector, guardOf(2)));
        slasher.slash(proof);
    }
}
