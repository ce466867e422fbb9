import type { Address, Bytes32, UnixSeconds } from "../primitives.js";
import type { Attestation } from "./attestation.js";
import { type EpochTimes, leaderSlotAt } from "./epochTimes.js";
import type { GuardSet } from "./guardSet.js";

/** What a guard knows when it is asked to sign. */
export type SigningFacts = {
  readonly guard: Address;
  readonly asked: Attestation;
  /** Of the epoch asked about. */
  readonly set: GuardSet;
  readonly frozen: ReadonlySet<Address>;
  readonly times: EpochTimes;
  /** Chain time. */
  readonly time: UnixSeconds;
  /** Newest block of the subject chain. */
  readonly headBlock: number;
  /** The last block whose records the root covers: its hash when the guard first read them, and now. */
  readonly lastBlock: { readonly number: number; readonly readHash: Bytes32; readonly hash: Bytes32 };
  /** How deep a block lies that no reorganisation is expected to reach; of the network's profile. */
  readonly finalityBlocks: number;
  /** What the guard computed itself; undefined while a leaf couldn't be fetched. */
  readonly ownRoot: Bytes32 | undefined;
  /** What its store says it signed for this (domain, subject chain, kind, epoch). */
  readonly signedRoot: Bytes32 | undefined;
};

export type Unsigned =
  | "notGuard"
  | "frozen"
  | "signedOther"
  /** Before the epoch's end, or after the next one's cut-off. */
  | "outOfTime"
  | "notFinal"
  /** A reorganisation went deeper than `finalityBlocks`: the next epoch covers. */
  | "reorganised"
  | "leavesMissing"
  | "otherRoot";

export type SigningVerdict =
  /** Write it down first, then sign. */
  | { readonly kind: "sign" }
  /** The signature that was given before may be given again. */
  | { readonly kind: "repeat" }
  | { readonly kind: "refuse"; readonly why: Unsigned };

/**
 * Whether a guard signs what it is asked to. Each (domain, subject chain, kind, epoch) once, over final blocks alone, and only the root that it
 * computed itself from leaves that it holds.
 */
export function maySign(facts: SigningFacts): SigningVerdict {
  const { asked, signedRoot } = facts;
  if (signedRoot === asked.root) return { kind: "repeat" };
  const why = whyNot(facts);
  return why === undefined ? { kind: "sign" } : { kind: "refuse", why };
}

function whyNot(facts: SigningFacts): Unsigned | undefined {
  const { guard, asked, set, lastBlock, ownRoot } = facts;
  if (facts.signedRoot !== undefined) return "signedOther";
  if (set.epoch !== asked.epoch || !set.members.some((member) => member.guard === guard)) return "notGuard";
  if (facts.frozen.has(guard)) return "frozen";
  if (leaderSlotAt(facts.times, asked.epoch, facts.time) === undefined) return "outOfTime";
  if (facts.headBlock - lastBlock.number < facts.finalityBlocks) return "notFinal";
  if (lastBlock.readHash !== lastBlock.hash) return "reorganised";
  if (ownRoot === undefined) return "leavesMissing";
  return ownRoot === asked.root ? undefined : "otherRoot";
}
