import { type Difference, Differences } from "@cortensor/books";
import { type NetworkProfile, readBeacon, readBeaconRound, readDutyPayments, readHead } from "@cortensor/chain";
import {
  ATTESTATION_KINDS,
  type AttestationKind,
  type Bytes32,
  beaconOf,
  beaconWithoutGuards,
  cutOffOf,
  type DutyPayLeaf,
  leaderSlotAt,
} from "@cortensor/protocol";
import { computeRoot, type KindEpoch } from "./computeRoot.js";
import { type Missing, unpublished } from "./missing.js";
import type { PublicData } from "./publicData.js";
import type { PublicRecords } from "./publicRecords.js";

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

async function auditRoot(records: PublicRecords, of: KindEpoch): Promise<AuditedRoot> {
  const { fromEpoch, posted, computed } = await computeRoot(records, of);
  return {
    ...{ kind: of.kind, fromEpoch },
    ...(computed && { leaves: computed.root.leaves.length, root: computed.root.root }),
    ...(posted === undefined ? {} : { posted }),
    state: posted === undefined ? await unpostedState(records, of) : "posted",
  };
}

async function unpostedState({ chain }: PublicRecords, { profile, epoch }: KindEpoch): Promise<"open" | "gap"> {
  const { timestamp } = await readHead(chain);
  const isEnded = timestamp >= profile.t0 + (epoch + 1) * profile.epochSeconds;
  return isEnded && leaderSlotAt(profile, epoch, timestamp) === undefined ? "gap" : "open";
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
