import { ByteReader } from "../byteReader.js";
import { keccak256, utf8ToBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { type Eip712Domain, typedDataDigest } from "../eip712Domain.js";
import { recoverCompact, toCompactSignature } from "../guards/compactSignature.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex } from "../primitives.js";
import { signDigest } from "../secp256k1.js";
import { WordWriter } from "../wordWriter.js";

/**
 * What a validator may find. The chain's number is the place, counted from 0. `undecided`: too short for a threshold, or nothing is calibrated.
 * `withheld`: nobody shows the result's body.
 */
export const VERDICT_OUTCOMES = ["passed", "failed", "undecided", "withheld"] as const;
export type VerdictOutcome = (typeof VERDICT_OUTCOMES)[number];

/** The tiers in which single validators speak. */
export const VERDICT_TIERS = [1, 2] as const;
export type VerdictTier = (typeof VERDICT_TIERS)[number];

/** `firstDiff` of a verdict that names no token. */
export const NO_DIFF = 0xffff_ffff;

/**
 * What a validator found of a task. Committed to first, then shown, so that nobody copies it.
 *
 * `Verdict(bytes32 taskId,uint8 tier,uint8 outcome,bytes32 stats,uint32 firstDiff,bytes32 salt)` under `guardsDomain`.
 */
export type Verdict = {
  /** As the results root has it. */
  readonly taskId: Bytes32;
  readonly tier: VerdictTier;
  readonly outcome: VerdictOutcome;
  /** Hash of the statistics that it rests on; zero without any. */
  readonly stats: Bytes32;
  /** The first output position at which a replay differs; `NO_DIFF` without one. */
  readonly firstDiff: number;
  /** Fresh and secret until it is shown: of so few outcomes each could be guessed from a hash. */
  readonly salt: Bytes32;
};

/** A verdict and its validator's 64-byte signature. */
export type SignedVerdict = { readonly verdict: Verdict; readonly signature: Hex };

export const VERDICT_TYPE =
  "Verdict(bytes32 taskId,uint8 tier,uint8 outcome,bytes32 stats,uint32 firstDiff,bytes32 salt)";
const TYPE_HASH = keccak256Bytes(utf8ToBytes(VERDICT_TYPE));
const COMMIT_TAG = "verdict-commit-v1";
const WHAT = "verdict";
const writer = new WordWriter(7);

export function hashVerdict(verdict: Verdict): Bytes32 {
  return writer
    .begin(TYPE_HASH)
    .bytes32(verdict.taskId)
    .uint8("tier", verdict.tier)
    .uint8("outcome", VERDICT_OUTCOMES.indexOf(verdict.outcome))
    .bytes32(verdict.stats)
    .uint32("firstDiff", verdict.firstDiff)
    .bytes32(verdict.salt)
    .hash();
}

export function verdictDigest(domain: Eip712Domain, verdict: Verdict): Bytes32 {
  return typedDataDigest(domain, hashVerdict(verdict));
}

export function signVerdict(domain: Eip712Domain, verdict: Verdict, privateKey: Hex): SignedVerdict {
  return { verdict, signature: toCompactSignature(signDigest(verdictDigest(domain, verdict), privateKey)) };
}

/** Throws PROTOCOL_BAD_SIGNATURE. */
export function verdictSigner(domain: Eip712Domain, { verdict, signature }: SignedVerdict): Address {
  return recoverCompact(verdictDigest(domain, verdict), signature);
}

/**
 * `keccak256("verdict-commit-v1" ‖ validator ‖ digest)`: what is posted first. Of one validator, chain and contract: a copied one opens for nobody.
 */
export function verdictCommitment(
  domain: Eip712Domain,
  of: { readonly validator: Address; readonly verdict: Verdict },
): Bytes32 {
  const digest = verdictDigest(domain, of.verdict);
  return keccak256(new ByteWriter().tag(COMMIT_TAG).hex(of.validator, 20).hex(digest, 32).toBytes());
}

/** What is shown then, big-endian: `taskId 32 ‖ tier u8 ‖ outcome u8 ‖ stats 32 ‖ firstDiff u32 ‖ salt 32 ‖ signature 64`: 166 bytes. */
export function encodeVerdict({ verdict, signature }: SignedVerdict): Uint8Array {
  return new ByteWriter()
    .hex(verdict.taskId, 32)
    .uint("tier", verdict.tier, 1)
    .uint("outcome", VERDICT_OUTCOMES.indexOf(verdict.outcome), 1)
    .hex(verdict.stats, 32)
    .uint("firstDiff", verdict.firstDiff, 4)
    .hex(verdict.salt, 32)
    .hex(signature, 64)
    .toBytes();
}

/** Reads a signed verdict. Throws PROTOCOL_BAD_RECORD for bytes that `encodeVerdict` wouldn't have written. */
export function decodeVerdict(bytes: Uint8Array): SignedVerdict {
  const reader = new ByteReader(bytes, WHAT);
  const taskId = reader.hex(32);
  const tierNumber = reader.uint("tier", 1);
  const tier = VERDICT_TIERS.find((one) => one === tierNumber) ?? reader.refuse("no such tier");
  const outcome = VERDICT_OUTCOMES[reader.uint("outcome", 1)] ?? reader.refuse("no such outcome");
  const stats = reader.hex(32);
  const firstDiff = reader.uint("firstDiff", 4);
  const salt = reader.hex(32);
  const signature = reader.hex(64);
  reader.end();
  return { verdict: { taskId, tier, outcome, stats, firstDiff, salt }, signature };
}
