import { keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import { GUARDS_MAX } from "../limits.js";
import { type Address, type Bytes32, isAddress } from "../primitives.js";

/** A guard of one epoch: its signing address, and the stake that its word weighs in it. */
export type GuardMember = { readonly guard: Address; readonly stakeWei: bigint };

/** Who guards one epoch. Fixed before it begins; stake that moves later counts from the next one on. */
export type GuardSet = {
  readonly epoch: number;
  /** Each guard once, by address: a guard's place is its bit in a quorum. */
  readonly members: readonly GuardMember[];
};

const TAG = "guard-set-v1";
const LARGEST_96 = (1n << 96n) - 1n;

/** A set of members given in any order. Throws PROTOCOL_BAD_RECORD for more than GUARDS_MAX, one twice, or a stake that isn't 1…2^96−1. */
export function guardSet(epoch: number, members: readonly GuardMember[]): GuardSet {
  if (members.length > GUARDS_MAX) refuse(`${members.length} guards`);
  const ordered = [...members].sort((left, right) => (left.guard < right.guard ? -1 : 1));
  for (const [index, { guard, stakeWei }] of ordered.entries()) {
    if (!isAddress(guard)) refuse("a guard that is no address");
    if (ordered[index - 1]?.guard === guard) refuse("a guard twice");
    if (stakeWei < 1n || stakeWei > LARGEST_96) refuse("a stake out of range");
  }
  return { epoch, members: ordered };
}

/** `keccak256("guard-set-v1" ‖ epoch u64 ‖ count u8 ‖ (guard 20 ‖ stakeWei u96)…)`, by address. */
export function guardSetHash({ epoch, members }: GuardSet): Bytes32 {
  const writer = new ByteWriter().tag(TAG).uint("epoch", epoch, 8).uint("count", members.length, 1);
  for (const { guard, stakeWei } of members) writer.hex(guard, 20).uint("stakeWei", stakeWei, 12);
  return keccak256(writer.toBytes());
}

export function totalStakeWei({ members }: GuardSet): bigint {
  return members.reduce((sum, { stakeWei }) => sum + stakeWei, 0n);
}

/**
 * Whether these guards together hold more than two thirds of the set's stake, exactly. Who isn't in the set counts nothing. A
 * guard that is frozen is none of the signers, and its stake stays in the total.
 */
export function isQuorum(set: GuardSet, signers: ReadonlySet<Address>): boolean {
  const signed = set.members.filter(({ guard }) => signers.has(guard));
  const signedWei = signed.reduce((sum, { stakeWei }) => sum + stakeWei, 0n);
  return 3n * signedWei > 2n * totalStakeWei(set);
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "guard set", reason });
}
