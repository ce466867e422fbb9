import { type Difference, SettlementAudit } from "@cortensor/books";
import {
  type ChainReader,
  createChainReader,
  listCondemnedSets,
  type NetworkProfile,
  type PostedAttestation,
  readAttestations,
} from "@cortensor/chain";
import type { Bytes32, ResultsLeaf, SettlementLeaf, UnixSeconds } from "@cortensor/protocol";
import type { ReadSet } from "./readSets.js";
import { replayChain } from "./replayChain.js";

/** A settlement, and its tasks; undefined when nobody shows its set. */
type Settled = {
  readonly leaf: SettlementLeaf;
  readonly blockNumber: bigint;
  readonly tasks: readonly ResultsLeaf[] | undefined;
};

export type BlockRange = { readonly fromBlock: bigint; readonly toBlock: bigint };

/** All that a network's chain and its published sets say up to a time: what guards make roots and virtual blocks of. */
export type PublicRecords = {
  readonly chain: ChainReader;
  /** In the order of their posting. */
  readonly posted: readonly PostedAttestation[];
  /** What is wrong with the settlements and their sets. */
  readonly differences: readonly Difference[];
  /** In a range of blocks, each once, as it came first. */
  settlementsIn(range: BlockRange): readonly SettlementLeaf[];
  /** In a range of blocks, each once; undefined while a set of one that wasn't condemned is missing. */
  tasksIn(range: BlockRange): Promise<readonly ResultsLeaf[] | undefined>;
};

export async function readPublicRecords(
  profile: NetworkProfile,
  parts: { readonly readSet: ReadSet; readonly beforeSeconds: UnixSeconds },
): Promise<PublicRecords> {
  const { readSet, beforeSeconds } = parts;
  const chain = createChainReader({ profile });
  const { deployBlock: fromBlock, chainId } = profile;
  const replayed = await replayChain(profile);
  const audit = new SettlementAudit();
  const settled: Settled[] = [];
  for (const settlement of replayed.settlements) {
    if (settlement.atSeconds >= beforeSeconds) break;
    const { lane, settlementId, settlementRoot, setCid } = settlement.settled;
    const { debitedWei } = settlement.settled;
    const leaf = { lane, settlementId, settlementRoot, setCid, debitedWei };
    settled.push({
      leaf,
      blockNumber: settlement.blockNumber,
      tasks: openSet(audit, settlement, await readSet(setCid)),
    });
  }
  const query = { fromBlock, toBlock: replayed.blockNumber, subjectChainId: chainId };
  const isIn = ({ fromBlock: from, toBlock: to }: BlockRange) =>
    settled.filter((one) => one.blockNumber >= from && one.blockNumber <= to);
  return {
    chain,
    posted: await readAttestations(chain, query),
    differences: [...replayed.differences, ...audit.differences],
    settlementsIn: (range) =>
      firstOf(
        isIn(range).map(({ leaf }) => leaf),
        (leaf) => `${leaf.lane} ${leaf.settlementId}`,
      ),
    tasksIn: async (range) => {
      const some = isIn(range);
      if (some.length === 0) return [];
      const condemned = new Set<Bytes32>(await listCondemnedSets(chain, { fromBlock, toBlock: range.toBlock }));
      const shown = some.filter(({ leaf }) => !condemned.has(leaf.settlementId)).map(({ tasks }) => tasks);
      if (shown.includes(undefined)) return undefined;
      return firstOf(
        shown.flatMap((tasks) => tasks ?? []),
        ({ id }) => id,
      );
    },
  };
}

/** Bytes that are no set, and a set of another root, have no tasks, for everybody alike; what isn't there may have any. */
function openSet(
  audit: SettlementAudit,
  settlement: Parameters<SettlementAudit["take"]>[0],
  bytes: Uint8Array | undefined,
): readonly ResultsLeaf[] | undefined {
  const before = audit.differences.length;
  const set = audit.take(settlement, bytes);
  const isAbsent = audit.differences.slice(before).some(({ what }) => what === "setMissing" || what === "setTampered");
  if (isAbsent) return undefined;
  if (set?.settlementRoot !== settlement.settled.settlementRoot) return [];
  return set.entries.map(({ id, resultsHash }) => ({ id, resultsHash }));
}

function firstOf<Each>(all: readonly Each[], keyOf: (one: Each) => string): readonly Each[] {
  const seen = new Set<string>();
  return all.filter((one) => {
    const key = keyOf(one);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
