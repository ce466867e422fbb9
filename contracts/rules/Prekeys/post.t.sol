// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IPrekeys } from "../../src/interfaces/IPrekeys.sol";
import { IRegistry } from "../../src/interfaces/IRegistry.sol";
import { Prekeys } from "../../src/l2/Prekeys.sol";
import { NodeNetwork } from "../support/NodeNetwork.sol";

/// Two miners; prekey epoch 5 has just begun.
contract PrekeysTest is NodeNetwork {
    uint64 internal constant PREKEY_SECONDS = 600;
    uint64 internal constant NOW = 5;
    bytes32 internal constant HASH = keccak256("bundle");

    Prekeys internal prekeys;
    address internal miner;
    address internal miner2;

    function setUp() public override {
        super.setUp();
        prekeys = new Prekeys(registry, T0, PREKEY_SECONDS);
        miner = registerNode(1, ownerOfNode(1));
        miner2 = registerNode(2, ownerOfNode(2));
    }

    function post(address by, address node, uint64 epoch, bytes32 bundleHash) internal {
        vm.prank(by);
        prekeys.post(node, epoch, bundleHash);
    }

    function test_KeepsAHashOfTheCurrentEpochByTheNodesKey() public {
        expectEvent(address(prekeys));
        emit IPrekeys.PrekeyPosted(miner, NOW, HASH);
        post(miner, miner, NOW, HASH);
        assertEq(prekeys.hashOf(miner, NOW), HASH, "its hash");
        assertEq(prekeys.hashOf(miner2, NOW), bytes32(0), "no other node's");
        assertEq(prekeys.hashOf(miner, NOW - 1), bytes32(0), "no other epoch's");
    }

    function test_TakesTheOwnersPost() public {
        post(ownerOfNode(1), miner, NOW, HASH);
        assertEq(prekeys.hashOf(miner, NOW), HASH, "its hash");
    }

    function test_TakesAGuardsPost() public {
        IRegistry.NodeDetails memory details = someDetails(CLASS);
        details.roles = 4;
        vm.prank(ownerOfNode(1));
        registry.update(miner, details);
        post(miner, miner, NOW, HASH);
        assertEq(prekeys.hashOf(miner, NOW), HASH, "its hash");
    }

    function test_RevertWhen_TheHashIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(IPrekeys.BundleHashZero.selector));
        post(miner, miner, NOW, 0);
    }

    function test_RevertWhen_TheNodeIsNoActiveMinerOrGuard() public {
        vm.expectRevert(abi.encodeWithSelector(IPrekeys.NotSealedTo.selector, stranger));
        post(stranger, stranger, NOW, HASH);

        IRegistry.NodeDetails memory details = someDetails(CLASS);
        details.roles = 1;
        vm.prank(ownerOfNode(1));
        registry.update(miner, details);
        vm.expectRevert(abi.encodeWithSelector(IPrekeys.NotSealedTo.selector, miner));
        post(miner, miner, NOW, HASH);

        vm.prank(ownerOfNode(2));
        registry.leave(miner2);
        vm.expectRevert(abi.encodeWithSelector(IPrekeys.NotSealedTo.selector, miner2));
        post(miner2, miner2, NOW, HASH);
    }

    function test_RevertWhen_TheCallerIsNeitherNodeNorOwner() public {
        address[3] memory others = [stranger, miner2, ownerOfNode(2)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IPrekeys.NotNodeOrOwner.selector, others[i], miner));
            post(others[i], miner, NOW, HASH);
        }
    }

    function test_RevertWhen_TheEpochIsOver() public {
        vm.expectRevert(abi.encodeWithSelector(IPrekeys.PrekeyEpochPast.selector, NOW - 1, NOW));
        post(miner, miner, NOW - 1, HASH);
    }

    function test_TakesTheNextEpochsHashInTheLastQuarterAlone() public {
        uint256 allowedAt = T0 + 6 * uint256(PREKEY_SECONDS) - PREKEY_SECONDS / 4;
        vm.warp(allowedAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IPrekeys.PrekeyEpochEarly.selector, NOW + 1, allowedAt));
        post(miner, miner, NOW + 1, HASH);
        vm.warp(allowedAt);
        post(miner, miner, NOW + 1, HASH);
        vm.expectRevert(
            abi.encodeWithSelector(IPrekeys.PrekeyEpochEarly.selector, NOW + 2, allowedAt + PREKEY_SECONDS)
        );
        post(miner, miner, NOW + 2, HASH);
    }

    function test_RevertWhen_TheEpochHasAHash() public {
        post(miner, miner, NOW, HASH);
        vm.expectRevert(abi.encodeWithSelector(IPrekeys.PrekeyKnown.selector, miner, NOW));
        post(ownerOfNode(1), miner, NOW, keccak256("another"));
    }

    function test_ShowsWhatIsAccepted() public {
        post(miner, miner, NOW, HASH);
        (uint64 current, bytes32[3] memory hashes) = prekeys.acceptedOf(miner);
        assertEq(current, NOW, "the epoch");
        assertEq(hashes[0], HASH, "the current one's");
        wait(2 * PREKEY_SECONDS);
        post(miner, miner, NOW + 2, keccak256("later"));
        (current, hashes) = prekeys.acceptedOf(miner);
        assertEq(current, NOW + 2, "two later");
        assertEq(hashes[0], keccak256("later"), "the newest");
        assertEq(hashes[1], 0, "none between");
        assertEq(hashes[2], HASH, "the last that is accepted");
        wait(PREKEY_SECONDS);
        (, hashes) = prekeys.acceptedOf(miner);
        assertEq(hashes[1], keccak256("later"), "one back");
        assertEq(hashes[2], 0, "the first is no longer accepted");
    }

    function test_ShowsNoEpochBeforeTheFirst() public {
        Prekeys young = new Prekeys(registry, uint64(vm.getBlockTimestamp()), PREKEY_SECONDS);
        vm.prank(miner);
        young.post(miner, 0, HASH);
        (uint64 current, bytes32[3] memory hashes) = young.acceptedOf(miner);
        assertEq(current, 0, "the first epoch");
        assertEq(hashes[0], HASH, "its hash");
        assertEq(hashes[1], 0, "nothing before");
        assertEq(hashes[2], 0, "nor before that");
    }

    function test_RevertWhen_AnEpochHasNoLength() public {
        vm.expectRevert(abi.encodeWithSelector(IPrekeys.PrekeySecondsZero.selector));
        new Prekeys(registry, T0, 0);
    }
}
