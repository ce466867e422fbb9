import { ByteReader } from "../byteReader.js";
import { utf8ToBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { type Eip712Domain, typedDataDigest } from "../eip712Domain.js";
import { recoverCompact, toCompactSignature } from "../guards/compactSignature.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex } from "../primitives.js";
import { signDigest } from "../secp256k1.js";
import { WordWriter } from "../wordWriter.js";

/** What a juror may find. The chain's number is the place, counted from 0: as a verdict's. */
export const JURY_OUTCOMES = ["passed", "failed"] as const;
export type JuryOutcome = (typeof JURY_OUTCOMES)[number];

/**
 * A juror's word on one result. Signed and shown at once: a juror that copies is shown wrong by whoever makes one position again.
 *
 * `JuryVote(bytes32 taskId,bytes32 resultHash,uint8 outcome)` under `guardsDomain`.
 */
export type JuryVote = {
  readonly taskId: Bytes32;
  /** Which of the task's results: its struct hash. */
  readonly resultHash: Bytes32;
  readonly outcome: JuryOutcome;
};

/** A vote and its juror's 64-byte signature. */
export type SignedJuryVote = { readonly vote: JuryVote; readonly signature: Hex };

export const JURY_VOTE_TYPE = "JuryVote(bytes32 taskId,bytes32 resultHash,uint8 outcome)";
const TYPE_HASH = keccak256Bytes(utf8ToBytes(JURY_VOTE_TYPE));
const WHAT = "jury vote";
const writer = new WordWriter(4);

export function hashJuryVote({ taskId, resultHash, outcome }: JuryVote): Bytes32 {
  return writer
    .begin(TYPE_HASH)
    .bytes32(taskId)
    .bytes32(resultHash)
    .uint8("outcome", JURY_OUTCOMES.indexOf(outcome))
    .hash();
}

export function juryVoteDigest(domain: Eip712Domain, vote: JuryVote): Bytes32 {
  return typedDataDigest(domain, hashJuryVote(vote));
}

export function signJuryVote(domain: Eip712Domain, vote: JuryVote, privateKey: Hex): SignedJuryVote {
  return { vote, signature: toCompactSignature(signDigest(juryVoteDigest(domain, vote), privateKey)) };
}

/** Throws PROTOCOL_BAD_SIGNATURE. */
export function juryVoteSigner(domain: Eip712Domain, { vote, signature }: SignedJuryVote): Address {
  return recoverCompact(juryVoteDigest(domain, vote), signature);
}

/** `taskId 32 ‖ resultHash 32 ‖ outcome u8 ‖ signature 64`: 129 bytes. */
export function encodeJuryVote({ vote, signature }: SignedJuryVote): Uint8Array {
  return new ByteWriter()
    .hex(vote.taskId, 32)
    .hex(vote.resultHash, 32)
    .uint("outcome", JURY_OUTCOMES.indexOf(vote.outcome), 1)
    .hex(signature, 64)
    .toBytes();
}

/** Reads a signed vote. Throws PROTOCOL_BAD_RECORD for bytes that `encodeJuryVote` wouldn't have written. */
export function decodeJuryVote(bytes: Uint8Array): SignedJuryVote {
  const reader = new ByteReader(bytes, WHAT);
  const taskId = reader.hex(32);
  const resultHash = reader.hex(32);
  const outcome = JURY_OUTCOMES[reader.uint("outcome", 1)] ?? reader.refuse("no such outcome");
  const signature = reader.hex(64);
  reader.end();
  return { vote: { taskId, resultHash, outcome }, signature };
}
