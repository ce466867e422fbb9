import type { Hex } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import { decodeFunctionResult, encodeFunctionData } from "viem";
import { z } from "zod";
import { blockBytes, encodeBatch } from "./batch.js";
import type { Derivation } from "./derivation.js";
import { hash, type JsonRpc, smallQuantity } from "./jsonRpc.js";
import { OUTPUT_ORACLE_ABI } from "./opAbi.js";
import type { OpChain } from "./opChain.js";
import { BATCH_BLOCKS_MAX, BATCH_ROOM_BYTES, DRIFT_SECONDS_MAX } from "./opLimits.js";
import type { ParentSender } from "./parentSender.js";
import type { OpenBlock, Sequencer } from "./sequencer.js";

export type PosterParts = {
  readonly chain: OpChain;
  readonly parent: JsonRpc;
  readonly derivation: Derivation;
  readonly sequencer: Sequencer;
  readonly batcher: ParentSender;
  readonly proposer: ParentSender;
  readonly clock: Clock;
};

/** Bytes of what a block says beside its transactions. */
const BLOCK_BYTES = 100;
const head = z.object({ number: smallQuantity, hash, timestamp: smallQuantity });

/** Posts blocks to the parent, and the outputs of those that lie there deep enough. Rounds mustn't overlap. */
export class Poster {
  readonly #parts: PosterParts;
  #sent: { readonly number: number; readonly txHash: Hex } | undefined;

  constructor(parts: PosterParts) {
    this.#parts = parts;
  }

  /** Posts what is to be posted now. */
  async round(signal?: AbortSignal): Promise<void> {
    const { parent } = this.#parts;
    const latest = await parent.ask(head, "eth_getBlockByNumber", "latest", false);
    await this.#postBatch(latest, signal);
    while (await this.#propose(signal));
  }

  async #postBatch(latest: z.output<typeof head>, signal?: AbortSignal): Promise<void> {
    const { chain, sequencer, batcher, clock } = this.#parts;
    const sent = Math.max(sequencer.safeNumber, await this.#sentNumber());
    // A parent of few blocks may be behind this machine's clock until the batch itself makes one.
    const seconds = Math.max(latest.timestamp, Math.floor(clock.nowMs() / 1_000)) + DRIFT_SECONDS_MAX / 2;
    const blocks = chooseBlocks(sequencer.open, sent, seconds, chain.batchBytesMax);
    const [first] = blocks;
    const last = blocks.at(-1);
    if (first === undefined || last === undefined) return;
    const data = encodeBatch({ first: first.number, before: first.before, blocks: blocks.map((block) => block.input) });
    const { txHash } = await batcher.send({ what: "batch", to: chain.batchInbox, data }, signal);
    this.#sent = { number: last.number, txHash };
  }

  /** The last block that lies on the parent, however deep. A parent that went back may have lost its batch: then it is sent again, and one twice is none. */
  async #sentNumber(): Promise<number> {
    const { parent, sequencer } = this.#parts;
    if (this.#sent === undefined || this.#sent.number <= sequencer.safeNumber) return 0;
    const got = await parent.ask(z.unknown(), "eth_getTransactionReceipt", this.#sent.txHash);
    return got === null ? 0 : this.#sent.number;
  }

  /** True when the next may be due too. */
  async #propose(signal?: AbortSignal): Promise<boolean> {
    const { chain, derivation, sequencer, proposer, parent } = this.#parts;
    const { l2OutputOracle } = chain.contracts;
    const question = { abi: OUTPUT_ORACLE_ABI, functionName: "nextBlockNumber" } as const;
    const answer = await proposer.call(l2OutputOracle, encodeFunctionData(question));
    const next = decodeFunctionResult({ ...question, data: answer });
    const output = derivation.outputAt(Number(next));
    if (next > BigInt(sequencer.safeNumber) || output === undefined) return false;
    const latest = await parent.ask(head, "eth_getBlockByNumber", "latest", false);
    const args = [output, next, latest.hash, BigInt(latest.number)] as const;
    const data = encodeFunctionData({ abi: OUTPUT_ORACLE_ABI, functionName: "proposeL2Output", args });
    // Whoever stands before the oracle takes the same call.
    await proposer.send({ what: "output", to: chain.lastState?.address ?? l2OutputOracle, data }, signal);
    return true;
  }
}

/** The blocks of the next batch: those behind what was sent, as many as it holds and the parent's time allows. */
export function chooseBlocks(
  open: readonly OpenBlock[],
  sent: number,
  secondsMax: number,
  bytesMax: number,
): readonly OpenBlock[] {
  const chosen: OpenBlock[] = [];
  let bytes = BATCH_ROOM_BYTES;
  for (const block of open) {
    if (block.number <= sent) continue;
    bytes += BLOCK_BYTES + blockBytes(block.input.transactions);
    const isFull = chosen.length >= BATCH_BLOCKS_MAX || (chosen.length > 0 && bytes > bytesMax);
    if (isFull || block.input.timestamp > secondsMax) break;
    chosen.push(block);
  }
  return chosen;
}
