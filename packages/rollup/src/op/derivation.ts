import { type Hex, hasCode } from "@cortensor/protocol";
import { size } from "viem";
import { z } from "zod";
import { type Batch, type BlockInput, blockBytes } from "./batch.js";
import { countDeposits, type Deposit, type ParentHead } from "./deposits.js";
import { hash } from "./jsonRpc.js";
import type { BlockPlan, Machine, MadeBlock } from "./machine.js";
import type { OpChain } from "./opChain.js";
import { OpError } from "./opError.js";
import { BASE_FEE_WEI_MAX, BLOCK_TRANSACTIONS_MAX, DRIFT_SECONDS_MAX, OUTPUTS_KEPT_MAX } from "./opLimits.js";
import type { ParentBlock } from "./parentBlocks.js";

export type ChainHead = {
  readonly number: number;
  readonly hash: Hex;
  readonly timestamp: number;
  readonly origin: ParentHead;
  /** Blocks since the origin moved. */
  readonly sequenceNumber: number;
};

/** A block that was made, with the word that makes it again. */
export type DerivedBlock = MadeBlock & { readonly input: BlockInput };

/**
 * A chain as it follows from its parent, block by block. Its rules are the chain's: who sequences it and who verifies it hold to the same ones.
 * Calls mustn't overlap.
 */
export class Derivation {
  readonly #chain: OpChain;
  readonly #machine: Machine;
  readonly #origins = new Map<number, ParentHead>();
  readonly #outputs = new Map<number, Hex>();
  #waiting: Deposit[] = [];
  #head: ChainHead;
  #parent: ParentHead;

  private constructor(chain: OpChain, machine: Machine, head: ChainHead) {
    this.#chain = chain;
    this.#machine = machine;
    this.#head = head;
    this.#parent = head.origin;
    this.#origins.set(head.origin.number, head.origin);
  }

  /** Begins at the chain's first block. `start` is the parent's block that it begins above. */
  static async begin(chain: OpChain, machine: Machine, start: ParentHead): Promise<Derivation> {
    const genesis = await machine.rpc.ask(z.object({ hash }), "eth_getBlockByNumber", "0x0", false);
    const head = { number: 0, hash: genesis.hash, timestamp: chain.genesisSeconds, origin: start, sequenceNumber: 0 };
    return new Derivation(chain, machine, head);
  }

  get head(): ChainHead {
    return this.#head;
  }

  /** The newest block of the parent that was taken in. */
  get parent(): ParentHead {
    return this.#parent;
  }

  /** Deposits up to an origin that no block has yet. */
  waitingUpTo(origin: number): readonly Deposit[] {
    const end = this.#waiting.findIndex((deposit) => deposit.origin > origin);
    return end === -1 ? this.#waiting : this.#waiting.slice(0, end);
  }

  /** The output of a block that outputs are made of; undefined for others, and for those that aren't derived. */
  outputAt(number: number): Hex | undefined {
    return this.#outputs.get(number);
  }

  /** Takes in the parent's next block. */
  addParent({ number, hash: blockHash, timestamp, baseFeeWei, deposits }: ParentBlock): void {
    this.#parent = { number, hash: blockHash, timestamp, baseFeeWei };
    this.#origins.set(number, this.#parent);
    this.#waiting.push(...deposits);
  }

  /** Makes the blocks of a batch, as far as they are the chain's next ones. A batch of another place, or one twice, is none. */
  async applyBatch({ first, before, blocks }: Batch, postedSeconds: number): Promise<readonly DerivedBlock[]> {
    if (first !== this.#head.number + 1 || before !== this.#head.hash) return [];
    const made: DerivedBlock[] = [];
    for (const input of blocks) {
      if (input.timestamp > postedSeconds + DRIFT_SECONDS_MAX) break;
      const plan = this.plan(input);
      if (plan === undefined) break;
      made.push(await this.make(plan));
    }
    return made;
  }

  /** How a block of this word would be made; undefined where the rules have no such block here. */
  plan(input: BlockInput): BlockPlan | undefined {
    const origin = this.#origins.get(input.origin.number);
    const { head } = this;
    if (origin === undefined || origin.hash !== input.origin.hash || origin.number < head.origin.number)
      return undefined;
    if (input.timestamp < head.timestamp || input.timestamp < origin.timestamp) return undefined;
    if (input.baseFeeWei <= 0n || input.baseFeeWei > BASE_FEE_WEI_MAX) return undefined;
    const waiting = this.waitingUpTo(origin.number);
    const count = countDeposits(waiting);
    if (count < waiting.length && input.transactions.length > 0) return undefined;
    if (!fits(input.transactions, this.#chain)) return undefined;
    const sequenceNumber = origin.number === head.origin.number ? head.sequenceNumber + 1 : 0;
    return { input, origin, sequenceNumber, deposits: waiting.slice(0, count) };
  }

  async make(plan: BlockPlan): Promise<DerivedBlock> {
    const made = await this.#execute(plan);
    const { origin, sequenceNumber, deposits, input } = plan;
    this.#waiting = this.#waiting.slice(deposits.length);
    this.#head = { number: made.number, hash: made.hash, timestamp: made.timestamp, origin, sequenceNumber };
    for (const number of this.#origins.keys()) if (number < origin.number) this.#origins.delete(number);
    if (made.number % this.#chain.outputBlocks === 0) await this.#keepOutput(made);
    return { ...made, input: { ...input, transactions: made.transactions } };
  }

  /** What failed halfway left the machine between two blocks: nothing can be derived on it any more. */
  async #execute(plan: BlockPlan): Promise<MadeBlock> {
    try {
      return await this.#machine.make(plan);
    } catch (cause) {
      if (hasCode(cause, "ROLLUP_BAD_BLOCK")) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new OpError({ code: "ROLLUP_BAD_BLOCK", number: this.#head.number + 1, reason }, { cause });
    }
  }

  async #keepOutput(made: MadeBlock): Promise<void> {
    this.#outputs.set(made.number, await this.#machine.outputRoot(made));
    const [oldest] = this.#outputs.keys();
    if (oldest !== undefined && this.#outputs.size > OUTPUTS_KEPT_MAX) this.#outputs.delete(oldest);
  }
}

function fits(transactions: readonly Hex[], { batchBytesMax }: OpChain): boolean {
  return (
    transactions.length <= BLOCK_TRANSACTIONS_MAX &&
    blockBytes(transactions) <= batchBytesMax &&
    transactions.every((raw) => size(raw) > 0)
  );
}
