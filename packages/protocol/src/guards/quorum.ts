import { ByteReader } from "../byteReader.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import type { Address, Bytes32, Hex } from "../primitives.js";
import { recoverCompact } from "./compactSignature.js";
import { type GuardSet, isQuorum } from "./guardSet.js";

/** One guard's 64-byte signature. */
export type GuardSignature = { readonly guard: Address; readonly signature: Hex };

/** Who stands behind a digest, the frozen left out, and whether they are enough. */
export type QuorumVerdict = { readonly signers: readonly Address[]; readonly isQuorum: boolean };

const WHAT = "quorum";

/**
 * Packs signatures of one digest: bitmap u32 (bit i is the set's i-th guard by address) ‖ 64 bytes for each bit that is set, lowest first.
 * Throws PROTOCOL_BAD_RECORD for none, a guard twice, or one that isn't in the set.
 */
export function encodeQuorum(set: GuardSet, signatures: readonly GuardSignature[]): Uint8Array {
  const placed = signatures.map(({ guard, signature }) => ({ signature, place: placeOf(set, guard) }));
  placed.sort((left, right) => left.place - right.place);
  if (placed.length === 0) refuse("nobody signed");
  const bitmap = placed.reduce((bits, { place }) => bits + 2 ** place, 0);
  if (new Set(placed.map(({ place }) => place)).size !== placed.length) refuse("a guard twice");
  const writer = new ByteWriter().uint("bitmap", bitmap, 4);
  for (const { signature } of placed) writer.hex(signature, 64);
  return writer.toBytes();
}

/** Reads packed signatures. Throws PROTOCOL_BAD_RECORD for bytes that `encodeQuorum` wouldn't have written for this set. */
export function decodeQuorum(set: GuardSet, packed: Uint8Array): readonly GuardSignature[] {
  const reader = new ByteReader(packed, WHAT);
  const bitmap = reader.uint("bitmap", 4);
  if (bitmap === 0) refuse("nobody signed");
  if (bitmap >= 2 ** set.members.length) refuse("a bit beyond the set");
  const signers = set.members.filter((_member, place) => Math.floor(bitmap / 2 ** place) % 2 === 1);
  const signatures = signers.map(({ guard }) => ({ guard, signature: reader.hex(64) }));
  reader.end();
  return signatures;
}

/**
 * Whether packed signatures of a digest are a quorum's: each is that of the guard whose bit it has, and together they are more than two
 * thirds of the set's stake. Throws PROTOCOL_BAD_RECORD or PROTOCOL_BAD_SIGNATURE for what nobody honest would pack.
 */
export function verifyQuorum(parts: {
  readonly set: GuardSet;
  readonly digest: Bytes32;
  readonly packed: Uint8Array;
  /** Shown to have signed two roots: such a signature counts nothing. */
  readonly frozen?: ReadonlySet<Address>;
}): QuorumVerdict {
  const { set, digest, packed, frozen } = parts;
  const signatures = decodeQuorum(set, packed);
  for (const { guard, signature } of signatures) {
    if (recoverCompact(digest, signature) !== guard) refuse("a signature of somebody else, or of something else");
  }
  const signers = signatures.map(({ guard }) => guard).filter((guard) => frozen?.has(guard) !== true);
  return { signers, isQuorum: isQuorum(set, new Set(signers)) };
}

function placeOf({ members }: GuardSet, guard: Address): number {
  const place = members.findIndex((member) => member.guard === guard);
  return place >= 0 ? place : refuse("a guard that isn't in the set");
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}
