import {
  type Address,
  type Bytes32,
  type Hex,
  parseAddress,
  paymentDomain,
  type SignedDebit,
  typedDataDigest,
} from "@cortensor/protocol";
import { decodeFunctionData, encodeAbiParameters, encodeFunctionData, keccak256, stringToHex } from "viem";
import { ChainError } from "./chainError.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { type Credit, packCredits, unpackCredits } from "./packedCredits.js";
import { packDebits, unpackDebits } from "./packedDebits.js";
import type { NetworkProfile } from "./profile.js";

/**
 * One settlement of one lane. The chain enforces conservation: the credits raise the payees' counters by at most the sum of the
 * debits' steps (`cumulativeWei` less what the lane has settled before); the rest is the operator's, and matures.
 */
export type Settlement = {
  /** The router operator. */
  readonly lane: Address;
  readonly debits: readonly SignedDebit[];
  readonly credits: readonly Credit[];
  /** Merkle root of the settlement set. */
  readonly settlementRoot: Bytes32;
  /** 32-byte digest of the CID under which that set is published. */
  readonly setCid: Bytes32;
};

/** A settlement with the word of the lane's operator, or of a router of it; none when that is who sends it. */
export type SignedSettlement = Settlement & { readonly signature?: Hex };

const SETTLEMENT_TYPE =
  "Settlement(address lane,bytes32 debitsHash,bytes32 creditsHash,bytes32 settlementRoot,bytes32 setCid)";
const SETTLEMENT_TYPE_HASH = keccak256(stringToHex(SETTLEMENT_TYPE));

/** Calldata of `SessionPayment.settle`. Throws CHAIN_BAD_SETTLEMENT for what doesn't fit its fields. */
export function encodeSettlement(settlement: SignedSettlement): Hex {
  const { lane, debits, credits, settlementRoot, setCid, signature = "0x" } = settlement;
  const args = [lane, packDebits(debits, lane), packCredits(credits), settlementRoot, setCid, signature] as const;
  return encodeFunctionData({ abi: sessionPaymentAbi, functionName: "settle", args });
}

/** Back from calldata. Throws CHAIN_BAD_SETTLEMENT for anything that is not a `settle`. */
export function decodeSettlement(data: Hex): SignedSettlement {
  const { functionName, args } = decode(data);
  if (functionName !== "settle") {
    throw new ChainError({ code: "CHAIN_BAD_SETTLEMENT", reason: `the call is ${functionName}` });
  }
  const [lane, debits, credits, settlementRoot, setCid, signature] = args;
  const settlement = unpackSettlement({ lane, debits, credits, settlementRoot, setCid });
  return signature === "0x" ? settlement : { ...settlement, signature };
}

export function unpackSettlement(packed: {
  readonly lane: Address;
  readonly debits: Hex;
  readonly credits: Hex;
  readonly settlementRoot: Bytes32;
  readonly setCid: Bytes32;
}): Settlement {
  const lane = parseAddress(packed.lane);
  return {
    lane,
    debits: unpackDebits(packed.debits, lane),
    credits: unpackCredits(packed.credits),
    settlementRoot: packed.settlementRoot,
    setCid: packed.setCid,
  };
}

/** Under which the chain logs this settlement: the EIP-712 struct hash of it. Equal content, equal id. */
export function settlementId(settlement: Settlement): Bytes32 {
  const { lane, debits, credits, settlementRoot, setCid } = settlement;
  const types = ["bytes32", "address", "bytes32", "bytes32", "bytes32", "bytes32"].map((type) => ({ type }));
  const hashes = [keccak256(packDebits(debits, lane)), keccak256(packCredits(credits))];
  return keccak256(encodeAbiParameters(types, [SETTLEMENT_TYPE_HASH, lane, ...hashes, settlementRoot, setCid]));
}

/** What a router of the lane signs when somebody else is to send its settlement. */
export function settlementDigest(
  profile: Pick<NetworkProfile, "chainId" | "addresses">,
  settlement: Settlement,
): Bytes32 {
  const domain = paymentDomain({ chainId: profile.chainId, payment: profile.addresses.sessionPayment });
  return typedDataDigest(domain, settlementId(settlement));
}

function decode(data: Hex) {
  try {
    return decodeFunctionData({ abi: sessionPaymentAbi, data });
  } catch (error) {
    throw new ChainError({ code: "CHAIN_BAD_SETTLEMENT", reason: "not a call of SessionPayment" }, { cause: error });
  }
}
