import { keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import { GUARDS_MAX } from "../limits.js";
import { type Address, type Bytes32, isAddress, type UnixSeconds, ZERO_BYTES32 } from "../primitives.js";

const COMMIT_TAG = "beacon-commit-v1";
const BEACON_TAG = "beacon-v2";
const WHAT = "beacon";

/** Of what a guard shall show: posted in the records of epoch e − 2. */
export type BeaconCommit = { readonly guard: Address; readonly commitment: Bytes32 };
/** What it committed to: posted in the records of epoch e − 1. */
export type BeaconReveal = { readonly guard: Address; readonly secret: Bytes32 };
/** One round of a drand network: its number and its randomness, whose signature somebody else has checked. */
export type DrandRound = { readonly round: number; readonly randomness: Bytes32 };

export type Beacon = {
  readonly beacon: Bytes32;
  /** Guards whose secrets are in it, by address. */
  readonly revealed: readonly Address[];
  /** Guards that committed and didn't show: each could see the others' secrets first, and pays for its silence. */
  readonly missing: readonly Address[];
  /** Whether it follows from the beacon before alone, so that anybody could foresee it. */
  readonly isFallback: boolean;
};

/** `keccak256("beacon-commit-v1" ‖ chainId u256 ‖ epoch u64 ‖ guard ‖ secret)`. Of one network, epoch and guard: a copied one opens for nobody. */
export function beaconCommitment(parts: {
  readonly chainId: number;
  /** Whose beacon the secret goes into. */
  readonly epoch: number;
  readonly guard: Address;
  readonly secret: Bytes32;
}): Bytes32 {
  const { chainId, epoch, guard, secret } = parts;
  const writer = new ByteWriter().tag(COMMIT_TAG).uint("chainId", chainId, 32).uint("epoch", epoch, 8);
  return keccak256(writer.hex(guard, 20).hex(secret, 32).toBytes());
}

/**
 * An epoch's beacon: `keccak256("beacon-v2" ‖ chainId u256 ‖ epoch u64 ‖ previous ‖ count u8 ‖ (guard ‖ secret)… by address ‖ round u64 ‖
 * randomness)`, the last two zero without drand. Missing secrets are left out; with none at all it still has a value. Throws
 * PROTOCOL_BAD_RECORD for commitments or reveals that a contract wouldn't have taken: twice from one guard, too many, one that opens nothing.
 */
export function beaconOf(parts: {
  readonly chainId: number;
  readonly epoch: number;
  /** That of the epoch before; `beaconWithoutGuards` before there were guards. */
  readonly previous: Bytes32;
  readonly commits: readonly BeaconCommit[];
  readonly reveals: readonly BeaconReveal[];
  /** The round due, if it was posted before the epoch began: see `drandRoundDue`. */
  readonly drand?: DrandRound;
}): Beacon {
  const { chainId, epoch, previous, commits, reveals, drand } = parts;
  const committed = new Map(commits.map(({ guard, commitment }) => [guard, commitment]));
  const shown = new Set(reveals.map(({ guard }) => guard));
  if (![...committed.keys()].every(isAddress)) refuse("a guard that is no address");
  if (commits.length > GUARDS_MAX) refuse(`${commits.length} commitments`);
  if (committed.size !== commits.length) refuse("two commitments of one guard");
  if (shown.size !== reveals.length) refuse("two secrets of one guard");
  for (const { guard, secret } of reveals) {
    if (committed.get(guard) !== beaconCommitment({ chainId, epoch, guard, secret }))
      refuse("a secret that opens nothing");
  }
  if (drand !== undefined && drand.round < 1) refuse("no such drand round");
  const ordered = [...reveals].sort((left, right) => (left.guard < right.guard ? -1 : 1));
  const writer = new ByteWriter().tag(BEACON_TAG).uint("chainId", chainId, 32).uint("epoch", epoch, 8);
  writer.hex(previous, 32).uint("count", ordered.length, 1);
  for (const { guard, secret } of ordered) writer.hex(guard, 20).hex(secret, 32);
  writer.uint("round", drand?.round ?? 0, 8).hex(drand?.randomness ?? ZERO_BYTES32, 32);
  return {
    beacon: keccak256(writer.toBytes()),
    revealed: ordered.map(({ guard }) => guard),
    missing: [...committed.keys()].filter((guard) => !shown.has(guard)).sort(),
    isFallback: ordered.length === 0 && drand === undefined,
  };
}

/** The drand round that an epoch's beacon takes: the first published at or after the cut-off of the epoch before, when all secrets are in. */
export function drandRoundDue(
  drand: { readonly genesis: UnixSeconds; readonly periodSeconds: number },
  cutOff: UnixSeconds,
): number {
  return Math.max(0, Math.ceil((cutOff - drand.genesis) / drand.periodSeconds)) + 1;
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}
