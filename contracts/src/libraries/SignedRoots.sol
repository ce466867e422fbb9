// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title SignedRoots
/// @notice A guard's word that an epoch's records of one kind, about one chain, have a root: its EIP-712 hash.
library SignedRoots {
    struct Attestation {
        /// The chain that it speaks about; the domain's is the chain that it is posted to.
        uint64 subjectChainId;
        /// 1 results, 2 reputation, 3 settlement, 4 beacon, 5 checkpoint, 6 duty pay, 7 deposits on Solana.
        uint8 kind;
        uint64 epoch;
        bytes32 root;
    }

    uint8 internal constant KIND_MIN = 1;
    uint8 internal constant KIND_DUTY_PAY = 6;
    uint8 internal constant KIND_SOLANA_DEPOSITS = 7;
    uint8 internal constant KIND_MAX = KIND_SOLANA_DEPOSITS;
    /// Names outboxes where offences are counted. No attestation has it: an outbox is signed under the domain of the messenger that takes it.
    uint8 internal constant KIND_OUTBOX = 8;

    bytes32 internal constant ATTESTATION_TYPEHASH =
        keccak256("Attestation(uint64 subjectChainId,uint8 kind,uint64 epoch,bytes32 root)");
    bytes32 internal constant OUTBOX_TYPEHASH =
        keccak256("Outbox(uint64 srcChainId,address srcMessenger,uint64 epoch,bytes32 root)");
    bytes32 internal constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    function hashAttestation(Attestation memory attestation) internal pure returns (bytes32) {
        return keccak256(abi.encode(ATTESTATION_TYPEHASH, attestation));
    }

    /// @notice What a guard signs of the messages that a messenger sent, under the domain of the one that takes them.
    function hashOutbox(uint64 srcChainId, address srcMessenger, uint64 epoch, bytes32 root)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(OUTBOX_TYPEHASH, srcChainId, srcMessenger, epoch, root));
    }

    /// @notice The digest under the domain of any contract on any chain.
    function digestFor(uint256 chainId, address verifier, Attestation memory attestation)
        internal
        pure
        returns (bytes32)
    {
        return typedDigest(chainId, verifier, hashAttestation(attestation));
    }

    /// @notice What is signed of any struct, under the domain of any contract on any chain.
    function typedDigest(uint256 chainId, address verifier, bytes32 structHash) internal pure returns (bytes32) {
        bytes32 separator =
            keccak256(abi.encode(DOMAIN_TYPEHASH, keccak256("Cortensor"), keccak256("1"), chainId, verifier));
        return keccak256(abi.encodePacked(hex"1901", separator, structHash));
    }

    function isKind(uint8 kind) internal pure returns (bool) {
        return kind >= KIND_MIN && kind <= KIND_MAX;
    }
}
