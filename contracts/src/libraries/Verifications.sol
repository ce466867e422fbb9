// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Verifications
/// @notice What node and verifier sign together when the node has answered a challenge: the same EIP-712 struct, under the
/// Registry's domain. The node's signature shows that it holds its registered key. The verifier's says that the node answered, as an
/// engine of that kernel class does, and opened what was sealed to its registered sealing key.
library Verifications {
    struct Verification {
        address verifier;
        /// The node's registered X25519 key, which what it opened was sealed to.
        bytes32 sealingKey;
        /// The node's registered kernel class, in which it answered.
        bytes32 kernelClass;
        /// keccak256 of what was asked, and of what was answered.
        bytes32 challenge;
        bytes32 answer;
        /// `verificationOf(signer).nonce`: a statement is used once, and only for the details it was made for.
        uint64 nonce;
        /// Last second (inclusive) at which it may be posted.
        uint64 deadline;
        /// First second at which it no longer holds.
        uint64 expires;
    }

    bytes32 internal constant VERIFICATION_TYPEHASH = keccak256(
        "Verification(address signer,address verifier,bytes32 sealingKey,bytes32 kernelClass,bytes32 challenge,bytes32 answer,uint64 nonce,uint64 deadline,uint64 expires)"
    );

    function hashVerification(address signer, Verification calldata stated) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                VERIFICATION_TYPEHASH,
                signer,
                stated.verifier,
                stated.sealingKey,
                stated.kernelClass,
                stated.challenge,
                stated.answer,
                stated.nonce,
                stated.deadline,
                stated.expires
            )
        );
    }
}
