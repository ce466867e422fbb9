// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { IGuardSets } from "../../src/interfaces/IGuardSets.sol";
import { Attestations } from "../../src/l2/guards/Attestations.sol";
import { Equivocations } from "../../src/libraries/Equivocations.sol";
import { SignedRoots } from "../../src/libraries/SignedRoots.sol";
import { StoredBytes } from "../../src/libraries/StoredBytes.sol";
import { GuardVectors } from "../support/GuardVectors.sol";

/// Sets as the vectors give them.
contract GivenSets {
    address internal _members;

    function t0() external pure returns (uint64) {
        return 0;
    }

    function epochSeconds() external pure returns (uint64) {
        return 600;
    }

    function give(bytes calldata members) external {
        _members = StoredBytes.write(members);
    }

    function storedSetAt(uint64) external view returns (address members, uint32 frozen) {
        return (_members, 0);
    }
}

/// Reads a packed quorum of any digest.
contract QuorumReader is Attestations {
    constructor(GivenSets given) Attestations(IGuardSets(address(given))) { }

    function check(bytes32 digest, bytes calldata packed) external view {
        _checkQuorum(7, digest, packed);
    }
}

/// The golden vectors: what guards sign and pack off chain is what the contract reads.
contract AttestationVectorsTest is GuardVectors {
    GivenSets internal given = new GivenSets();
    QuorumReader internal reader = new QuorumReader(given);
    string[6] internal kinds = ["results", "reputation", "settlement", "beacon", "checkpoint", "dutyPay"];

    function kindOf(string memory path) internal view returns (uint8) {
        for (uint8 i = 0; i < 6; ++i) {
            if (keccak256(bytes(kinds[i])) == keccak256(text(path, ".kind"))) return i + 1;
        }
        revert NotTrue("no such kind");
    }

    function test_HashesEveryAttestation() public view {
        assertEq(SignedRoots.ATTESTATION_TYPEHASH, word(".attestation", ".typeHash"), "type");
        uint256 chainId = number("", ".chainId");
        address guards = account("", ".guards");
        for (uint256 i = 0; i < 6; ++i) {
            string memory path = at("attestations", i);
            SignedRoots.Attestation memory one = SignedRoots.Attestation({
                subjectChainId: uint64(number(path, ".subjectChainId")),
                kind: kindOf(path),
                epoch: uint64(number(path, ".epoch")),
                root: word(path, ".root")
            });
            assertEq(SignedRoots.hashAttestation(one), word(path, ".structHash"), "structHash");
            assertEq(SignedRoots.digestFor(chainId, guards, one), word(path, ".digest"), "digest");
        }
    }

    function isTaken(string memory path) internal returns (bool ok) {
        given.give(membersAt(at("sets", number(path, ".set"))));
        bytes memory call = abi.encodeCall(reader.check, (word(path, ".digest"), data(path, ".packed")));
        (ok,) = address(reader).call(call);
    }

    function test_TakesEveryQuorumAndNothingElse() public {
        uint256 count = countOf("", ".quorums");
        assertTrue(count >= 6, "there are quorums");
        for (uint256 i = 0; i < count; ++i) {
            string memory path = at("quorums", i);
            assertTrue(isTaken(path) == flag(path, ".isQuorum"), "quorum");
        }
    }

    function test_RefusesEveryOtherPacking() public {
        uint256 count = countOf("", ".refused");
        assertTrue(count >= 10, "there are refusals");
        for (uint256 i = 0; i < count; ++i) {
            assertTrue(
                !isTaken(at("refused", i)), vm.parseJsonString(vectors, string.concat(at("refused", i), ".what"))
            );
        }
    }

    function open(bytes calldata proof) external view returns (address signer) {
        (, signer) = Equivocations.open(proof, number("", ".chainId"), account("", ".guards"));
    }

    function test_OpensEveryEquivocation() public view {
        for (uint256 i = 0; i < 2; ++i) {
            string memory path = at("equivocations", i);
            assertEq(this.open(data(path, ".bytes")), account(path, ".signer"), "signer");
        }
    }
}
