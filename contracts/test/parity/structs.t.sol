// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { MerkleProof } from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import { Batches } from "../../src/libraries/Batches.sol";
import { Debits } from "../../src/libraries/Debits.sol";
import { SpendingKeys } from "../../src/libraries/SpendingKeys.sol";
import { DigestVectors } from "../support/DigestVectors.sol";

/// The golden vectors of packages/protocol: both sides hash, sign and prove the same bytes.
contract StructsParityTest is DigestVectors {
    function test_HashesTheDebitVector() public view {
        string memory path = at("Debit");
        assertEq(Debits.DEBIT_TYPEHASH, word(path, ".typeHash"), "typeHash");
        Debits.Debit memory debit = Debits.Debit({
            account: uint32(number(path, "account")),
            cumulativeWei: uint96(number(path, "cumulativeWei")),
            receiptsRoot: word(path, ".message.receiptsRoot"),
            count: uint32(number(path, "count")),
            epoch: uint64(number(path, "epoch"))
        });
        assertDigest(path, "payment", Debits.hashDebit(debit, account(path, "lane")));
    }

    function test_HashesTheBatchVector() public view {
        string memory path = at("Batch");
        assertEq(Batches.BATCH_TYPEHASH, word(path, ".typeHash"), "typeHash");
        Batches.Batch memory batch = Batches.Batch({
            root: word(path, ".message.root"),
            count: uint32(number(path, "count")),
            sequence: uint64(number(path, "sequence"))
        });
        assertDigest(path, "registry", Batches.hashBatch(batch));
        assertEq(
            registry.batchDigest(batch),
            typedDigest(address(registry), block.chainid, word(path, ".structHash")),
            "the registry's own domain"
        );
    }

    function test_HashesTheSpendingKeyVector() public view {
        string memory path = at("SpendingKey");
        assertEq(SpendingKeys.SPENDING_KEY_TYPEHASH, word(path, ".typeHash"), "typeHash");
        bytes32 structHash = keccak256(
            abi.encode(
                SpendingKeys.SPENDING_KEY_TYPEHASH,
                number(path, "account"),
                account(path, "key"),
                number(path, "capPerEpochWei"),
                number(path, "totalCapWei"),
                number(path, "expires")
            )
        );
        assertDigest(path, "payment", structHash);
    }

    function test_ProvesEveryLeafOfTheMerkleVectors() public view {
        string memory trees = vm.readFile("packages/protocol/vectors/merkle.json");
        bytes32 structHash = vm.parseJsonBytes32(trees, ".leaf.structHash");
        bytes32[] memory none = new bytes32[](0);
        bytes32 leaf = vm.parseJsonBytes32(trees, ".leaf.leaf");
        assertTrue(Batches.isLeafOf(leaf, structHash, none), "a leaf alone is the root");
        uint256 proofs = 0;
        for (uint256 i = 0; i < 64; ++i) {
            string memory tree = string.concat(".trees[", vm.toString(i), "]");
            if (!vm.keyExistsJson(trees, tree)) break;
            proofs += proveTree(trees, tree);
        }
        assertTrue(proofs >= 8, "there are trees");
    }

    function proveTree(string memory trees, string memory tree) internal view returns (uint256 proofs) {
        bytes32 root = vm.parseJsonBytes32(trees, string.concat(tree, ".root"));
        bytes32[] memory leaves = vm.parseJsonBytes32Array(trees, string.concat(tree, ".leaves"));
        for (uint256 i = 0; i < leaves.length; ++i) {
            string memory proof = string.concat(tree, ".proofs[", vm.toString(i), "]");
            if (!vm.keyExistsJson(trees, proof)) break;
            uint256 index = vm.parseJsonUint(trees, string.concat(proof, ".index"));
            bytes32[] memory path = vm.parseJsonBytes32Array(trees, string.concat(proof, ".path"));
            assertTrue(MerkleProof.verify(path, root, leaves[index]), "leaf under root");
            assertTrue(!MerkleProof.verify(path, root, keccak256("other")), "another leaf is not");
            proofs += 1;
        }
    }
}
