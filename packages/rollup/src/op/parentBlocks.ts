import type { Hex } from "@cortensor/protocol";
import { numberToHex } from "viem";
import { z } from "zod";
import { type Batch, decodeBatch } from "./batch.js";
import { DEPOSITED_TOPIC, type Deposit, type ParentHead, readDeposit } from "./deposits.js";
import { address, hash, hexText, type JsonRpc, quantity, smallQuantity } from "./jsonRpc.js";
import type { OpChain } from "./opChain.js";
import { OpError } from "./opError.js";
import { OUTPUT_TOPICS, type OutputChange, readOutputChange } from "./outputs.js";

/** What one block of the parent says to the chain. */
export type ParentBlock = ParentHead & {
  readonly parentHash: Hex;
  readonly deposits: readonly Deposit[];
  readonly batches: readonly Batch[];
  /** What it did to the outputs that stand, in its order. */
  readonly outputs: readonly OutputChange[];
};

const header = z.object({
  number: smallQuantity,
  hash,
  parentHash: hash,
  timestamp: smallQuantity,
  baseFeePerGas: quantity,
});
const full = header.extend({
  transactions: z.array(
    z.object({ hash, from: address, to: address.nullish(), input: hexText, transactionIndex: smallQuantity }),
  ),
});
const logs = z.array(
  z.object({ address, topics: z.array(hash), data: hexText, logIndex: smallQuantity, removed: z.boolean().optional() }),
);
const receipt = z.object({ status: quantity, blockHash: hash }).nullable();

/** Throws ROLLUP_WRONG_PARENT. */
export async function checkParent(rpc: JsonRpc, chain: OpChain): Promise<void> {
  const actual = await rpc.ask(smallQuantity, "eth_chainId");
  if (actual !== chain.parentChainId)
    throw new OpError({ code: "ROLLUP_WRONG_PARENT", expected: chain.parentChainId, actual });
}

/** The newest block that counts: as far below the head as the chain waits. May be negative on a young parent. */
export async function readDeepNumber(rpc: JsonRpc, chain: OpChain): Promise<number> {
  return (await readHeadNumber(rpc)) - chain.depth;
}

export function readHeadNumber(rpc: JsonRpc): Promise<number> {
  return rpc.ask(smallQuantity, "eth_blockNumber");
}

/**
 * Reads one block of the parent: its deposits and outputs by the events of portal, oracle and last state, its batches by the calldata of the batcher's transactions.
 * Events of a block are the same whenever they are asked for; what a contract says of the newest block isn't, while anvil makes the next.
 */
export async function readParentBlock(rpc: JsonRpc, chain: OpChain, number: number): Promise<ParentBlock> {
  const block = await rpc.ask(full, "eth_getBlockByNumber", numberToHex(number), true);
  const { transactions, baseFeePerGas, ...head } = block;
  const { optimismPortal, l2OutputOracle } = chain.contracts;
  const topics = [[DEPOSITED_TOPIC, ...OUTPUT_TOPICS]];
  const lastState = chain.lastState === undefined ? [] : [chain.lastState.address];
  const filter = { address: [optimismPortal, l2OutputOracle, ...lastState], topics, blockHash: block.hash };
  const found = transactions.length === 0 ? [] : await rpc.ask(logs, "eth_getLogs", filter);
  const deposits = found
    .filter((log) => log.address === optimismPortal)
    .map((log) => readDeposit(log, { number, hash: block.hash }))
    .filter((deposit) => deposit !== undefined);
  const outputs = found.map((log) => readOutputChange(chain, log)).filter((change) => change !== undefined);
  const batches: Batch[] = [];
  for (const { hash: txHash, from, to, input } of transactions) {
    if (from !== chain.batcher || to !== chain.batchInbox) continue;
    const batch = decodeBatch(input);
    if (batch === undefined) continue;
    const got = await rpc.ask(receipt, "eth_getTransactionReceipt", txHash);
    if (got === null || got.blockHash !== block.hash) throw moved(number, block.hash, got?.blockHash ?? "0x");
    if (got.status === 1n) batches.push(batch);
  }
  return { ...head, baseFeeWei: baseFeePerGas, deposits, batches, outputs };
}

type Place = { readonly number: number; readonly hash: Hex };

/** Throws ROLLUP_PARENT_REORGANISED where the parent has another block in this place, or none. */
export async function checkStillThere(rpc: JsonRpc, at: Place): Promise<void> {
  const has = await hashAt(rpc, at.number);
  if (has !== at.hash) throw moved(at.number, at.hash, has ?? "0x");
}

export async function isOnParent(rpc: JsonRpc, at: Place): Promise<boolean> {
  return (await hashAt(rpc, at.number)) === at.hash;
}

async function hashAt(rpc: JsonRpc, number: number): Promise<Hex | undefined> {
  return (await rpc.ask(header.nullable(), "eth_getBlockByNumber", numberToHex(number), false))?.hash;
}

export function moved(number: number, had: Hex, has: Hex): OpError {
  return new OpError({ code: "ROLLUP_PARENT_REORGANISED", number, had, has });
}
