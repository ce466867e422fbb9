import type { Hex } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import { type Batch, type BlockInput, encodeBlock } from "./batch.js";
import type { Derivation, DerivedBlock } from "./derivation.js";
import { followParent } from "./followParent.js";
import type { Journal } from "./journal.js";
import type { JsonRpc } from "./jsonRpc.js";
import type { OpChain } from "./opChain.js";
import { OpError } from "./opError.js";
import { BLOCK_TRANSACTIONS_MAX, JOURNAL_SPARE_LINES, OPEN_BLOCKS_MAX, ORIGIN_LAG_MAX } from "./opLimits.js";
import { isOnParent, type ParentBlock } from "./parentBlocks.js";
import type { Pool } from "./pool.js";

export type SequencerParts = {
  readonly chain: OpChain;
  readonly parent: JsonRpc;
  readonly derivation: Derivation;
  readonly journal: Journal;
  readonly pool: Pool;
  readonly clock: Clock;
};

/** A block that the parent doesn't have yet, or not deep enough. */
export type OpenBlock = {
  readonly number: number;
  readonly before: Hex;
  readonly hash: Hex;
  readonly input: BlockInput;
};

/**
 * The one who makes a chain's blocks: deposits first, then what the pool has; nothing else makes one. Each block is written down before it is made.
 * Rounds mustn't overlap.
 */
export class Sequencer {
  readonly #parts: SequencerParts;
  #open: OpenBlock[] = [];
  #safe = 0;
  #lines = 0;

  constructor(parts: SequencerParts) {
    this.#parts = parts;
  }

  get headNumber(): number {
    return this.#parts.derivation.head.number;
  }

  /** The newest block that the parent has, as deep as the chain waits. */
  get safeNumber(): number {
    return this.#safe;
  }

  /** Blocks behind `safeNumber`, oldest first. */
  get open(): readonly OpenBlock[] {
    return this.#open;
  }

  /** Derives the chain from its parent, then makes again what the journal has beyond it. What stood on a parent's block that is gone is left out. */
  async resume(): Promise<void> {
    const { derivation, journal } = this.#parts;
    const onBatch = async (batch: Batch, block: ParentBlock): Promise<void> => {
      await derivation.applyBatch(batch, block.timestamp);
    };
    while (await this.#follow(onBatch));
    this.#safe = derivation.head.number;
    for (const line of await journal.read()) {
      if (line.number !== derivation.head.number + 1 || line.before !== derivation.head.hash) continue;
      const plan = derivation.plan(line.input);
      if (plan === undefined) break;
      this.#keep(line.before, await derivation.make(plan));
    }
    await this.#compact();
  }

  /** Takes in what the parent has, and makes the blocks that are due. */
  async round(): Promise<void> {
    while (await this.#follow((batch) => this.#onOwnBatch(batch)));
    while (await this.#makeNext());
  }

  /** Makes an empty block, where the next output waits for one. */
  async pad(): Promise<void> {
    const { chain, derivation } = this.#parts;
    if (derivation.head.number % chain.outputBlocks !== 0) await this.#make([]);
  }

  #follow(onBatch: (batch: Batch, block: ParentBlock) => Promise<void>): Promise<boolean> {
    const { parent, chain, derivation } = this.#parts;
    return followParent({ rpc: parent, chain, derivation, onBatch });
  }

  /** True when there may be another. */
  async #makeNext(): Promise<boolean> {
    const { derivation, pool } = this.#parts;
    if (this.#open.length >= OPEN_BLOCKS_MAX) return false;
    const waiting = derivation.waitingUpTo(derivation.parent.number);
    const plan = derivation.plan(this.#input([]));
    const areAllIn = plan?.deposits.length === waiting.length;
    const taken = areAllIn ? await pool.take(BLOCK_TRANSACTIONS_MAX) : [];
    const isQuiet = derivation.parent.number - derivation.head.origin.number < ORIGIN_LAG_MAX;
    if (waiting.length === 0 && taken.length === 0 && isQuiet) return false;
    await this.#make(taken.map((pooled) => pooled.raw));
    return true;
  }

  async #make(transactions: readonly Hex[]): Promise<void> {
    const { derivation, journal } = this.#parts;
    const input = this.#input(transactions);
    const plan = derivation.plan(input);
    const { number, hash: before } = derivation.head;
    if (plan === undefined)
      throw new OpError({ code: "ROLLUP_BAD_BLOCK", number: number + 1, reason: "the rules have no such block" });
    await journal.append({ number: number + 1, before, input });
    this.#lines += 1;
    this.#keep(before, await derivation.make(plan));
  }

  #input(transactions: readonly Hex[]): BlockInput {
    const { chain, derivation, clock } = this.#parts;
    const { head, parent } = derivation;
    const timestamp = Math.max(head.timestamp, parent.timestamp, Math.floor(clock.nowMs() / 1_000));
    const { baseFeeWei, coinbase } = chain;
    return { timestamp, baseFeeWei, coinbase, origin: { number: parent.number, hash: parent.hash }, transactions };
  }

  #keep(before: Hex, { number, hash, input }: DerivedBlock): void {
    this.#open.push({ number, before, hash, input });
  }

  /**
   * A batch that the parent has deep enough. One of an earlier run may stand on what the parent has dropped since: then it is none, for whoever derives
   * the chain. Another block in our place that isn't is another run's: it came first.
   */
  async #onOwnBatch({ first, before, blocks }: Batch): Promise<void> {
    if (first !== this.#safe + 1 || before !== this.#open[0]?.before) return;
    let count = 0;
    for (const posted of blocks) {
      const own = this.#open[count];
      if (own === undefined || !isSame(own.input, posted)) {
        if (!(await isOnParent(this.#parts.parent, posted.origin))) break;
        const reason = "the parent has another block in its place";
        throw new OpError({ code: "ROLLUP_BAD_BLOCK", number: first + count, reason });
      }
      count += 1;
    }
    this.#open = this.#open.slice(count);
    this.#safe += count;
    if (this.#lines > this.#open.length + JOURNAL_SPARE_LINES) await this.#compact();
  }

  async #compact(): Promise<void> {
    await this.#parts.journal.rewrite(this.#open);
    this.#lines = this.#open.length;
  }
}

function isSame(one: BlockInput, other: BlockInput): boolean {
  return JSON.stringify(encodeBlock(one)).toLowerCase() === JSON.stringify(encodeBlock(other)).toLowerCase();
}
