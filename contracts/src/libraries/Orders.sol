// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import { ISessions } from "../interfaces/ISessions.sol";

/// @title Orders
/// @notice What a wallet signs to be onboarded, and its hashes: one EIP-712 word under the domain of COR on the chain that it has coins on.
/// `orderDigest` of `packages/chain` makes the same of the typed words that a wallet shows.
library Orders {
    /// Coins that are given to a taker for a purpose.
    struct Transfer {
        address from;
        address taker;
        uint256 amountWei;
        bytes32 nonce;
        uint64 deadline;
    }

    /// What for: a session on the serving chain.
    struct Terms {
        /// The serving chain, and its `Onboarding`.
        uint64 toChainId;
        address onboarding;
        /// Who may keep a fee for bringing the order, and the most of it. Zero: nobody.
        address sponsor;
        uint256 feeMaxWei;
        /// The operator that may be paid out of all that comes. Zero: none yet.
        address router;
        /// A key that may sign debits beside the owner's own. Zero: none.
        address key;
        uint96 capPerEpochWei;
        uint96 totalCapWei;
        uint64 expires;
        ISessions.SessionParams session;
    }

    /// Where it was signed for: a chain, and COR there.
    struct Source {
        uint64 chainId;
        address cor;
    }

    struct Order {
        Source source;
        Transfer transfer;
        Terms terms;
    }

    bytes internal constant TRANSFER_TYPE =
        "SignedTransfer(address from,address taker,uint256 amountWei,bytes32 nonce,uint64 deadline,";
    bytes internal constant TERMS_TYPE =
        "Onboarding(uint64 toChainId,address onboarding,address sponsor,uint256 feeMaxWei,address router,address key,uint96 capPerEpochWei,uint96 totalCapWei,uint64 expires,SessionParams session)";
    bytes internal constant SESSION_TYPE =
        "SessionParams(string name,string metadata,uint16 minNumOfNodes,uint16 maxNumOfNodes,uint8 redundant,uint8 numOfValidatorNodes,uint8 mode,bool reserveEphemeralNodes,uint8 sla,bytes32 modelIdentifier,uint32 reservePeriod,uint32 maxTaskExecutionCount,uint8 privacy,uint8 engine,uint8 auditMode)";
    bytes32 internal constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    /// @notice The rest of the type of a transfer that is for an onboarding.
    function purposeType() internal pure returns (bytes memory) {
        return bytes.concat("Onboarding purpose)", TERMS_TYPE, SESSION_TYPE);
    }

    /// @notice The struct hash of a transfer with a purpose of any type.
    /// @dev The type begins with a transfer's own fields, whatever follows: no other word of this domain can be read as one.
    function hashTransfer(Transfer memory transfer, bytes memory type_, bytes32 purpose)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(keccak256(bytes.concat(TRANSFER_TYPE, type_)), transfer, purpose));
    }

    function hashTerms(Terms memory terms) internal pure returns (bytes32) {
        bytes memory first = abi.encode(
            keccak256(bytes.concat(TERMS_TYPE, SESSION_TYPE)),
            terms.toChainId,
            terms.onboarding,
            terms.sponsor,
            terms.feeMaxWei,
            terms.router
        );
        bytes memory second =
            abi.encode(terms.key, terms.capPerEpochWei, terms.totalCapWei, terms.expires, hashSession(terms.session));
        return keccak256(bytes.concat(first, second));
    }

    function hashSession(ISessions.SessionParams memory session) internal pure returns (bytes32) {
        bytes memory first = abi.encode(
            keccak256(SESSION_TYPE),
            keccak256(bytes(session.name)),
            keccak256(bytes(session.metadata)),
            session.minNumOfNodes,
            session.maxNumOfNodes,
            session.redundant,
            session.numOfValidatorNodes,
            session.mode
        );
        bytes memory second = abi.encode(
            session.reserveEphemeralNodes,
            session.sla,
            session.modelIdentifier,
            session.reservePeriod,
            session.maxTaskExecutionCount,
            session.privacy,
            session.engine,
            session.auditMode
        );
        return keccak256(bytes.concat(first, second));
    }

    /// @notice What is signed, and the order's name everywhere: no two chains, tokens, takers or nonces share one.
    function digestOf(Order memory order) internal pure returns (bytes32) {
        bytes32 separator = keccak256(
            abi.encode(
                DOMAIN_TYPEHASH, keccak256("Cortensor"), keccak256("1"), uint256(order.source.chainId), order.source.cor
            )
        );
        bytes32 structHash = hashTransfer(order.transfer, purposeType(), hashTerms(order.terms));
        return keccak256(abi.encodePacked(hex"1901", separator, structHash));
    }
}
