import { utf8ToBytes } from "../bytes.js";
import { type Eip712Domain, typedDataDigest } from "../eip712Domain.js";
import { ProtocolError } from "../errors.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex, UnixSeconds } from "../primitives.js";
import { recoverSigner, signDigest } from "../secp256k1.js";
import { WordWriter } from "../wordWriter.js";

/** Seconds before and after a guard's time within which an ask counts. */
export const OPENING_ASK_SECONDS = 300;

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

/** What a guard knows when it is asked for its share. */
export type OpeningFacts = {
  readonly domain: Eip712Domain;
  /** Whoever sealed the task lets it be opened: it has shared out its key, which nobody else can. */
  readonly mayOpen: boolean;
  /** Whether the epoch's beacon drew the task, and whom for it: the same draw that anybody recomputes. */
  readonly drawnFor: (taskId: Bytes32, epoch: number) => readonly Address[];
  /**
   * Who sits in the dispute that is named: of a result of this task, opened by whom the beacon drew for it, while it goes on. Undefined for any other, so that nobody but
   * a drawn validator gives a task further readers. Asked where a dispute is named.
   */
  readonly seatsOf: (taskId: Bytes32, dispute: number) => readonly Address[] | undefined;
  /** `guardSetHash` of the set that the guard sat in when the task was bound. */
  readonly setHash: Bytes32;
  readonly nowSeconds: UnixSeconds;
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

/** The first thing that is wrong with an ask; undefined when the guard releases its share, to that validator alone. */
export function openingFault(
  signed: SignedOpeningAsk,
  shared: { readonly taskId: Bytes32; readonly setHash: Bytes32 },
  facts: OpeningFacts,
): OpeningFault | undefined {
  const { taskId, validator, epoch, dispute, at } = signed.ask;
  if (taskId !== shared.taskId) return "otherTask";
  if (!facts.mayOpen) return "mayNotOpen";
  if (signerOf(facts.domain, signed) !== validator) return "wrongSigner";
  if (Math.abs(facts.nowSeconds - at) > OPENING_ASK_SECONDS) return "notNow";
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
