import type { AttestationKind, BeaconLeaf, EpochLeaves, ReputationLeaf, SettlementLeaf } from "@cortensor/protocol";
import type { FetchSet } from "./fetchSet.js";
import type { BlockRange, GuardBlock, GuardChain } from "./guardChain.js";
import type { ReadDutyPay } from "./readDutyPay.js";
import { readSettledTasks } from "./settledTasks.js";

/** What a root of a kind covers. */
export type LeafRange = {
  readonly fromEpoch: number;
  readonly epoch: number;
  readonly blocks: BlockRange;
  /** Last block of the range. */
  readonly lastBlock: GuardBlock;
};

/** Beacons read in one go. */
const BEACONS_AT_ONCE = 32;

/**
 * What public data says of miners in a range: a leaf for each miner and model. Undefined while some of that data can't be fetched. The same for
 * everybody who has it.
 */
export type ReadReputation = (range: LeafRange, signal: AbortSignal) => Promise<readonly ReputationLeaf[] | undefined>;

export type LeafParts = {
  readonly chain: Pick<GuardChain, "readSettlements" | "readCondemned" | "readBeacon">;
  readonly fetchSet: FetchSet;
  readonly readReputation: ReadReputation;
  readonly readDutyPay: ReadDutyPay;
  /** Ends what is being fetched. */
  readonly signal: AbortSignal;
};

/** The records of a kind in a range. Undefined while some can't be fetched. */
export async function readLeaves(
  kind: AttestationKind,
  range: LeafRange,
  parts: LeafParts,
): Promise<EpochLeaves | undefined> {
  switch (kind) {
    case "results": {
      const leaves = await readSettledTasks(range.blocks, parts);
      return leaves && { kind, leaves };
    }
    case "reputation": {
      const leaves = await parts.readReputation(range, parts.signal);
      return leaves && { kind, leaves };
    }
    case "settlement":
      return { kind, leaves: onceEach(await parts.chain.readSettlements(range.blocks)) };
    case "beacon": {
      const leaves = await readBeacons(range, parts.chain);
      return leaves && { kind, leaves };
    }
    case "checkpoint": {
      const { number: blockNumber, hash: blockHash, stateRoot } = range.lastBlock;
      return { kind, leaves: [{ blockNumber, blockHash, stateRoot }] };
    }
    case "dutyPay": {
      const leaves = await parts.readDutyPay(range, parts.signal);
      return leaves && { kind, leaves };
    }
  }
}

/** A settlement's id is its content: one that comes again counts as it came first. */
function onceEach(settlements: readonly SettlementLeaf[]): readonly SettlementLeaf[] {
  const seen = new Map<string, SettlementLeaf>();
  for (const leaf of settlements) {
    const key = `${leaf.lane} ${leaf.settlementId}`;
    if (!seen.has(key)) seen.set(key, leaf);
  }
  return [...seen.values()];
}

/** Beacons of the epochs after those of the range. Undefined while one isn't known: the chain's time has to be past the last cut-off. */
async function readBeacons(
  { fromEpoch, epoch }: LeafRange,
  chain: Pick<GuardChain, "readBeacon">,
): Promise<readonly BeaconLeaf[] | undefined> {
  const leaves: BeaconLeaf[] = [];
  for (let from = fromEpoch + 1; from <= epoch + 1; from += BEACONS_AT_ONCE) {
    const length = Math.min(BEACONS_AT_ONCE, epoch + 2 - from);
    const some = await Promise.all(Array.from({ length }, (_, index) => chain.readBeacon(from + index)));
    for (const [index, beacon] of some.entries()) {
      if (beacon === undefined) return undefined;
      leaves.push({ epoch: from + index, beacon });
    }
  }
  return leaves;
}
