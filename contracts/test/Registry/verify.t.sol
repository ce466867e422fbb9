// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { Registry } from "../../src/l1/Registry.sol";
import { IRegistry } from "../../src/interfaces/IRegistry.sol";
import { Hooks } from "../../src/libraries/Hooks.sol";
import { Verifications } from "../../src/libraries/Verifications.sol";
import { DenyList, PauseSwitch } from "../support/HookParts.sol";
import { Network } from "../support/Network.sol";

/// Hashes from calldata, as the library takes it.
contract Hasher {
    function hashVerification(address signer, Verifications.Verification calldata stated)
        external
        pure
        returns (bytes32)
    {
        return Verifications.hashVerification(signer, stated);
    }
}

contract VerifyTest is Network {
    uint256 internal constant NODE_KEY = 0x40DE;
    uint256 internal constant VERIFIER_KEY = 0x7E41F;
    address internal node = vm.addr(NODE_KEY);
    address internal verifier = vm.addr(VERIFIER_KEY);
    DenyList internal list;
    PauseSwitch internal pause;
    Hasher internal hasher;

    function setUp() public override {
        super.setUp();
        list = new DenyList();
        pause = new PauseSwitch();
        hasher = new Hasher();
        registry = new Registry(list, pause, verifiers);
        vm.prank(owner);
        verifiers.add(verifier);
    }

    /* MAKERS */

    function servingDetails() internal pure returns (IRegistry.NodeDetails memory details) {
        details = someDetails(2);
        details.sealingKey = keccak256("sealing key");
        details.kernelClass = keccak256("kernel class");
    }

    function registerWith(uint256 key, IRegistry.NodeDetails memory details) internal {
        uint64 deadline = uint64(vm.getBlockTimestamp());
        bytes memory signature = signRegistration(key, operator, details, deadline);
        vm.prank(operator);
        registry.register(vm.addr(key), details, deadline, signature);
    }

    function someStatement() internal view returns (Verifications.Verification memory) {
        return Verifications.Verification({
            verifier: verifier,
            sealingKey: keccak256("sealing key"),
            kernelClass: keccak256("kernel class"),
            challenge: keccak256("asked"),
            answer: keccak256("answered"),
            nonce: registry.verificationOf(node).nonce,
            deadline: uint64(vm.getBlockTimestamp()),
            expires: uint64(vm.getBlockTimestamp() + 30 days)
        });
    }

    function signed(uint256 key, Verifications.Verification memory stated) internal view returns (bytes memory) {
        return signTyped(key, address(registry), hasher.hashVerification(node, stated));
    }

    function post(Verifications.Verification memory stated) internal {
        bytes memory nodeSignature = signed(NODE_KEY, stated);
        bytes memory verifierSignature = signed(VERIFIER_KEY, stated);
        vm.prank(stranger);
        registry.verify(node, stated, nodeSignature, verifierSignature);
    }

    function expectRefusal(Verifications.Verification memory stated, bytes memory refusal) internal {
        bytes memory nodeSignature = signed(NODE_KEY, stated);
        bytes memory verifierSignature = signed(VERIFIER_KEY, stated);
        vm.expectRevert(refusal);
        registry.verify(node, stated, nodeSignature, verifierSignature);
    }

    function verifiedNode() internal {
        registerWith(NODE_KEY, servingDetails());
        post(someStatement());
        assertTrue(registry.isVerified(node), "verified");
    }

    function update(IRegistry.NodeDetails memory details) internal {
        vm.prank(operator);
        registry.update(node, details);
    }

    /* REGISTER */

    function test_RevertWhen_RegisteringWhilePausedOrDenied() public {
        pause.turn(address(registry), true);
        vm.expectRevert(abi.encodeWithSelector(Hooks.Paused.selector, address(registry)));
        vm.prank(operator);
        registry.register(node, servingDetails(), 0, "");
        pause.turn(address(registry), false);
        list.deny(operator, true);
        vm.expectRevert(abi.encodeWithSelector(Hooks.Denied.selector, operator));
        vm.prank(operator);
        registry.register(node, servingDetails(), 0, "");
        list.deny(operator, false);
        list.deny(node, true);
        vm.expectRevert(abi.encodeWithSelector(Hooks.Denied.selector, node));
        vm.prank(operator);
        registry.register(node, servingDetails(), 0, "");
        list.deny(node, false);
        registerWith(NODE_KEY, servingDetails());
    }

    /* VERIFY */

    function test_VerifiesANodeThatAnswered() public {
        registerWith(NODE_KEY, servingDetails());
        assertTrue(!registry.isVerified(node), "registered only");
        Verifications.Verification memory stated = someStatement();
        bytes memory nodeSignature = signed(NODE_KEY, stated);
        bytes memory verifierSignature = signed(VERIFIER_KEY, stated);
        expectEvent(address(registry));
        emit IRegistry.NodeVerified(1, node, verifier, stated.kernelClass, stated.answer, stated.expires);
        vm.prank(stranger);
        registry.verify(node, stated, nodeSignature, verifierSignature);
        assertTrue(registry.isVerified(node), "verified");
        IRegistry.VerificationRecord memory record = registry.verificationOf(node);
        assertEq(record.verifier, verifier, "verifier");
        assertEq(record.expires, stated.expires, "expires");
        assertEq(record.nonce, 1, "nonce");
    }

    function test_RevertWhen_TheNodeIsUnknownOrLeft() public {
        Verifications.Verification memory stated = someStatement();
        expectRefusal(stated, abi.encodeWithSelector(IRegistry.NodeUnknown.selector, node));
        registerWith(NODE_KEY, servingDetails());
        vm.prank(operator);
        registry.leave(node);
        expectRefusal(stated, abi.encodeWithSelector(IRegistry.NodeInactive.selector, node));
    }

    function test_RevertWhen_ItIsLateOrHoldsTooShortOrTooLong() public {
        registerWith(NODE_KEY, servingDetails());
        uint256 now_ = vm.getBlockTimestamp();
        Verifications.Verification memory stated = someStatement();
        stated.deadline = uint64(now_ - 1);
        expectRefusal(stated, abi.encodeWithSelector(IRegistry.VerificationLate.selector, now_ - 1));
        stated.deadline = uint64(now_);
        stated.expires = uint64(now_);
        bytes4 outOfBounds = IRegistry.VerificationExpiryOutOfBounds.selector;
        expectRefusal(stated, abi.encodeWithSelector(outOfBounds, now_, now_ + 1, now_ + 30 days));
        stated.expires = uint64(now_ + 30 days + 1);
        expectRefusal(stated, abi.encodeWithSelector(outOfBounds, now_ + 30 days + 1, now_ + 1, now_ + 30 days));
        stated.expires = uint64(now_ + 1);
        post(stated);
    }

    function test_RevertWhen_TheNonceIsAnother() public {
        registerWith(NODE_KEY, servingDetails());
        Verifications.Verification memory stated = someStatement();
        stated.nonce = 1;
        expectRefusal(stated, abi.encodeWithSelector(IRegistry.VerificationNonceOther.selector, 1, 0));
        stated.nonce = 0;
        post(stated);
        expectRefusal(stated, abi.encodeWithSelector(IRegistry.VerificationNonceOther.selector, 0, 1));
    }

    function test_RevertWhen_KeyOrClassIsMissingOrAnother() public {
        registerWith(NODE_KEY, someDetails(2));
        IRegistry.NodeDetails memory details = servingDetails();
        details.sealingKey = 0;
        update(details);
        expectRefusal(someStatement(), abi.encodeWithSelector(IRegistry.SealingKeyMissing.selector, node));
        details = servingDetails();
        details.kernelClass = 0;
        update(details);
        expectRefusal(someStatement(), abi.encodeWithSelector(IRegistry.KernelClassMissing.selector, node));
        update(servingDetails());
        Verifications.Verification memory stated = someStatement();
        stated.sealingKey = keccak256("another");
        expectRefusal(
            stated,
            abi.encodeWithSelector(IRegistry.SealingKeyOther.selector, keccak256("another"), keccak256("sealing key"))
        );
        stated = someStatement();
        stated.kernelClass = keccak256("another");
        expectRefusal(
            stated,
            abi.encodeWithSelector(IRegistry.KernelClassOther.selector, keccak256("another"), keccak256("kernel class"))
        );
    }

    function test_RevertWhen_TheVerifierDoesNotCountOrIsTheOwners() public {
        registerWith(NODE_KEY, servingDetails());
        registerWith(ROUTER_KEY, someDetails(1));
        Verifications.Verification memory stated = someStatement();
        stated.verifier = stranger;
        expectRefusal(stated, abi.encodeWithSelector(IRegistry.NotVerifier.selector, stranger));
        address[3] memory own = [node, operator, vm.addr(ROUTER_KEY)];
        for (uint256 i = 0; i < own.length; ++i) {
            vm.prank(owner);
            verifiers.add(own[i]);
            stated.verifier = own[i];
            expectRefusal(stated, abi.encodeWithSelector(IRegistry.VerifierOfItsOwn.selector, own[i], operator));
        }
    }

    function test_RevertWhen_OwnerOrSignerIsDenied() public {
        registerWith(NODE_KEY, servingDetails());
        list.deny(operator, true);
        expectRefusal(someStatement(), abi.encodeWithSelector(Hooks.Denied.selector, operator));
        list.deny(operator, false);
        list.deny(node, true);
        expectRefusal(someStatement(), abi.encodeWithSelector(Hooks.Denied.selector, node));
    }

    function test_RevertWhen_ASignatureIsAnothersOrOfAnotherStatement() public {
        registerWith(NODE_KEY, servingDetails());
        Verifications.Verification memory stated = someStatement();
        bytes memory nodeSignature = signed(NODE_KEY, stated);
        bytes memory verifierSignature = signed(VERIFIER_KEY, stated);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.SignatureForeign.selector, verifier, node));
        registry.verify(node, stated, verifierSignature, verifierSignature);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.SignatureForeign.selector, node, verifier));
        registry.verify(node, stated, nodeSignature, nodeSignature);

        stated.answer = keccak256("another answer");
        bytes32 digest = typedDigest(address(registry), block.chainid, hasher.hashVerification(node, stated));
        vm.expectRevert(
            abi.encodeWithSelector(IRegistry.SignatureForeign.selector, ECDSA.recover(digest, nodeSignature), node)
        );
        registry.verify(node, stated, nodeSignature, verifierSignature);
        bytes memory consents = signed(NODE_KEY, stated);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRegistry.SignatureForeign.selector, ECDSA.recover(digest, verifierSignature), verifier
            )
        );
        registry.verify(node, stated, consents, verifierSignature);
    }

    function test_RevertWhen_ASignatureIsForAnotherChainOrContract() public {
        registerWith(NODE_KEY, servingDetails());
        Verifications.Verification memory stated = someStatement();
        bytes32 hash = hasher.hashVerification(node, stated);
        bytes32 digest = typedDigest(address(registry), block.chainid, hash);
        bytes memory nodeSignature = signed(NODE_KEY, stated);
        bytes memory verifierSignature = signed(VERIFIER_KEY, stated);
        uint256[2] memory chains = [block.chainid + 1, block.chainid];
        address[2] memory verifying = [address(registry), address(payment)];
        for (uint256 i = 0; i < chains.length; ++i) {
            bytes memory elsewhere = signFor(NODE_KEY, verifying[i], chains[i], hash);
            address recovered = ECDSA.recover(digest, elsewhere);
            vm.expectRevert(abi.encodeWithSelector(IRegistry.SignatureForeign.selector, recovered, node));
            registry.verify(node, stated, elsewhere, verifierSignature);

            elsewhere = signFor(VERIFIER_KEY, verifying[i], chains[i], hash);
            recovered = ECDSA.recover(digest, elsewhere);
            vm.expectRevert(abi.encodeWithSelector(IRegistry.SignatureForeign.selector, recovered, verifier));
            registry.verify(node, stated, nodeSignature, elsewhere);
        }
    }

    function test_RevertWhen_ASignatureIsMalleable() public {
        registerWith(NODE_KEY, servingDetails());
        Verifications.Verification memory stated = someStatement();
        bytes memory nodeSignature = signed(NODE_KEY, stated);
        bytes memory verifierSignature = signed(VERIFIER_KEY, stated);
        (bytes memory other, bytes32 s) = flipped(nodeSignature);
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
        registry.verify(node, stated, other, verifierSignature);
        (other, s) = flipped(verifierSignature);
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
        registry.verify(node, stated, nodeSignature, other);
        registry.verify(node, stated, nodeSignature, verifierSignature);
    }

    /* IS VERIFIED */

    function test_HoldsUntilItExpires() public {
        verifiedNode();
        uint256 expires = vm.getBlockTimestamp() + 30 days;
        vm.warp(expires - 1);
        assertTrue(registry.isVerified(node), "the last second");
        vm.warp(expires);
        assertTrue(!registry.isVerified(node), "no longer");
        post(someStatement());
        assertTrue(registry.isVerified(node), "again");
    }

    function test_EndsWithItsKeysAndItsClass() public {
        verifiedNode();
        IRegistry.NodeDetails memory details = servingDetails();
        details.endpoint = "https://elsewhere.example";
        details.roles = 6;
        update(details);
        assertTrue(registry.isVerified(node), "texts and roles say nothing of the engine");

        Verifications.Verification memory before = someStatement();
        details.kernelClass = keccak256("another class");
        expectEvent(address(registry));
        emit IRegistry.VerificationEnded(1, node);
        update(details);
        assertTrue(!registry.isVerified(node), "another class");
        details.kernelClass = keccak256("kernel class");
        update(details);
        assertTrue(!registry.isVerified(node), "not by going back");
        expectRefusal(before, abi.encodeWithSelector(IRegistry.VerificationNonceOther.selector, 1, 3));

        post(someStatement());
        details.sealingKey = keccak256("another key");
        update(details);
        assertTrue(!registry.isVerified(node), "another sealing key");
        assertEq(registry.verificationOf(node).expires, 0, "ended");
    }

    function test_EndsWithTheNodeItsVerifierOrADenial() public {
        verifiedNode();
        list.deny(operator, true);
        assertTrue(!registry.isVerified(node), "owner denied");
        list.deny(operator, false);
        list.deny(node, true);
        assertTrue(!registry.isVerified(node), "signer denied");
        list.deny(node, false);
        assertTrue(registry.isVerified(node), "nobody denied");
        vm.prank(owner);
        verifiers.remove(verifier);
        assertTrue(!registry.isVerified(node), "verifier struck off");
        vm.prank(owner);
        verifiers.add(verifier);
        vm.prank(operator);
        registry.leave(node);
        assertTrue(!registry.isVerified(node), "left");
        assertTrue(!registry.isVerified(vm.addr(ROUTER_KEY)), "another signing key was never verified");
    }
}
