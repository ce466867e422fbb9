// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ILinkMessenger } from "../../src/interfaces/ILinkMessenger.sol";
import { IRegistry } from "../../src/interfaces/IRegistry.sol";
import { IRegistryMirror } from "../../src/interfaces/IRegistryMirror.sol";
import { IRegistryReporter } from "../../src/interfaces/IRegistryReporter.sol";
import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { RegistryReporter } from "../../src/l1/RegistryReporter.sol";
import { RegistryMirror } from "../../src/l2/RegistryMirror.sol";
import { Batches } from "../../src/libraries/Batches.sol";
import { NodeNetwork } from "../support/NodeNetwork.sol";
import { LayerLink } from "./LayerLink.sol";

contract RegistryLayersTest is NodeNetwork, LayerLink {
    RegistryReporter internal reporter;
    RegistryMirror internal mirror;
    uint64 internal constant MONTH = 30 days;

    function setUp() public override {
        super.setUp();
        makeLink();
        mirror = RegistryMirror(maker.addressOf("mirror"));
        reporter = RegistryReporter(maker.addressOf("reporter"));
        bytes memory args = abi.encode(registry, down, L2, mirror);
        make("reporter", abi.encodePacked(type(RegistryReporter).creationCode, args));
        onL2();
        args = abi.encode(up, L1, reporter, new NoCompliance());
        make("mirror", abi.encodePacked(type(RegistryMirror).creationCode, args));
        onL1();
    }

    function signersOf(address signer) internal pure returns (address[] memory signers) {
        signers = new address[](1);
        signers[0] = signer;
    }

    /// Reports a node and returns which message has it.
    function report(address signer) internal returns (uint256 index) {
        onL1();
        index = down.nonce();
        reporter.report(signersOf(signer));
    }

    function assertAlike(address signer, string memory label) internal view {
        IRegistry seen = IRegistry(address(mirror));
        bytes memory node = abi.encode(registry.nodeOf(signer));
        assertEq(keccak256(abi.encode(seen.nodeOf(signer))), keccak256(node), label);
        bytes32 record = keccak256(abi.encode(registry.verificationOf(signer)));
        assertEq(keccak256(abi.encode(seen.verificationOf(signer))), record, label);
        address by = registry.ownerOf(signer);
        assertEq(seen.ownerOf(signer), by, label);
        assertTrue(seen.isVerified(signer) == registry.isVerified(signer), label);
        assertTrue(seen.isRouterOf(signer, by) == registry.isRouterOf(signer, by), label);
        assertTrue(seen.wasRouterOf(signer, by) == registry.wasRouterOf(signer, by), label);
        assertEq(seen.signerAt(registry.nodeOf(signer).id), signer, label);
    }

    function test_AnswersAllThatTheRegistryIsAskedAlike() public {
        address first = registerNode(1, ownerOfNode(1));
        address second = registerNode(2, ownerOfNode(2));
        verifyNode(2, uint64(vm.getBlockTimestamp() + MONTH));
        carryDown(report(second));
        assertAlike(second, "verified");
        assertEq(mirror.nodeCount(), 2, "the highest that was heard of");
        assertEq(mirror.signerAt(1), address(0), "not heard of yet");
        carryDown(report(first));
        assertAlike(first, "registered");
        assertTrue(!mirror.isRouterOf(first, address(0)), "nobody's");
    }

    function test_ALateOrDoubledReportChangesNothing() public {
        address node = registerNode(1, ownerOfNode(1));
        uint256 before = report(node);
        vm.prank(ownerOfNode(1));
        registry.leave(node);
        uint256 behind = report(node);
        carryDown(behind);
        assertAlike(node, "left");
        carryDown(before);
        carryDown(behind);
        assertAlike(node, "still");
        assertEq(mirror.sequenceOf(node), 2, "the newest");
    }

    function test_ShowsWhatChangedOnceItIsReported() public {
        address node = registerNode(1, ownerOfNode(1));
        verifyNode(1, uint64(vm.getBlockTimestamp() + MONTH));
        carryDown(report(node));
        IRegistry.NodeDetails memory details = someDetails(keccak256("another class"));
        details.roles = 7;
        vm.prank(ownerOfNode(1));
        registry.update(node, details);
        assertTrue(mirror.isVerified(node), "not heard of yet");
        carryDown(report(node));
        assertAlike(node, "updated");
        assertTrue(!mirror.isVerified(node), "of the old class");
        assertTrue(mirror.isRouterOf(node, ownerOfNode(1)), "a router now");
    }

    function test_AnswersForARouterThatIsNoneAnyMore() public {
        address node = registerNode(1, ownerOfNode(1));
        IRegistry.NodeDetails memory details = someDetails(CLASS);
        details.roles = 1;
        vm.prank(ownerOfNode(1));
        registry.update(node, details);
        details.roles = 2;
        vm.prank(ownerOfNode(1));
        registry.update(node, details);
        carryDown(report(node));
        assertTrue(mirror.wasRouterOf(node, ownerOfNode(1)), "it was");
        assertTrue(!mirror.isRouterOf(node, ownerOfNode(1)), "it isn't");
    }

    function test_AVerificationEndsHereByItself() public {
        address node = registerNode(1, ownerOfNode(1));
        uint64 expires = uint64(vm.getBlockTimestamp() + MONTH);
        verifyNode(1, expires);
        carryDown(report(node));
        vm.warp(expires - 1);
        assertTrue(mirror.isVerified(node), "still");
        vm.warp(expires);
        assertTrue(!mirror.isVerified(node), "expired");
    }

    function test_ItsGasDoesForTheLongestTexts() public {
        address node = registerNode(1, ownerOfNode(1));
        IRegistry.NodeDetails memory details = someDetails(CLASS);
        (details.peerId, details.endpoint) = (string(new bytes(128)), string(new bytes(256)));
        details.metadata = string(new bytes(256));
        bytes memory filled = bytes(details.metadata);
        for (uint256 i = 0; i < 256; ++i) {
            (filled[i], bytes(details.endpoint)[i]) = ("x", "x");
        }
        for (uint256 i = 0; i < 128; ++i) {
            bytes(details.peerId)[i] = "x";
        }
        vm.prank(ownerOfNode(1));
        registry.update(node, details);
        uint256 index = report(node);
        bytes32 id = down.outgoingIdOf(down.sentAt(index));
        carryDown(index);
        assertEq(uint256(up.stateOf(id)), uint256(ILinkMessenger.State.Delivered), "delivered");
        assertAlike(node, "long");
    }

    function test_RevertWhen_TheWordIsNotTheReporters() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistryMirror.NotMessenger.selector, address(this)));
        mirror.onMessage(L1, address(reporter), 0, "");
        vm.prank(address(up));
        vm.expectRevert(abi.encodeWithSelector(IRegistryMirror.NotReporter.selector, L1, address(this)));
        mirror.onMessage(L1, address(this), 0, "");
        vm.prank(address(up));
        vm.expectRevert(abi.encodeWithSelector(IRegistryMirror.NotReporter.selector, L2, address(reporter)));
        mirror.onMessage(L2, address(reporter), 0, "");
    }

    function test_RevertWhen_NobodyKnownIsReportedOrTooMany() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistryReporter.NodeUnknown.selector, stranger));
        reporter.report(signersOf(stranger));
        vm.expectRevert(abi.encodeWithSelector(ILinkMessenger.BatchSize.selector, 0, 32));
        reporter.report(new address[](0));
        address node = registerNode(1, ownerOfNode(1));
        address[] memory many = new address[](33);
        for (uint256 i = 0; i < 33; ++i) {
            many[i] = node;
        }
        vm.expectRevert(abi.encodeWithSelector(ILinkMessenger.BatchSize.selector, 33, 32));
        reporter.report(many);
    }

    function test_WhatANodeSignsForOneLayerCountsOnNoOther() public {
        Batches.Batch memory batch;
        batch.root = keccak256("root");
        onL2();
        bytes32 below = mirror.batchDigest(batch);
        onL1();
        assertTrue(below != registry.batchDigest(batch), "another domain");
    }

    function test_AMirrorOfTheMirrorAnswersAlike() public {
        address node = registerNode(1, ownerOfNode(1));
        verifyNode(1, uint64(vm.getBlockTimestamp() + MONTH));
        carryDown(report(node));
        RegistryReporter lower = new RegistryReporter(IRegistry(address(mirror)), down, L2, maker.addressOf("lowest"));
        bytes memory args = abi.encode(up, L1, lower, new NoCompliance());
        make("lowest", abi.encodePacked(type(RegistryMirror).creationCode, args));
        onL1();
        uint256 index = down.nonce();
        lower.report(signersOf(node));
        carryDown(index);
        mirror = RegistryMirror(maker.addressOf("lowest"));
        assertAlike(node, "two floors below");
    }
}
