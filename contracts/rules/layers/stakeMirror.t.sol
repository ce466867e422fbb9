// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Cor } from "../../src/l1/Cor.sol";
import { BlockReporter } from "../../src/l1/BlockReporter.sol";
import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { NoPause } from "../../src/l1/NoPause.sol";
import { StakeVault } from "../../src/l1/StakeVault.sol";
import { IL1Block, IParentBlocks } from "../../src/interfaces/IParentBlocks.sol";
import { IStakeMirror } from "../../src/interfaces/IStakeMirror.sol";
import { IStakeVault } from "../../src/interfaces/IStakeVault.sol";
import { IStakeView } from "../../src/interfaces/IStakeView.sol";
import { ParentBlocks } from "../../src/l2/ParentBlocks.sol";
import { StakeMirror } from "../../src/l2/StakeMirror.sol";
import { StakeProofs } from "../../src/libraries/StakeProofs.sol";
import { StateProofs } from "../../src/libraries/StateProofs.sol";
import { LayerLink } from "./LayerLink.sol";
import { StateTree } from "./StateTree.sol";

interface StorageVm {
    function load(address target, bytes32 slot) external view returns (bytes32);
    function roll(uint256 number) external;
    function setBlockhash(uint256 number, bytes32 blockHash) external;
}

contract GivenL1Block is IL1Block {
    bytes32 public hash = keccak256("said");
}

