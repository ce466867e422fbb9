import { utf8ToBytes } from "../bytes.js";
import { type Eip712Domain, typedDataDigest } from "../eip712Domain.js";
import { ProtocolError } from "../errors.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex, UnixSeconds } from "../primitives.js";
import { recoverSigner, signDigest } from "../secp256k1.js";
import { WordWriter } from "../wordWriter.js";

/** Seconds before and after a guard's time within which an ask counts. */
export const OPENING_ASK_SECONDS = 300;

/** What is drawn is opened while the next epoch runs, or the one after. */
export const OPENED_EPOCHS_BEHIND_MAX = 2;

/**
 * A validator's question for a guard's share of one task.
 * EIP-712 `OpeningAsk(bytes32 taskId,address validator,uint64 epoch,uint64 dispute,uint64 at,bytes32 replyKey)`.
 */
export type OpeningAsk = {
  readonly taskId: Bytes32;
  readonly validator: Address;
  /** Of the duty that it was drawn for; in a dispute, of the one that found the task wrong. */
  readonly epoch: number;
  /** The dispute that it sits in; 0: the beacon drew it for the task. */
  readonly dispute: number;
  readonly at: UnixSeconds;
  /** X25519, fresh: what the share is sealed to. */
  readonly replyKey: Bytes32;
};
export type SignedOpeningAsk = { readonly ask: OpeningAsk; readonly signature: Hex };

export const OPENING_ASK_TYPE =
  "OpeningAsk(bytes32 taskId,address validator,uint64 epoch,uint64 dispute,uint64 at,bytes32 replyKey)";
const TYPE_HASH = keccak256Bytes(utf8ToBytes(OPENING_ASK_TYPE));
const writer = new WordWriter(7);

export function hashOpeningAsk({ taskId, validator, epoch, dispute, at, replyKey }: OpeningAsk): Bytes32 {
  const begun = writer.begin(TYPE_HASH).bytes32(taskId).address(validator);
  return begun.uint64("epoch", epoch).uint64("dispute", dispute).uint64("at", at).bytes32(replyKey).hash();
}

export function signOpeningAsk(domain: Eip712Domain, ask: OpeningAsk, privateKey: Hex): SignedOpeningAsk {
  return { ask, signature: signDigest(typedDataDigest(domain, hashOpeningAsk(ask)), privateKey) };
}

/** What a guard knows of its share before it has read anything for an ask. */
export type OpeningTimes = {
  readonly domain: Eip712Domain;
  readonly nowSeconds: UnixSeconds;
  /** The one that runs. */
  readonly epochNow: number;
};

/** What a guard has read for an ask. */
export type OpeningFacts = {
  /** Whether the epoch's beacon drew the task, and whom for it: the same draw that anybody recomputes. */
  readonly drawnFor: (taskId: Bytes32, epoch: number) => readonly Address[];
  /**
   * Who sits in the dispute that is named: of a result of this task, opened by whom the beacon drew for it, while it goes on. Undefined for any other, so that nobody but
   * a drawn validator gives a task further readers. Asked where a dispute is named.
   */
  readonly seatsOf: (taskId: Bytes32, dispute: number) => readonly Address[] | undefined;
  /** `guardSetHash` of the set that the guard sat in when the task was bound. */
  readonly setHash: Bytes32;
};

/** Why a guard keeps its share to itself. */
export type OpeningFault =
  | "otherTask"
  | "mayNotOpen"
  | "wrongSigner"
  | "notNow"
  | "otherSet"
  | "notSampled"
  | "notDrawn"
  | "notDisputed"
  | "notSeated";

/** What is wrong with an ask by itself: it costs the guard nothing but a signature to find, and comes before all that is read for `openingFault`. */
export function openingAskFault(
  signed: SignedOpeningAsk,
  shared: { readonly taskId: Bytes32 },
  { domain, nowSeconds, epochNow }: OpeningTimes,
): OpeningFault | undefined {
  const { taskId, validator, epoch, dispute, at } = signed.ask;
  if (taskId !== shared.taskId) return "otherTask";
  if (Math.abs(nowSeconds - at) > OPENING_ASK_SECONDS) return "notNow";
  const behind = epochNow - epoch;
  if (dispute !== 0 && behind < 1) return "notDisputed";
  if (dispute === 0 && (behind < 1 || behind > OPENED_EPOCHS_BEHIND_MAX)) return "notSampled";
  return signerOf(domain, signed) === validator ? undefined : "wrongSigner";
}

/** The first thing that is wrong with an ask that is good by itself and whose share opens; undefined when the guard releases it, to that validator alone. */
export function openingFault(
  { taskId, validator, epoch, dispute }: OpeningAsk,
  shared: { readonly setHash: Bytes32 },
  facts: OpeningFacts,
): OpeningFault | undefined {
  if (shared.setHash !== facts.setHash) return "otherSet";
  if (dispute !== 0) {
    const seats = facts.seatsOf(taskId, dispute);
    if (seats === undefined) return "notDisputed";
    return seats.includes(validator) ? undefined : "notSeated";
  }
  const drawn = facts.drawnFor(taskId, epoch);
  if (drawn.length === 0) return "notSampled";
  return drawn.includes(validator) ? undefined : "notDrawn";
}

function signerOf(domain: Eip712Domain, { ask, signature }: SignedOpeningAsk): Address | undefined {
  try {
    return recoverSigner(typedDataDigest(domain, hashOpeningAsk(ask)), signature);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
