// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { IAnchorSender } from "../../src/interfaces/IAnchorSender.sol";
import { IAnchors } from "../../src/interfaces/IAnchors.sol";
import { IModules } from "../../src/interfaces/IModules.sol";
import { INetworkState } from "../../src/interfaces/INetworkState.sol";
import { Anchors } from "../../src/l1/Anchors.sol";
import { Modules } from "../../src/l1/Modules.sol";
import { NetworkState } from "../../src/l1/NetworkState.sol";
import { AnchorSender } from "../../src/l2/AnchorSender.sol";
import { AnchorTree } from "../../src/libraries/AnchorTree.sol";
import { LayerLink } from "./LayerLink.sol";

/// Attestations that a test gives, and the guards' set behind them.
contract GivenRoots {
    bytes32 public set = keccak256("set");
    mapping(bytes32 key => bytes32) internal _roots;

    function give(uint64 chainId, uint8 kind, uint64 epoch, bytes32 root) external {
        _roots[keccak256(abi.encode(chainId, kind, epoch))] = root;
    }

    function giveSet(bytes32 setHash) external {
        set = setHash;
    }

    function rootOf(uint64 chainId, uint8 kind, uint64 epoch) external view returns (bytes32) {
        return _roots[keccak256(abi.encode(chainId, kind, epoch))];
    }

    function guardSets() external view returns (address) {
        return address(this);
    }

    function setHashAt(uint64 epoch) external view returns (bytes32) {
        return keccak256(abi.encode(set, epoch));
    }
}