contract StakeMirrorTest is LayerLink {
    StorageVm internal constant slots = StorageVm(address(vm));
    Cor internal cor = new Cor(address(this));
    StakeVault internal vault;
    ParentBlocks internal blocks;
    BlockReporter internal reporter;
    StakeMirror internal mirror;
    address internal operator = address(0x09E2);

    function setUp() public {
        vm.warp(1_000_000);
        makeLink();
        onL1();
        vault = new StakeVault(cor, new NoCompliance(), new NoPause(), address(this));
        cor.approve(address(vault), type(uint256).max);
        blocks = ParentBlocks(maker.addressOf("blocks"));
        reporter = new BlockReporter(down, L2, address(blocks));
        bytes memory args = abi.encode(up, L1, reporter, new GivenL1Block());
        make("blocks", abi.encodePacked(type(ParentBlocks).creationCode, args));
        mirror = new StakeMirror(up, L1, address(vault), blocks);
        vault.addMirror(down, L2, address(mirror));
    }

    /// What the vault holds of an operator now, proved in a block that is reported.
    function proved() internal returns (StakeProofs.Proof memory proof) {
        uint256 slot = uint256(keccak256(abi.encode(operator, StakeProofs.STAKES_SLOT)));
        uint256 first = uint256(slots.load(address(vault), bytes32(slot)));
        uint256 second = uint256(slots.load(address(vault), bytes32(slot + 1)));
        proof = StateTree.prove(address(vault), slot, first, second);
        know(proof.header);
    }

    function know(bytes memory header) internal {
        slots.roll(100);
        slots.setBlockhash(99, keccak256(header));
        onL1();
        uint256 index = down.nonce();
        reporter.report();
        carryDown(index);
        assertTrue(blocks.isKnown(keccak256(header)), "reported");
    }

    function assertShown(uint256 stakedWei, uint64 sequence, string memory label) internal view {
        assertEq(mirror.stakeOf(operator), stakedWei, label);
        assertEq(mirror.sequenceOf(operator), sequence, label);
    }

    function testFuzz_AProofShowsWhatTheVaultSays(uint256 stakedWei, uint256 askedWei, uint256 slashedWei) public {
        stakedWei = bound(stakedWei, 1e6, 1e26);
        vault.stake(operator, stakedWei);
        vm.prank(operator);
        vault.requestUnstake(operator, bound(askedWei, 1, stakedWei - 1));
        vault.proposeSlasher(address(this));
        vault.slash(operator, bound(slashedWei, 0, stakedWei - 1), address(0xDEAD));
        IStakeVault.Stake memory said = vault.stakeOf(operator);
        mirror.prove(operator, proved());
        assertShown(said.stakedWei, said.sequence, "as the vault says");
    }

    function test_WhatIsNotNewerChangesNothing() public {
        vault.stake(operator, 5 ether);
        StakeProofs.Proof memory early = proved();
        vault.stake(operator, 2 ether);
        StakeProofs.Proof memory late = proved();
        mirror.prove(operator, early);
        assertShown(5 ether, 1, "early");
        carryDown(0);
        mirror.prove(operator, late);
        mirror.prove(operator, early);
        mirror.prove(operator, late);
        carryDown(0);
        assertShown(7 ether, 2, "late");
        vm.prank(operator);
        vault.requestUnstake(operator, 3 ether);
        uint256 newest = down.nonce() - 1;
        carryDown(newest);
        assertShown(4 ether, 3, "by message");
        mirror.prove(operator, late);
        assertShown(4 ether, 3, "an older proof");
    }

    function test_RevertWhen_TheBlockIsNotKnown() public {
        vault.stake(operator, 5 ether);
        StakeProofs.Proof memory proof = proved();
        proof.header[proof.header.length - 1] ^= 0x01;
        vm.expectRevert(abi.encodeWithSelector(IStakeMirror.BlockUnknown.selector, keccak256(proof.header)));
        mirror.prove(operator, proof);
    }

    function refuses(address whose, StakeProofs.Proof memory proof) internal {
        (bool ok,) = address(mirror).call(abi.encodeCall(mirror.prove, (whose, proof)));
        assertTrue(!ok, "refused");
        assertShown(0, 0, "nothing changed");
    }

    /// One byte of one node, anywhere.
    function testFuzz_AChangedNodeIsRefused(uint256 which, uint256 at, uint8 flip) public {
        vault.stake(operator, 5 ether);
        StakeProofs.Proof memory proof = proved();
        bytes[] memory nodes = which % 3 == 0 ? proof.account : which % 3 == 1 ? proof.pool : proof.sequence;
        bytes memory node = nodes[bound(which, 0, nodes.length - 1)];
        node[bound(at, 0, node.length - 1)] ^= bytes1(uint8(bound(flip, 1, 255)));
        refuses(operator, proof);
    }

    function test_RevertWhen_ANodeIsLeftOutOrAnotherOperatorsIsShown() public {
        vault.stake(operator, 5 ether);
        StakeProofs.Proof memory proof = proved();
        refuses(address(0x0772), proof);
        bytes[] memory pool = proof.pool;
        proof.pool = new bytes[](1);
        proof.pool[0] = pool[0];
        refuses(operator, proof);
        proof.pool = proof.sequence;
        refuses(operator, proof);
        (proof.pool, proof.account) = (pool, new bytes[](0));
        refuses(operator, proof);
    }

    function test_RevertWhen_ItIsTooLong() public {
        vault.stake(operator, 5 ether);
        StakeProofs.Proof memory proof = proved();
        bytes[] memory pool = proof.pool;
        proof.pool = new bytes[](66);
        vm.expectRevert(abi.encodeWithSelector(StateProofs.NodesTooMany.selector, 66, 65));
        mirror.prove(operator, proof);
        proof.pool = pool;
        proof.pool[1] = new bytes(1_025);
        vm.expectRevert(abi.encodeWithSelector(StateProofs.NodeTooLong.selector, 1_025, 1_024));
        mirror.prove(operator, proof);
        proof.header = new bytes(2_049);
        know(proof.header);
        vm.expectRevert(abi.encodeWithSelector(StakeProofs.HeaderTooLong.selector, 2_049, 2_048));
        mirror.prove(operator, proof);
    }

    function test_ABlockIsKnownByTheChainsOwnWordOrByTheReporters() public {
        onL2();
        assertEq(blocks.note(), keccak256("said"), "its own");
        assertTrue(blocks.isKnown(keccak256("said")), "kept");
        ParentBlocks mute = new ParentBlocks(up, L1, address(reporter), IL1Block(address(0)));
        vm.expectRevert(abi.encodeWithSelector(IParentBlocks.NoOwnWord.selector));
        mute.note();
        vm.expectRevert(abi.encodeWithSelector(IParentBlocks.NotMessenger.selector, address(this)));
        blocks.onMessage(L1, address(reporter), 0, abi.encode(keccak256("forged")));
        vm.prank(address(up));
        vm.expectRevert(abi.encodeWithSelector(IParentBlocks.NotReporter.selector, L1, address(this)));
        blocks.onMessage(L1, address(this), 0, abi.encode(keccak256("forged")));
    }

    function test_RevertWhen_TheWordIsNotTheVaults() public {
        bytes memory body = abi.encode(operator, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeView.NotMessenger.selector, address(this)));
        mirror.onMessage(L1, address(vault), 0, body);
        vm.prank(address(up));
        vm.expectRevert(abi.encodeWithSelector(IStakeView.NotVault.selector, L1, address(this)));
        mirror.onMessage(L1, address(this), 0, body);
    }
}
