// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { IRegistry } from "../../src/interfaces/IRegistry.sol";
import { Batches } from "../../src/libraries/Batches.sol";
import { Network } from "../support/Network.sol";

contract RegisterTest is Network {
    uint256 internal constant NODE_KEY = 0x40DE;
    address internal node = vm.addr(NODE_KEY);

    function textOf(uint256 length) internal pure returns (string memory) {
        return string(new bytes(length));
    }

    function test_RegistersANode() public {
        IRegistry.NodeDetails memory details = someDetails(3);
        details.sealingKey = keccak256("sealing key");
        bytes memory signature = signRegistration(NODE_KEY, operator, details, uint64(block.timestamp));
        expectEvent(address(registry));
        emit IRegistry.NodeRegistered(1, node, operator, details);
        vm.prank(operator);
        assertEq(registry.register(node, details, uint64(block.timestamp), signature), 1, "id");

        IRegistry.Node memory kept = registry.nodeOf(node);
        assertEq(kept.owner, operator, "owner");
        assertEq(kept.registeredAt, block.timestamp, "registeredAt");
        assertEq(kept.leftAt, 0, "active");
        assertEq(kept.details.sealingKey, details.sealingKey, "sealingKey");
        assertEq(registry.signerAt(1), node, "signerAt");
        assertEq(registry.nodeCount(), 1, "nodeCount");
    }

    function test_RevertWhen_TheSignerWasEverRegistered() public {
        registerNode(NODE_KEY, operator, 2);
        vm.prank(operator);
        registry.leave(node);
        IRegistry.NodeDetails memory details = someDetails(2);
        bytes memory signature = signRegistration(NODE_KEY, stranger, details, uint64(block.timestamp));
        vm.expectRevert(abi.encodeWithSelector(IRegistry.NodeExists.selector, node));
        vm.prank(stranger);
        registry.register(node, details, uint64(block.timestamp), signature);
    }

    function test_RevertWhen_TheDeadlineHasPassed() public {
        uint64 deadline = uint64(block.timestamp - 1);
        IRegistry.NodeDetails memory details = someDetails(2);
        bytes memory signature = signRegistration(NODE_KEY, operator, details, deadline);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RegistrationExpired.selector, deadline));
        vm.prank(operator);
        registry.register(node, details, deadline, signature);
    }

    function testFuzz_RevertWhen_RolesAreInvalid(uint8 roles) public {
        if (roles != 0) roles |= 8;
        vm.expectRevert(abi.encodeWithSelector(IRegistry.RolesInvalid.selector, roles));
        vm.prank(operator);
        registry.register(node, someDetails(roles), uint64(block.timestamp), "");
    }

    function test_RevertWhen_ATextIsTooLong() public {
        IRegistry.NodeDetails memory details = someDetails(2);
        details.peerId = textOf(129);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.TextTooLong.selector, 129, 128));
        registry.register(node, details, uint64(block.timestamp), "");
        details.peerId = "";
        details.endpoint = textOf(257);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.TextTooLong.selector, 257, 256));
        registry.register(node, details, uint64(block.timestamp), "");
        details.endpoint = "";
        details.metadata = textOf(257);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.TextTooLong.selector, 257, 256));
        registry.register(node, details, uint64(block.timestamp), "");
    }

    function expectForeign(address by, IRegistry.NodeDetails memory details, bytes memory signature) internal {
        bytes32 typeHash =
            keccak256("Registration(address owner,address signer,uint8 roles,bytes32 sealingKey,uint64 deadline)");
        bytes32 structHash =
            keccak256(abi.encode(typeHash, by, node, details.roles, details.sealingKey, uint64(block.timestamp)));
        address recovered = ECDSA.recover(typedDigest(address(registry), block.chainid, structHash), signature);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.SignatureForeign.selector, recovered, node));
        vm.prank(by);
        registry.register(node, details, uint64(block.timestamp), signature);
    }

    function test_RevertWhen_TheConsentIsForAnotherOwnerOrKey() public {
        IRegistry.NodeDetails memory details = someDetails(2);
        bytes memory signature = signRegistration(NODE_KEY, operator, details, uint64(block.timestamp));
        expectForeign(stranger, details, signature);
        details.sealingKey = keccak256("swapped");
        expectForeign(operator, details, signature);
        expectForeign(operator, details, signRegistration(0xBAD, operator, details, uint64(block.timestamp)));
    }

    function test_RevertWhen_TheConsentIsForAnotherChainOrContractOrMalleable() public {
        IRegistry.NodeDetails memory details = someDetails(2);
        uint64 deadline = uint64(block.timestamp);
        bytes32 hash = registrationHash(node, operator, details, deadline);
        expectForeign(operator, details, signFor(NODE_KEY, address(registry), block.chainid + 1, hash));
        expectForeign(operator, details, signTyped(NODE_KEY, address(payment), hash));
        (bytes memory other, bytes32 s) = flipped(signTyped(NODE_KEY, address(registry), hash));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
        vm.prank(operator);
        registry.register(node, details, deadline, other);
    }

    function test_OnlyTheOwnerChangesOrEndsANode() public {
        IRegistry.NodeDetails memory details = someDetails(1);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.NodeUnknown.selector, node));
        registry.leave(node);
        registerNode(NODE_KEY, operator, 2);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.NotNodeOwner.selector, stranger, operator));
        vm.prank(stranger);
        registry.update(node, details);

        expectEvent(address(registry));
        emit IRegistry.NodeUpdated(1, node, details);
        vm.prank(operator);
        registry.update(node, details);
        assertTrue(registry.isRouterOf(node, operator), "now a router");

        expectEvent(address(registry));
        emit IRegistry.NodeLeft(1, node, operator);
        vm.prank(operator);
        registry.leave(node);
        assertEq(registry.nodeOf(node).leftAt, block.timestamp, "leftAt");
        vm.expectRevert(abi.encodeWithSelector(IRegistry.NodeInactive.selector, node));
        vm.prank(operator);
        registry.update(node, details);
    }

    function test_KnowsWhoIsARouterOfWhom() public {
        registerNode(NODE_KEY, operator, 1);
        address worker = registerNode(ROUTER_KEY, operator, 2);
        assertTrue(registry.isRouterOf(node, operator), "router of its operator");
        assertTrue(!registry.isRouterOf(node, stranger), "not of another");
        assertTrue(!registry.isRouterOf(worker, operator), "a miner is no router");
        assertTrue(!registry.isRouterOf(address(0x1), address(0)), "nobody is a router of nobody");
        vm.prank(operator);
        registry.leave(node);
        assertTrue(!registry.isRouterOf(node, operator), "not after it left");
    }

    function test_RemembersWhoseRouterASignerWas() public {
        registerNode(NODE_KEY, operator, 2);
        assertTrue(!registry.wasRouterOf(node, operator), "a miner never was");
        vm.prank(operator);
        registry.update(node, someDetails(1));
        assertTrue(registry.wasRouterOf(node, operator), "is one");
        vm.prank(operator);
        registry.update(node, someDetails(2));
        assertTrue(!registry.isRouterOf(node, operator), "is none any more");
        assertTrue(registry.wasRouterOf(node, operator), "but was one");
        vm.prank(operator);
        registry.leave(node);
        assertTrue(registry.wasRouterOf(node, operator), "also after it left");
        assertTrue(!registry.wasRouterOf(node, stranger), "never another's");

        address born = registerNode(ROUTER_KEY, operator, 1);
        assertTrue(registry.wasRouterOf(born, operator), "registered as one");
        assertTrue(!registry.wasRouterOf(stranger, address(0)), "nobody was a router of nobody");
    }

    function test_KnowsTheOperatorOfANodeAlsoAfterItLeft() public {
        assertEq(registry.ownerOf(node), address(0), "nobody yet");
        registerNode(NODE_KEY, operator, 2);
        assertEq(registry.ownerOf(node), operator, "operator");
        vm.prank(operator);
        registry.leave(node);
        assertEq(registry.ownerOf(node), operator, "still");
    }

    function test_RecoversWhoSignedALeafsBatch() public {
        bytes32 structHash = keccak256("receipt");
        bytes32 leaf = keccak256(abi.encode(structHash));
        bytes32 sibling = keccak256("sibling");
        bytes32 root =
            leaf < sibling ? keccak256(abi.encodePacked(leaf, sibling)) : keccak256(abi.encodePacked(sibling, leaf));
        Batches.Batch memory batch = Batches.Batch({ root: root, count: 2, sequence: 7 });
        bytes memory signature = signTyped(NODE_KEY, address(registry), Batches.hashBatch(batch));
        bytes32[] memory path = new bytes32[](1);
        path[0] = sibling;
        assertEq(registry.signerOfLeaf(batch, signature, structHash, path), node, "signer");

        vm.expectRevert(abi.encodeWithSelector(IRegistry.LeafAbsent.selector, root, keccak256("other")));
        registry.signerOfLeaf(batch, signature, keccak256("other"), path);
    }
}
