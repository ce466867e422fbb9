import { type NetworkProfile, readBeacon } from "@cortensor/chain";
import {
  type AttestationKind,
  type BeaconLeaf,
  type Bytes32,
  cutOffOf,
  type EpochLeaves,
  type EpochRoot,
  epochRoot,
} from "@cortensor/protocol";
import type { BlockRange, PublicRecords } from "./publicRecords.js";
import type { PublicWork } from "./publicWork.js";

/** Beacons asked for at once. */
const BEACONS_AT_ONCE = 32;

/** Of which root. */
export type KindEpoch = {
  readonly profile: NetworkProfile;
  readonly kind: AttestationKind;
  readonly epoch: number;
  readonly work: PublicWork;
};

/** A root again, from public records. */
export type ComputedRoot = {
  /** Below the epoch it names a gap that the root covers. */
  readonly fromEpoch: number;
  readonly posted?: Bytes32;
  /** Absent when a leaf isn't there. */
  readonly computed?: { readonly leaves: EpochLeaves; readonly root: EpochRoot };
};

/** Makes one kind's root of an epoch out of what is public, beside what guards posted of it. */
export async function computeRoot(records: PublicRecords, of: KindEpoch): Promise<ComputedRoot> {
  const { profile, kind, epoch } = of;
  const own = records.posted.filter((one) => one.kind === kind);
  const earlier = own.filter((one) => one.epoch < epoch).map((one) => one.epoch);
  const fromEpoch = earlier.length === 0 ? 0 : Math.max(...earlier) + 1;
  const posted = own.find((one) => one.epoch === epoch)?.root;
  const leaves = await leavesOf(records, { ...of, fromEpoch });
  const range = { subjectChainId: profile.chainId, fromEpoch, epoch };
  return {
    fromEpoch,
    ...(posted === undefined ? {} : { posted }),
    ...(leaves && { computed: { leaves, root: epochRoot(range, leaves) } }),
  };
}

async function leavesOf(
  records: PublicRecords,
  { profile, kind, epoch, fromEpoch, work }: KindEpoch & { readonly fromEpoch: number },
): Promise<EpochLeaves | undefined> {
  const { chain } = records;
  switch (kind) {
    case "results": {
      const leaves = await records.tasksIn(await rangeOf(records, { fromEpoch, epoch }));
      return leaves && { kind, leaves };
    }
    case "reputation": {
      const leaves = await work.reputations(epoch);
      return leaves && { kind, leaves };
    }
    case "settlement":
      return { kind, leaves: records.settlementsIn(await rangeOf(records, { fromEpoch, epoch })) };
    case "beacon": {
      const leaves = await readBeacons(chain, { fromEpoch, epoch });
      return leaves && { kind, leaves };
    }
    case "dutyPay": {
      const leaves = await work.dutyPay(epoch);
      return leaves && { kind, leaves };
    }
    case "checkpoint": {
      const last = await records.lastBlockBefore(cutOffOf(profile, epoch));
      if (last === undefined) return undefined;
      const { number, hash: blockHash, stateRoot } = last;
      return { kind, leaves: [{ blockNumber: Number(number), blockHash, stateRoot }] };
    }
  }
}

/** Beacons of the epochs after those of the range. Undefined while one isn't known. */
async function readBeacons(
  chain: PublicRecords["chain"],
  { fromEpoch, epoch }: { readonly fromEpoch: number; readonly epoch: number },
): Promise<readonly BeaconLeaf[] | undefined> {
  const leaves: BeaconLeaf[] = [];
  for (let from = fromEpoch + 1; from <= epoch + 1; from += BEACONS_AT_ONCE) {
    const length = Math.min(BEACONS_AT_ONCE, epoch + 2 - from);
    const some = await Promise.all(Array.from({ length }, (_, index) => readBeacon(chain, from + index)));
    for (const [index, beacon] of some.entries()) {
      if (beacon === undefined) return undefined;
      leaves.push({ epoch: from + index, beacon });
    }
  }
  return leaves;
}

/** The blocks of some epochs' records. Backwards by one when they made none. */
async function rangeOf(
  { chain, lastBlockBefore }: PublicRecords,
  { fromEpoch, epoch }: { readonly fromEpoch: number; readonly epoch: number },
): Promise<BlockRange> {
  const { profile } = chain;
  const before = fromEpoch === 0 ? undefined : await lastBlockBefore(cutOffOf(profile, fromEpoch - 1));
  const last = await lastBlockBefore(cutOffOf(profile, epoch));
  const fromBlock = before === undefined ? profile.deployBlock : before.number + 1n;
  return { fromBlock, toBlock: last?.number ?? fromBlock - 1n };
}
