// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IMessenger } from "../../src/interfaces/IMessenger.sol";
import { IRegistry } from "../../src/interfaces/IRegistry.sol";
import { NoCompliance } from "../../src/l1/NoCompliance.sol";
import { NoPause } from "../../src/l1/NoPause.sol";
import { Registry } from "../../src/l1/Registry.sol";
import { VerifierList } from "../../src/l1/VerifierList.sol";
import { StakeView } from "../../src/l2/StakeView.sol";
import { Attestations } from "../../src/l2/guards/Attestations.sol";
import { GuardSets } from "../../src/l2/guards/GuardSets.sol";
import { SignedRoots } from "../../src/libraries/SignedRoots.sol";
import { StoredBytes } from "../../src/libraries/StoredBytes.sol";
import { Assertions } from "./Assertions.sol";

/// The guards' contracts with the registry and the stake view that they ask. The test itself is the messenger and the vault.
abstract contract GuardNetwork is Assertions {
    uint64 internal constant T0 = 1_000_000;
    uint64 internal constant EPOCH_SECONDS = 600;
    uint96 internal constant STAKE_MIN = 1_000e18;
    uint64 internal constant SUBJECT = 31_337;

    Registry internal registry;
    StakeView internal stakeView;
    GuardSets internal sets;
    Attestations internal attestations;

    address internal owner = address(0x0123);
    address internal stranger = address(0x57A4);
    uint64 internal sequence;

    function setUp() public virtual {
        vm.warp(T0 + 5 * EPOCH_SECONDS);
        deploySets(0);
    }

    function deploySets(uint64 hostedUntil) internal {
        NoCompliance noCompliance = new NoCompliance();
        registry = new Registry(noCompliance, new NoPause(), new VerifierList(owner));
        stakeView = new StakeView(IMessenger(address(this)), uint64(block.chainid), address(this));
        sets = new GuardSets(partsWith(hostedUntil));
        attestations = new Attestations(sets);
        sets.nameAttestations(address(attestations));
    }

    function partsWith(uint64 hostedUntil) internal view returns (GuardSets.Parts memory) {
        return GuardSets.Parts({
            registry: registry,
            stakeView: stakeView,
            stakeMinWei: STAKE_MIN,
            hostedUntil: hostedUntil,
            t0: T0,
            epochSeconds: EPOCH_SECONDS,
            owner: owner
        });
    }

    /* TIME */

    function warpToEpoch(uint64 epoch) internal {
        vm.warp(T0 + uint256(epoch) * EPOCH_SECONDS);
    }

    function fix(uint64 epoch) internal {
        warpToEpoch(epoch);
        sets.fixSet(epoch);
    }

    /* GUARDS */

    function keyOf(uint256 number) internal pure returns (uint256) {
        return 0x6A4D_0000 + number;
    }

    function guardOf(uint256 number) internal pure returns (address) {
        return vm.addr(keyOf(number));
    }

    function ownerOf(uint256 number) internal pure returns (address) {
        return address(uint160(0x0E0E_0000 + number));
    }

    function setStake(uint256 number, uint256 stakeWei) internal {
        bytes memory body = abi.encode(ownerOf(number), stakeWei, ++sequence);
        stakeView.onMessage(uint64(block.chainid), address(this), 0, body);
    }

    function registerNode(uint256 number, uint8 roles) internal {
        registerFor(ownerOf(number), keyOf(number), roles);
    }

    function registerFor(address by, uint256 key, uint8 roles) internal {
        IRegistry.NodeDetails memory details;
        details.roles = roles;
        uint64 deadline = uint64(vm.getBlockTimestamp());
        bytes32 typeHash =
            keccak256("Registration(address owner,address signer,uint8 roles,bytes32 sealingKey,uint64 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, by, vm.addr(key), roles, bytes32(0), deadline));
        bytes memory signature = signTyped(key, address(registry), structHash);
        vm.prank(by);
        registry.register(vm.addr(key), details, deadline, signature);
    }

    function join(uint256 number) internal {
        vm.prank(ownerOf(number));
        sets.join(guardOf(number));
    }

    function leave(uint256 number) internal {
        vm.prank(ownerOf(number));
        sets.leave();
    }

    /// Guards 1 … count in the queue, each with the stake.
    function joinAll(uint256 count, uint256 stakeWei) internal {
        for (uint256 number = 1; number <= count; ++number) {
            registerNode(number, 4);
            setStake(number, stakeWei);
            join(number);
        }
    }

    function isGuard(uint64 epoch, uint256 number) internal view returns (bool) {
        for (uint256 i = 0; i < sets.setAt(epoch).length; ++i) {
            if (sets.setAt(epoch)[i].guard == guardOf(number)) return true;
        }
        return false;
    }

    function packedSetAt(uint64 epoch) internal view returns (bytes memory members, uint32 frozen) {
        address stored;
        (stored, frozen) = sets.storedSetAt(epoch);
        members = StoredBytes.read(stored);
    }

    /// The number of the guard at a place of an epoch's set.
    function numberAt(uint64 epoch, uint256 place) internal view returns (uint256 number) {
        address guard = sets.setAt(epoch)[place].guard;
        for (number = 1; guardOf(number) != guard; ++number) { }
    }

    /* SIGNATURES */

    function signTyped(uint256 key, address verifier, bytes32 structHash) internal view returns (bytes memory) {
        bytes32 domainType =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 separator =
            keccak256(abi.encode(domainType, keccak256("Cortensor"), keccak256("1"), block.chainid, verifier));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", separator, structHash)));
        return abi.encodePacked(r, s, v);
    }

    function signCompact(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, bytes32(uint256(s) | uint256(v - 27) << 255));
    }

    function someAttestation(uint64 epoch, bytes32 root) internal pure returns (SignedRoots.Attestation memory) {
        return SignedRoots.Attestation({ subjectChainId: SUBJECT, kind: 1, epoch: epoch, root: root });
    }

    /// Packed signatures of the guards whose places have a bit.
    function quorumOf(SignedRoots.Attestation memory attestation, uint32 bitmap)
        internal
        view
        returns (bytes memory packed)
    {
        bytes32 digest = attestations.digestOf(attestation);
        packed = abi.encodePacked(bitmap);
        for (uint256 place = 0; place < 32; ++place) {
            if (bitmap >> place & 1 == 0) continue;
            uint256 key = keyOf(numberAt(attestation.epoch, place));
            packed = bytes.concat(packed, signCompact(key, digest));
        }
    }

    /// What shows that a guard signed two roots for an epoch.
    function proofBy(uint256 key, uint64 epoch) internal view returns (bytes memory) {
        (bytes32 low, bytes32 high) = (keccak256("root"), keccak256("another root"));
        if (low > high) (low, high) = (high, low);
        return abi.encodePacked(
            abi.encodePacked(uint64(block.chainid), address(attestations), SUBJECT, uint8(1), epoch, low, high),
            signCompact(key, attestations.digestOf(someAttestation(epoch, low))),
            signCompact(key, attestations.digestOf(someAttestation(epoch, high)))
        );
    }

    /// Two outboxes that one key signed for an epoch of a messenger on another chain.
    function outboxProofBy(uint256 key, address messenger, address srcMessenger) internal pure returns (bytes memory) {
        (bytes32 low, bytes32 high) = (keccak256("one"), keccak256("two"));
        if (high < low) (low, high) = (high, low);
        return bytes.concat(
            abi.encodePacked(uint64(900), messenger, uint64(31_337), srcMessenger, uint64(6), low, high),
            signCompact(key, outboxDigest(messenger, srcMessenger, low)),
            signCompact(key, outboxDigest(messenger, srcMessenger, high))
        );
    }

    function outboxDigest(address messenger, address srcMessenger, bytes32 root) internal pure returns (bytes32) {
        return SignedRoots.typedDigest(900, messenger, SignedRoots.hashOutbox(31_337, srcMessenger, 6, root));
    }
}
