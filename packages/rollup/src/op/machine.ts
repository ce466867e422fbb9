import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hex } from "@cortensor/protocol";
import { hasCode } from "@cortensor/protocol";
import { numberToHex } from "viem";
import { z } from "zod";
import { type RunningAnvil, startAnvil } from "../../../../tools/anvil/startAnvil.mjs";
import type { BlockInput } from "./batch.js";
import { attributesTransaction, type Deposit, mintOnly, type ParentHead, transactionHash } from "./deposits.js";
import { address, createJsonRpc, hash, type JsonRpc, smallQuantity } from "./jsonRpc.js";
import type { OpChain } from "./opChain.js";
import { OpError } from "./opError.js";
import { BLOCK_GAS_LIMIT } from "./opLimits.js";
import { genesisOf, MESSAGE_PASSER } from "./predeploys.js";
import { outputRoot } from "./withdrawal.js";

/** What a block is made of: the sequencer's word and what the parent says. */
export type BlockPlan = {
  readonly input: BlockInput;
  readonly origin: ParentHead;
  readonly sequenceNumber: number;
  readonly deposits: readonly Deposit[];
};

export type MadeBlock = {
  readonly number: number;
  readonly hash: Hex;
  readonly stateRoot: Hex;
  readonly timestamp: number;
  /** The transactions of others that it holds, in its order. */
  readonly transactions: readonly Hex[];
};

/** An anvil that makes blocks when it is told to, of what it is told. */
export type Machine = {
  readonly rpc: JsonRpc;
  readonly exited: RunningAnvil["exited"];
  /** Makes the next block. Throws ROLLUP_BAD_BLOCK where it isn't what was asked for. Not to be called twice at a time. */
  make(plan: BlockPlan): Promise<MadeBlock>;
  /** What an output says of the newest block. */
  outputRoot(block: MadeBlock): Promise<Hex>;
  stop(): Promise<void>;
};

const block = z.object({
  number: smallQuantity,
  hash,
  stateRoot: hash,
  timestamp: smallQuantity,
  miner: address,
  transactions: z.array(hash),
});

/**
 * Starts a chain at its first block. Nothing of it is kept: what is known of it is on the parent. Without the states behind its blocks only the newest
 * can be asked what it is in, and a machine takes less memory, no disk and less time for a block.
 */
export async function startMachine(
  chain: OpChain,
  { keepsStates, signal }: { readonly keepsStates: boolean; readonly signal?: AbortSignal | undefined },
): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-op-"));
  try {
    const genesisPath = join(folder, "genesis.json");
    await writeFile(genesisPath, JSON.stringify(genesisOf(chain)));
    const anvil = await startAnvil({
      chainId: chain.chainId,
      optimism: true,
      sequenced: { genesisPath, gasLimit: BLOCK_GAS_LIMIT, keepsStates },
      ...(signal === undefined ? {} : { signal }),
    });
    const rpc = createJsonRpc(anvil.url);
    return {
      rpc,
      exited: anvil.exited,
      make: (plan) => makeBlock(rpc, chain, plan),
      outputRoot: (made) => outputRootOf(rpc, made),
      stop: () => anvil.stop(),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeBlock(rpc: JsonRpc, chain: OpChain, plan: BlockPlan): Promise<MadeBlock> {
  const { input, origin, sequenceNumber, deposits } = plan;
  const first = attributesTransaction(origin, sequenceNumber, chain.batcher);
  const own = [await send(rpc, first)];
  for (const deposit of deposits) own.push(await sendDeposit(rpc, deposit));
  const rawOf = new Map<Hex, Hex>();
  for (const raw of input.transactions) {
    if (await isTaken(rpc, raw)) rawOf.set(transactionHash(raw), raw);
  }
  await Promise.all([
    rpc.ask(z.unknown(), "anvil_setCoinbase", input.coinbase),
    rpc.ask(z.unknown(), "anvil_setNextBlockBaseFeePerGas", numberToHex(input.baseFeeWei)),
    rpc.ask(z.unknown(), "evm_setNextBlockTimestamp", numberToHex(input.timestamp)),
  ]);
  await rpc.ask(z.unknown(), "evm_mine");
  const made = await rpc.ask(block, "eth_getBlockByNumber", "latest", false);
  const others = made.transactions.slice(own.length);
  const isAsAsked = own.every((asked, index) => made.transactions[index] === asked);
  if (!isAsAsked || made.timestamp !== input.timestamp || made.miner !== input.coinbase)
    throw new OpError({
      code: "ROLLUP_BAD_BLOCK",
      number: made.number,
      reason: "deposits, timestamp or coinbase differ",
    });
  // What didn't come into this block mustn't come into another by itself.
  if (others.length < rawOf.size) await rpc.ask(z.unknown(), "anvil_dropAllTransactions");
  const transactions = others.map((found) => rawOf.get(found) ?? unasked(made.number, found));
  return { number: made.number, hash: made.hash, stateRoot: made.stateRoot, timestamp: made.timestamp, transactions };
}

async function sendDeposit(rpc: JsonRpc, deposit: Deposit): Promise<Hex> {
  try {
    return await send(rpc, deposit.raw);
  } catch (error) {
    if (!hasCode(error, "ROLLUP_RPC_REFUSED")) throw error;
    return send(rpc, mintOnly(deposit));
  }
}

/** A transaction that the machine won't have is left out: it is for whoever makes batches to hold none. */
async function isTaken(rpc: JsonRpc, raw: Hex): Promise<boolean> {
  if (raw.startsWith("0x7e")) return false;
  try {
    await send(rpc, raw);
    return true;
  } catch (error) {
    if (!hasCode(error, "ROLLUP_RPC_REFUSED")) throw error;
    return false;
  }
}

function send(rpc: JsonRpc, raw: Hex): Promise<Hex> {
  return rpc.ask(hash, "eth_sendRawTransaction", raw);
}

function unasked(number: number, found: Hex): never {
  throw new OpError({ code: "ROLLUP_BAD_BLOCK", number, reason: `it holds ${found}, which nobody asked for` });
}

async function outputRootOf(rpc: JsonRpc, made: MadeBlock): Promise<Hex> {
  const proof = z.object({ storageHash: hash });
  const { storageHash } = await rpc.ask(proof, "eth_getProof", MESSAGE_PASSER, [], numberToHex(made.number));
  return outputRoot(made.stateRoot, storageHash, made.hash);
}