contract AnchorsTest is LayerLink {
    uint64 internal constant L3 = 7_000;
    GivenRoots internal roots = new GivenRoots();
    Anchors internal anchors;
    AnchorSender internal sender;

    function setUp() public {
        makeLink();
        anchors = Anchors(maker.addressOf("anchors"));
        sender = AnchorSender(maker.addressOf("sender"));
        bytes memory args = abi.encode(down, L2, sender);
        make("anchors", abi.encodePacked(type(Anchors).creationCode, args));
        args = abi.encode(roots, up, L1, anchors);
        make("sender", abi.encodePacked(type(AnchorSender).creationCode, args));
        onL2();
    }

    function leafOf(uint64 chainId, uint64 epoch) internal pure returns (IAnchors.Leaf memory) {
        return IAnchors.Leaf(chainId, 3, epoch, keccak256(abi.encode("root", chainId, epoch)));
    }

    /// The roots of one epoch, of the L2 and of as many L3s.
    function refsOf(uint64 epoch, uint64 l3s) internal returns (IAnchorSender.Ref[] memory refs) {
        refs = new IAnchorSender.Ref[](l3s + 1);
        for (uint64 i = 0; i <= l3s; ++i) {
            uint64 chainId = i == 0 ? L2 : L3 + i;
            refs[i] = IAnchorSender.Ref(chainId, 3, epoch);
            roots.give(chainId, 3, epoch, leafOf(chainId, epoch).root);
        }
    }

    function hashPair(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }

    function test_EachRootIsProvableAndNoOther() public {
        (uint64 number,) = sender.send(refsOf(4, 2));
        assertEq(anchors.rootOf(number), 0, "on its way");
        carryUp(0);
        bytes32 first = AnchorTree.leafOf(leafOf(L2, 4));
        bytes32 second = AnchorTree.leafOf(leafOf(L3 + 1, 4));
        bytes32[] memory path = new bytes32[](1);
        path[0] = hashPair(first, second);
        assertTrue(anchors.isAnchored(number, leafOf(L3 + 2, 4), path), "the one without a partner");
        assertTrue(!anchors.isAnchored(number, leafOf(L3 + 2, 5), path), "another epoch's");
        assertTrue(!anchors.isAnchored(number + 1, leafOf(L3 + 2, 4), path), "another anchor");
        IAnchors.Leaf memory changed = leafOf(L3 + 2, 4);
        changed.root = keccak256("another history");
        assertTrue(!anchors.isAnchored(number, changed, path), "a changed history");
        path = new bytes32[](2);
        (path[0], path[1]) = (second, AnchorTree.leafOf(leafOf(L3 + 2, 4)));
        assertTrue(anchors.isAnchored(number, leafOf(L2, 4), path), "the L2's");
        // No inner node passes for a leaf.
        assertEq(anchors.last().l2Epochs, 5, "the L2's epochs");
        assertEq(anchors.last().l3Epochs, 5, "the L3s'");
    }

    function test_WhatWasWrittenStaysWhateverComes() public {
        (, bytes32 firstRoot) = sender.send(refsOf(4, 0));
        roots.giveSet(keccak256("later set"));
        (, bytes32 secondRoot) = sender.send(refsOf(6, 1));
        carryUp(1);
        carryUp(0);
        carryUp(1);
        assertEq(anchors.rootOf(1), firstRoot, "first");
        assertEq(anchors.rootOf(2), secondRoot, "second");
        assertEq(anchors.last().number, 2, "the newest");
        assertEq(anchors.last().l2Epochs, 7, "never back");
        assertEq(
            anchors.guardSetHash(), keccak256(abi.encode(keccak256("later set"), uint64(6))), "the newest's guards"
        );
        vm.prank(address(down));
        anchors.onMessage(L2, address(sender), 0, abi.encode(1, keccak256("x"), 99, 99, keccak256("x")));
        assertEq(anchors.rootOf(1), firstRoot, "written once");
        assertEq(anchors.last().l2Epochs, 7, "and nothing else changes");
    }

    function test_RevertWhen_NothingTooMuchOrNothingAttestedIsSent() public {
        vm.expectRevert(abi.encodeWithSelector(IAnchorSender.RefsOutOfBounds.selector, 0, 128));
        sender.send(new IAnchorSender.Ref[](0));
        IAnchorSender.Ref[] memory refs = new IAnchorSender.Ref[](129);
        vm.expectRevert(abi.encodeWithSelector(IAnchorSender.RefsOutOfBounds.selector, 129, 128));
        sender.send(refs);
        refs = refsOf(4, 1);
        refs[1].kind = 1;
        vm.expectRevert(abi.encodeWithSelector(IAnchorSender.NotAttested.selector, L3 + 1, 1, 4));
        sender.send(refs);
    }

    function test_RevertWhen_TheWordIsNotTheSenders() public {
        vm.expectRevert(abi.encodeWithSelector(IAnchors.NotMessenger.selector, address(this)));
        anchors.onMessage(L2, address(sender), 0, "");
        vm.prank(address(down));
        vm.expectRevert(abi.encodeWithSelector(IAnchors.NotSender.selector, L2, address(this)));
        anchors.onMessage(L2, address(this), 0, "");
    }

    function test_AHundredLayersAreOneWrite() public {
        IAnchorSender.Ref[] memory refs = refsOf(4, 100);
        sender.send(refs);
        carryUp(0);
        assertEq(up.nonce(), 1, "one message");
        assertEq(anchors.last().number, 1, "one anchor");
    }

    function testFuzz_EveryLeafOfATreeIsProvable(uint8 count, uint8 which) public pure {
        uint256 leaves = bound(count, 1, 40);
        uint256 at = bound(which, 0, leaves - 1);
        bytes32[] memory level = new bytes32[](leaves);
        for (uint256 i = 0; i < leaves; ++i) {
            level[i] = keccak256(abi.encode(i));
        }
        bytes32 node = level[at];
        bytes32[] memory rest = level;
        bytes32[] memory copy = new bytes32[](leaves);
        for (uint256 i = 0; i < leaves; ++i) {
            copy[i] = level[i];
        }
        bytes32 root = AnchorTree.rootOf(copy);
        while (rest.length > 1) {
            bytes32[] memory above = new bytes32[]((rest.length + 1) / 2);
            for (uint256 i = 0; i < rest.length; i += 2) {
                above[i / 2] = i + 1 == rest.length ? rest[i] : hashPair(rest[i], rest[i + 1]);
            }
            uint256 sibling = at ^ 1;
            if (sibling < rest.length) node = hashPair(node, rest[sibling]);
            (rest, at) = (above, at / 2);
        }
        assertEq(node, root, "the path ends in the root");
    }

    function test_TheStateIsShownInOneCall() public {
        Modules modules = new Modules(address(this));
        IModules.Entry[] memory entries = new IModules.Entry[](1);
        entries[0] = IModules.Entry("Anchors", address(anchors));
        modules.add(entries);
        modules.add(entries);
        NetworkState state = new NetworkState(modules, anchors, address(this));
        sender.send(refsOf(4, 1));
        carryUp(0);
        bytes32[] memory names = new bytes32[](2);
        (names[0], names[1]) = ("Anchors", "Nothing");
        assertEq(state.read(names).version, 0, "nothing is published");
        state.publish(keccak256("profile"), keccak256("parameters"));
        state.publish(keccak256("profile 2"), keccak256("parameters"));
        INetworkState.Shown memory shown = state.read(names);
        assertEq(shown.version, 2, "version");
        assertEq(shown.published.profileHash, keccak256("profile 2"), "profile");
        assertEq(shown.modules[0].version, 2, "its newest");
        assertEq(shown.modules[0].module, address(anchors), "where it stands");
        assertEq(shown.modules[1].module, address(0), "there is none");
        assertEq(shown.lastRoot, anchors.rootOf(1), "the last anchor");
        assertEq(shown.guardSetHash, anchors.guardSetHash(), "who guards");
        assertEq(state.publishedAt(1).profileHash, keccak256("profile"), "stays to be read");
        refuses(state);
    }

    function refuses(NetworkState state) internal {
        vm.expectRevert(abi.encodeWithSelector(INetworkState.Unchanged.selector));
        state.publish(keccak256("profile 2"), keccak256("parameters"));
        vm.expectRevert(abi.encodeWithSelector(INetworkState.HashZero.selector));
        state.publish(0, keccak256("parameters"));
        vm.prank(address(0x57));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(0x57)));
        state.publish(keccak256("theirs"), keccak256("parameters"));
        vm.expectRevert(abi.encodeWithSelector(INetworkState.NamesTooMany.selector, 129, 128));
        state.read(new bytes32[](129));
    }
}
