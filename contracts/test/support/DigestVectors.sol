// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { Network } from "./Network.sol";
import { StructVectors } from "./StructVectors.sol";

/// Holds hashed structs, and what is signed of them, against their golden vectors.
abstract contract DigestVectors is Network, StructVectors {
    function assertDigest(string memory path, string memory domain, bytes32 structHash) internal view {
        assertEq(structHash, word(path, ".structHash"), "structHash");
        address verifier = vm.parseJsonAddress(structs, string.concat(".domains.", domain, ".verifyingContract"));
        uint256 chainId = vm.parseJsonUint(structs, ".chainId");
        assertEq(typedDigest(verifier, chainId, structHash), word(path, ".digest"), "digest");
    }
}
