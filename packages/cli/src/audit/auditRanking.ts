import { type Difference, Differences } from "@cortensor/books";
import {
  type ChainReader,
  createChainReader,
  type LevelEvent,
  listNodes,
  readHead,
  readLevelEvents,
  readNodeLevel,
} from "@cortensor/chain";
import { type Address, cutOffOf, type RankedNode, rankNodes, reputationPpm } from "@cortensor/protocol";
import { levelsAt } from "./levelsAt.js";
import { type Missing, unpublished } from "./missing.js";
import type { PublicData } from "./publicData.js";

/** Levels compared with the contract's at once. */
const READS_AT_ONCE = 32;

export type AuditedRanking = {
  readonly ranking: readonly RankedNode[];
  readonly differences: readonly Difference[];
  readonly missing: readonly Missing[];
};

/**
 * The ranking of miners as an epoch's records leave it: levels from NodeLevels' logs, tasks from the published sets, reputations from those and the work records. The logs of levels are held against what
 * the contract says now.
 */
export async function auditRanking(data: PublicData, epoch: number): Promise<AuditedRanking> {
  const { profile, work } = data;
  const chain = createChainReader({ profile });
  const atSeconds = cutOffOf(profile, epoch);
  const events = await readAllLevels(chain);
  const { levels, differences: ofLevels } = levelsAt(events, atSeconds - 1);
  const delivered = new Map<Address, number>();
  const { tasks, differences: ofSets } = await data.readSettled(atSeconds);
  for (const { payee, netWei } of tasks.flatMap(({ entry }) => entry.payees)) {
    if (netWei > 0n) delivered.set(payee, (delivered.get(payee) ?? 0) + 1);
  }
  const leaves = await work.reputations(epoch);
  // Of a miner with several models the best.
  const best = new Map<Address, number>();
  for (const leaf of leaves ?? []) {
    best.set(leaf.miner, Math.max(best.get(leaf.miner) ?? 0, reputationPpm(leaf)));
  }
  const miners = await listNodes(chain, { role: "miner", atSeconds: atSeconds - 1 });
  const ranking = rankNodes(
    miners.map(({ signer: node, registeredAt }) => ({
      node,
      level: levels.get(node)?.level ?? 0,
      reputationPpm: best.get(node) ?? 0,
      delivered: delivered.get(node) ?? 0,
      levelSinceSeconds: levels.get(node)?.sinceSeconds ?? registeredAt,
    })),
  );
  const ofState = await compareLevels(chain, events);
  const told = await work.check(Math.max(0, epoch - 1));
  const differences = [...ofLevels, ...ofState, ...ofSets, ...told.all];
  return { ranking, differences, missing: missingOf(epoch, leaves !== undefined) };
}

function missingOf(epoch: number, areReputationsKnown: boolean): readonly Missing[] {
  const epochs = epoch === 0 ? "epoch 0" : `epochs 0 to ${epoch}`;
  const verdicts = unpublished([`verdicts of juries of ${epochs}, so that no task is found wrong`]);
  if (areReputationsKnown) return verdicts;
  return [...verdicts, { what: `reputations of ${epochs}`, why: "a set or a record that they need isn't shown" }];
}

async function readAllLevels(chain: ChainReader): Promise<readonly LevelEvent[]> {
  const { blockNumber: toBlock } = await readHead(chain);
  const events: LevelEvent[] = [];
  for await (const event of readLevelEvents(chain, { fromBlock: chain.profile.deployBlock, toBlock })) {
    events.push(event);
  }
  return events;
}

/** What the logs say that levels are now, beside what the contract says. */
async function compareLevels(chain: ChainReader, events: readonly LevelEvent[]): Promise<readonly Difference[]> {
  const { timestamp } = await readHead(chain);
  const { levels } = levelsAt(events, timestamp);
  const differences = new Differences();
  const nodes = [...levels.keys()];
  for (let first = 0; first < nodes.length; first += READS_AT_ONCE) {
    const some = nodes.slice(first, first + READS_AT_ONCE);
    const found = await Promise.all(some.map((node) => readNodeLevel(chain, node)));
    for (const [index, node] of some.entries()) {
      const facts = { expected: levels.get(node)?.level ?? 0, found: found[index] ?? 0 };
      differences.compare("level", { where: `node ${node}`, ...facts });
    }
  }
  return differences.all;
}
