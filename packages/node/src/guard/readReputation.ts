import {
  type EpochPublished,
  NO_REPUTATIONS,
  type ReputationLeaf,
  type ReputationMemory,
  reputationLeaf,
  reputationStep,
  type WorkFinding,
} from "@cortensor/protocol";
import type { GuardBlock, GuardChain } from "./guardChain.js";
import type { LeafRange, ReadReputation } from "./readLeaves.js";
import { readWork, type WorkParts } from "./readWork.js";
import { readSettledEntries } from "./settledTasks.js";

/**
 * What audits found, as far as it became final among the records of one epoch (`fromEpoch` is `epoch`), each once. Undefined while some of it can't be fetched.
 */
export type ReadFindings = (range: LeafRange, signal: AbortSignal) => Promise<readonly WorkFinding[] | undefined>;

export type ReputationParts = Omit<WorkParts, "signal" | "chain"> & {
  readonly chain: WorkParts["chain"] & Pick<GuardChain, "times" | "readSettlements" | "readCondemned">;
  readonly readFindings: ReadFindings;
};

/**
 * Reputations as a fold over all epochs, one after the other: an epoch's step takes the work records and the settlements of the epoch before, so that what isn't shown then
 * can be condemned in time, and what audits found in its own. It depends on the chain up to the range's last block alone: when more was condemned by then, it begins anew.
 */
export function createReadReputation(parts: ReputationParts): ReadReputation {
  let memory = NO_REPUTATIONS;
  let next = 0;
  let condemned = "";
  let turn: Promise<unknown> = Promise.resolve();

  const read = async (range: LeafRange, signal: AbortSignal): Promise<readonly ReputationLeaf[] | undefined> => {
    const known = await whatIsCondemned(range.lastBlock, parts.chain);
    if (known !== condemned || range.epoch + 1 < next) [memory, next, condemned] = [NO_REPUTATIONS, 0, known];
    for (; next <= range.epoch; next += 1) {
      const stepped = await step(memory, { epoch: next, range }, { ...parts, signal });
      if (stepped === undefined) return undefined;
      memory = stepped;
    }
    return memory.reputations.map(reputationLeaf);
  };
  // One after the other: they share the fold.
  return (range, signal) => {
    const mine = turn.then(() => read(range, signal));
    turn = mine.catch(() => undefined);
    return mine;
  };
}

async function step(
  memory: ReputationMemory,
  { epoch, range }: { readonly epoch: number; readonly range: LeafRange },
  parts: ReputationParts & { readonly signal: AbortSignal },
): Promise<ReputationMemory | undefined> {
  const { chain, cutOffs, readFindings, signal } = parts;
  const lastBlock = epoch === range.epoch ? range.lastBlock : await cutOffs.lastBlockOf(epoch);
  const { epochSeconds } = chain.times;
  const nothing: EpochPublished = { epoch, records: [], settled: [] };
  if (lastBlock === undefined) return reputationStep(memory, { ...nothing, findings: [], epochSeconds });
  const blocks = await cutOffs.rangeOf(epoch, lastBlock.number);
  const before = await cutOffs.lastBlockOf(epoch - 1);
  const condemnedTo = range.lastBlock.number;
  const [records, entries, findings] = await Promise.all([
    epoch === 0 ? [] : readWork({ fromEpoch: epoch - 1, epoch: epoch - 1, condemnedTo }, parts),
    before === undefined
      ? []
      : readSettledEntries(await cutOffs.rangeOf(epoch - 1, before.number), { ...parts, condemnedTo }),
    readFindings({ fromEpoch: epoch, epoch, blocks, lastBlock }, signal),
  ]);
  if (records === undefined || entries === undefined || findings === undefined) return undefined;
  const settled = entries.map(({ lane, entry: { id, payees } }) => ({ lane, id, payees }));
  return reputationStep(memory, { epoch, records, settled, findings, epochSeconds });
}

async function whatIsCondemned(
  { number }: GuardBlock,
  chain: Pick<GuardChain, "readCondemned" | "readCondemnedWork">,
): Promise<string> {
  const [sets, works] = await Promise.all([chain.readCondemned(number), chain.readCondemnedWork(number)]);
  return JSON.stringify([[...sets].sort(), works.map(({ lane, epoch }) => `${lane} ${epoch}`).sort()]);
}
