import { type Difference, Differences } from "@cortensor/books";
import { type NetworkProfile, readBeacon, readBeaconRound, readDutyPayments, readHead } from "@cortensor/chain";
import {
  ATTESTATION_KINDS,
  type AttestationKind,
  type BeaconLeaf,
  type Bytes32,
  beaconOf,
  beaconWithoutGuards,
  cutOffOf,
  type DutyPayLeaf,
  type EpochLeaves,
  epochRoot,
  leaderSlotAt,
} from "@cortensor/protocol";
import { type Missing, unpublished } from "./missing.js";
import type { PublicData } from "./publicData.js";
import type { BlockRange, PublicRecords } from "./publicRecords.js";
import type { PublicWork } from "./publicWork.js";

/** Beacons asked for at once. */
const BEACONS_AT_ONCE = 32;

/** A kind's root of an epoch, as computed from public records, and as posted. */
export type AuditedRoot = {
  readonly kind: AttestationKind;
  /** Below the epoch it names a gap that the root covers. */
  readonly fromEpoch: number;
  /** Absent when a leaf isn't there. */
  readonly leaves?: number;
  readonly root?: Bytes32;
  readonly posted?: Bytes32;
  /** `open`: it may still be posted. `gap`: it can't any more, and the next epoch's covers. */
  readonly state: "posted" | "open" | "gap";
};

export type AuditedEpoch = {
  readonly roots: readonly AuditedRoot[];
  /** What each validator has ever earned by this epoch's root; absent when a set that it needs isn't there. */
  readonly dutyPay?: readonly DutyPayLeaf[];
  readonly differences: readonly Difference[];
  readonly missing: readonly Missing[];
};

/** Every root of an epoch, computed from the chain and the published sets, beside what guards posted; and the beacon that its records end in. */
export async function auditEpoch(data: PublicData, epoch: number): Promise<AuditedEpoch> {
  const { profile, work } = data;
  const records = await data.readRecords(cutOffOf(profile, epoch));
  const differences = new Differences();
  const missing: Missing[] = [];
  const roots: AuditedRoot[] = [];
  for (const kind of ATTESTATION_KINDS) {
    const root = await auditRoot(records, { profile, kind, epoch, work });
    roots.push(root);
    if (root.root === undefined)
      missing.push({ what: `leaves of the ${kind} root`, why: "a set or a record that it needs isn't shown" });
    if (root.posted === undefined || root.root === undefined) continue;
    differences.compare("epochRoot", { where: `${kind} of epoch ${epoch}`, expected: root.root, found: root.posted });
  }
  const dutyPay = await work.dutyPay(epoch);
  if (dutyPay !== undefined) await comparePayments(records, { profile, epoch, dutyPay, differences });
  await compareBeacon(records, { profile, epoch: epoch + 1, differences });
  missing.push(...unpublished([`verdicts of juries of epochs up to ${epoch}, so that reputations count no failure`]));
  const told = await work.check(Math.max(0, epoch - 1));
  const all = [...records.differences, ...told.all, ...differences.all];
  return { roots, differences: all, missing, ...(dutyPay && { dutyPay }) };
}

/** What was paid out by the epoch's root, beside what was earned by it. */
async function comparePayments(
  { chain, lastBlockBefore }: PublicRecords,
  of: {
    readonly profile: NetworkProfile;
    readonly epoch: number;
    readonly dutyPay: readonly DutyPayLeaf[];
    readonly differences: Differences;
  },
): Promise<void> {
  // A root is posted, and paid by, after its records.
  const last = await lastBlockBefore(cutOffOf(of.profile, of.epoch));
  const [fromBlock, { blockNumber: toBlock }] = [last?.number ?? of.profile.deployBlock, await readHead(chain)];
  const earned = new Map(of.dutyPay.map(({ validator, earnedWei }) => [validator, earnedWei]));
  for (const paid of await readDutyPayments(chain, { fromBlock, toBlock })) {
    if (paid.epoch !== of.epoch) continue;
    const expected = earned.get(paid.validator) ?? 0n;
    const where = `${paid.validator} by the root of epoch ${of.epoch}`;
    of.differences.compare("dutyPaid", { where, expected, found: paid.earnedWei });
  }
}

type KindEpoch = {
  readonly profile: NetworkProfile;
  readonly kind: AttestationKind;
  readonly epoch: number;
  readonly work: PublicWork;
};

async function auditRoot(records: PublicRecords, of: KindEpoch): Promise<AuditedRoot> {
  const { profile, kind, epoch } = of;
  const own = records.posted.filter((one) => one.kind === kind);
  const earlier = own.filter((one) => one.epoch < epoch).map((one) => one.epoch);
  const fromEpoch = earlier.length === 0 ? 0 : Math.max(...earlier) + 1;
  const posted = own.find((one) => one.epoch === epoch)?.root;
  const leaves = await leavesOf(records, { ...of, fromEpoch });
  const computed = leaves && epochRoot({ subjectChainId: profile.chainId, fromEpoch, epoch }, leaves);
  return {
    ...{ kind, fromEpoch },
    ...(computed && { leaves: computed.leaves.length, root: computed.root }),
    ...(posted === undefined ? {} : { posted }),
    state: posted === undefined ? await unpostedState(records, of) : "posted",
  };
}

async function unpostedState({ chain }: PublicRecords, { profile, epoch }: KindEpoch): Promise<"open" | "gap"> {
  const { timestamp } = await readHead(chain);
  const isEnded = timestamp >= profile.t0 + (epoch + 1) * profile.epochSeconds;
  return isEnded && leaderSlotAt(profile, epoch, timestamp) === undefined ? "gap" : "open";
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
export async function rangeOf(
  { chain, lastBlockBefore }: PublicRecords,
  { fromEpoch, epoch }: { readonly fromEpoch: number; readonly epoch: number },
): Promise<BlockRange> {
  const { profile } = chain;
  const before = fromEpoch === 0 ? undefined : await lastBlockBefore(cutOffOf(profile, fromEpoch - 1));
  const last = await lastBlockBefore(cutOffOf(profile, epoch));
  const fromBlock = before === undefined ? profile.deployBlock : before.number + 1n;
  return { fromBlock, toBlock: last?.number ?? fromBlock - 1n };
}

/** A beacon again from what guards posted for it, beside what the contract says. */
async function compareBeacon(
  { chain }: PublicRecords,
  of: { readonly profile: NetworkProfile; readonly epoch: number; readonly differences: Differences },
): Promise<void> {
  const { profile, epoch, differences } = of;
  const { chainId, deployBlock: fromBlock } = profile;
  const { blockNumber: toBlock } = await readHead(chain);
  const [previous, found, round] = await Promise.all([
    readBeacon(chain, epoch - 1),
    readBeacon(chain, epoch),
    readBeaconRound(chain, { epoch, fromBlock, toBlock }),
  ]);
  if (previous === undefined || found === undefined) return;
  // Before there were guards a beacon follows from its epoch alone.
  const isBare = round.commits.length === 0 && found === beaconWithoutGuards(chainId, epoch);
  const expected = isBare ? found : beaconOf({ chainId, epoch, previous, ...round }).beacon;
  differences.compare("beacon", { where: `epoch ${epoch}`, expected, found });
}
