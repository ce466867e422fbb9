import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hex } from "@cortensor/protocol";
import {
  createJsonRpc,
  deployOpChain,
  type JsonRpc,
  type OpChain,
  type OpTiming,
  type RunningOpChain,
  startOpChain,
} from "@cortensor/rollup";
import { systemClock } from "@cortensor/runtime";
import { createPublicClient, createWalletClient, defineChain, http, type TransactionReceipt, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { getL2TransactionHashes } from "viem/op-stack";
import { z } from "zod";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { PORTAL_ABI } from "../src/op/opAbi.js";

export const L1_ID = 90_001;
export const L2_ID = 90_002;
export const L3_ID = 90_003;
/** Seconds that outputs and proofs wait. */
export const WINDOW_SECONDS = 600;
/** The portal burns gas by the parent's base fee: what was estimated a block before may not do. */
export const DEPOSIT_GAS = 5_000_000n;
export const TIMING = { roundMs: 40, postMs: 40, padMs: 40 };

const [deployer, batcher, proposer, challenger, user] = [0, 1, 2, 3, 4].map(anvilKey);
if (!deployer || !batcher || !proposer || !challenger || !user) throw new Error("anvil has ten keys");
export const KEYS = { deployer, batcher, proposer, challenger, user };
export const USER = addressOf(user);

export function addressOf(key: Hex): Hex {
  return `0x${privateKeyToAccount(key).address.slice(2).toLowerCase()}`;
}

/** Both ways to ask a chain. */
export function clientsOf(url: string, id: number, key: Hex) {
  const chain = defineChain({
    id,
    name: `chain ${id}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  const transport = http(url);
  return {
    rpc: createJsonRpc(url),
    read: createPublicClient({ chain, transport, pollingInterval: 20, cacheTime: 0 }),
    write: createWalletClient({ chain, transport, account: privateKeyToAccount(key) }),
  };
}

export type Clients = ReturnType<typeof clientsOf>;

export const terms = {
  outputBlocks: 2,
  finalizationSeconds: WINDOW_SECONDS,
  baseFeeWei: 1_000_000n,
  batcher: addressOf(batcher),
  proposer: addressOf(proposer),
  challenger: addressOf(challenger),
} as const;

/** A chain that is deployed, and may be started. */
export type Place = {
  readonly chain: OpChain;
  readonly folder: string;
  start(timing: OpTiming): Promise<RunningOpChain>;
  clear(): Promise<void>;
};

/** Deploys a chain above a parent. */
export async function startAbove(parts: {
  readonly parentRpcUrl: string;
  readonly parentChainId: number;
  readonly chainId: number;
  readonly batchBytesMax: number;
  readonly depth?: number;
  readonly errors: unknown[];
}): Promise<Place> {
  const { errors, depth = 0, ...place } = parts;
  const chain = await deployOpChain({ ...terms, ...place, depth, deployerKey: KEYS.deployer, clock: systemClock });
  const folder = await mkdtemp(join(tmpdir(), "cortensor-op-test-"));
  return {
    chain,
    folder,
    start: (timing) =>
      startOpChain({
        chain,
        parentRpcUrl: parts.parentRpcUrl,
        port: 0,
        folder,
        batcherKey: KEYS.batcher,
        proposerKey: KEYS.proposer,
        clock: systemClock,
        timing,
        onError: (error) => errors.push(error),
      }),
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The receipt of a transaction, once it is in a block. */
export async function mined({ rpc, read }: Clients, hash: Hex): Promise<TransactionReceipt> {
  await until(`${hash} to be in a block`, async () => {
    const found = await rpc.ask(z.unknown(), "eth_getTransactionReceipt", hash);
    return found === null ? undefined : true;
  });
  return read.getTransactionReceipt({ hash });
}

/** Pays into a chain through its portal, and resolves to the hash that its log names on the chain. */
export async function deposit(parent: Clients, { chain }: Place, value: bigint, to: Hex = USER): Promise<Hex> {
  const { optimismPortal: address } = chain.contracts;
  const args = [to, value, 100_000n, false, "0x"] as const;
  const hash = await parent.write.writeContract({
    address,
    abi: PORTAL_ABI,
    functionName: "depositTransaction",
    args,
    value,
    gas: DEPOSIT_GAS,
  });
  const receipt = await mined(parent, hash);
  const [named] = getL2TransactionHashes({ logs: receipt.logs });
  if (named === undefined) throw new Error("the portal said nothing");
  return named;
}

export function startL1(): Promise<RunningAnvil> {
  return startAnvil({ chainId: L1_ID });
}

/** Lets the parent's time go by. */
export async function pass(l1: JsonRpc, seconds: number): Promise<void> {
  await l1.ask(z.unknown(), "evm_increaseTime", toHex(seconds));
  await l1.ask(z.unknown(), "evm_mine");
}

/** Waits for a condition, asked again and again. */
export async function until<Value>(what: string, ask: () => Promise<Value | undefined>): Promise<Value> {
  const deadline = Date.now() + 40_000;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`It didn't happen: ${what}`);
    await systemClock.sleep(15);
  }
}
