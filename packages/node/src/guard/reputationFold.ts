import {
  type AuditRates,
  auditRates,
  type EpochPublished,
  NO_REPUTATIONS,
  type ReputationMemory,
  reputationLeaf,
  reputationStep,
  type WorkFinding,
} from "@cortensor/protocol";
import type { GuardBlock, GuardChain } from "./guardChain.js";
import type { LeafRange, ReadReputation } from "./readLeaves.js";
import { readWork, type WorkParts } from "./readWork.js";
import { readSettledEntries } from "./settledTasks.js";

/** Epochs whose audit rates are remembered: duties ask for those of a few epochs before. */
const RATES_KEPT_EPOCHS = 64;

/**
 * What audits found, as far as it became final among the records of one epoch (`fromEpoch` is `epoch`), each once. Undefined while some of it can't be fetched.
 */
export type ReadFindings = (range: LeafRange, signal: AbortSignal) => Promise<readonly WorkFinding[] | undefined>;

/** How often each miner's tasks are checked, by an epoch's reputations. Undefined while some of their records can't be fetched. */
export type ReadRates = (epoch: number, signal: AbortSignal) => Promise<AuditRates | undefined>;

export type ReputationParts = Omit<WorkParts, "signal" | "chain"> & {
  readonly chain: WorkParts["chain"] & Pick<GuardChain, "times" | "readSettlements" | "readCondemned">;
  readonly readFindings: ReadFindings;
  /** Another fold of the same records, whose findings ask no rates of this one. */
  readonly openOlder: () => ReputationFold;
};

/**
 * Reputations as a fold over all epochs, one after the other: an epoch's step takes the work records and the settlements of the epoch before, so that what isn't shown then
 * can be condemned in time, and what audits found in its own. It depends on the chain up to the range's last block alone: when more was condemned by then, it begins anew.
 *
 * What audits found rests on duties, which are drawn by the rates of epochs before: of those that this fold has left behind already, so that a step never waits for itself.
 */
export class ReputationFold {
  readonly #parts: ReputationParts;
  #memory = NO_REPUTATIONS;
  #next = 0;
  #condemned = "";
  #turn: Promise<unknown> = Promise.resolve();
  readonly #rates = new Map<number, AuditRates>();
  #older: ReputationFold | undefined;

  constructor(parts: ReputationParts) {
    this.#parts = parts;
  }

  /** All leaves at the end of a range, as its last block tells of them. */
  readonly leavesAt: ReadReputation = async (range, signal) => {
    const memory = await this.#inTurn(range, signal);
    return memory?.reputations.map(reputationLeaf);
  };

  /** An epoch's rates, as its own last block tells of them, whatever was condemned later. */
  readonly ratesAt: ReadRates = async (epoch, signal) => {
    const known = this.#rates.get(epoch);
    if (known !== undefined) return known;
    if (epoch < this.#next) {
      this.#older ??= this.#parts.openOlder();
      return this.#older.ratesAt(epoch, signal);
    }
    const { cutOffs } = this.#parts;
    const lastBlock = await cutOffs.lastBlockOf(epoch);
    if (lastBlock === undefined) return new Map();
    const blocks = await cutOffs.rangeOf(epoch, lastBlock.number);
    const memory = await this.#inTurn({ fromEpoch: epoch, epoch, blocks, lastBlock }, signal);
    return memory && (this.#rates.get(epoch) ?? auditRates(memory.reputations));
  };

  /** One after the other: all share the fold. */
  #inTurn(range: LeafRange, signal: AbortSignal): Promise<ReputationMemory | undefined> {
    const mine = this.#turn.then(() => this.#read(range, signal));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #read(range: LeafRange, signal: AbortSignal): Promise<ReputationMemory | undefined> {
    const known = await whatIsCondemned(range.lastBlock, this.#parts.chain);
    if (known !== this.#condemned || range.epoch + 1 < this.#next) {
      [this.#memory, this.#next, this.#condemned] = [NO_REPUTATIONS, 0, known];
    }
    while (this.#next <= range.epoch) {
      const stepped = await step(this.#memory, { epoch: this.#next, range }, { ...this.#parts, signal });
      if (stepped === undefined) return undefined;
      await this.#keepRates(stepped, range);
      this.#memory = stepped;
      this.#next += 1;
    }
    return this.#memory;
  }

  /** Keeps the next epoch's rates, unless more was condemned by the range's last block than by its own: then they are another fold's to tell. */
  async #keepRates({ reputations }: ReputationMemory, { epoch: to, lastBlock }: LeafRange): Promise<void> {
    const { chain, cutOffs } = this.#parts;
    const epoch = this.#next;
    const last = epoch === to ? lastBlock : await cutOffs.lastBlockOf(epoch);
    const isOwn = this.#condemned === NOTHING || (last && (await whatIsCondemned(last, chain)) === this.#condemned);
    if (!isOwn) return;
    this.#rates.delete(epoch);
    this.#rates.set(epoch, auditRates(reputations));
    const [first] = this.#rates.keys();
    if (this.#rates.size > RATES_KEPT_EPOCHS && first !== undefined) this.#rates.delete(first);
  }
}

async function step(
  memory: ReputationMemory,
  { epoch, range }: { readonly epoch: number; readonly range: LeafRange },
  parts: Omit<ReputationParts, "openOlder"> & { readonly signal: AbortSignal },
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

const NOTHING = nameOf([], []);

async function whatIsCondemned(
  { number }: GuardBlock,
  chain: Pick<GuardChain, "readCondemned" | "readCondemnedWork">,
): Promise<string> {
  const [sets, works] = await Promise.all([chain.readCondemned(number), chain.readCondemnedWork(number)]);
  return nameOf(
    [...sets],
    works.map(({ lane, epoch }) => `${lane} ${epoch}`),
  );
}

function nameOf(sets: readonly string[], works: readonly string[]): string {
  return JSON.stringify([[...sets].sort(), [...works].sort()]);
}
