import type { Hex } from "@cortensor/protocol";
import { type OutputFinding, startVerifier } from "@cortensor/rollup";
import { systemClock } from "@cortensor/runtime";
import { encodeFunctionData, numberToHex, parseEther, toHex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { RunningAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { encodeBatch } from "../src/op/batch.js";
import { OUTPUT_ORACLE_ABI } from "../src/op/opAbi.js";
import { startLyingRpc } from "./lyingRpc.js";
import {
  type Clients,
  clientsOf,
  deposit,
  KEYS,
  L1_ID,
  L2_ID,
  mined,
  type Place,
  startAbove,
  startL1,
  TIMING,
  until,
} from "./opWorld.js";

const DEPTH = 3;
const PROPOSE_GAS = 500_000n; // An estimate in the second of an output that was removed is too low: it writes what stands there.
const COUNT_CALL = encodeFunctionData({ abi: OUTPUT_ORACLE_ABI, functionName: "nextOutputIndex" });
const calls = z.tuple([z.object({ to: z.string(), data: z.string() }), z.string()]);
const errors: unknown[] = [];
let anvil: RunningAnvil;
let place: Place;
let l1: Clients;
/** The chain's newest block when its sequencer ended; an output speaks of it. */
let head: { readonly number: number; readonly hash: Hex; readonly timestamp: number };

beforeAll(async () => {
  anvil = await startL1();
  l1 = clientsOf(anvil.url, L1_ID, KEYS.user);
  const above = { parentRpcUrl: anvil.url, parentChainId: L1_ID, chainId: L2_ID, batchBytesMax: 124_000 };
  place = await startAbove({ ...above, depth: DEPTH, errors });
  await mine(DEPTH);
  const running = await place.start(TIMING);
  try {
    await deposit(l1, place, parseEther("1"));
    await until("an output of all that there is", async () => {
      await mine(1);
      const { head: newest, safe } = running.status();
      return newest > 0 && newest === safe && (await readNext()) === newest + place.chain.outputBlocks
        ? true
        : undefined;
    });
    const { number, hash, timestamp } = await clientsOf(running.url, L2_ID, KEYS.user).read.getBlock();
    head = { number: Number(number), hash, timestamp: Number(timestamp) };
  } finally {
    await running.stop();
  }
  await mine(DEPTH);
});

afterAll(async () => {
  await place?.clear();
  await anvil?.stop();
});

async function mine(blocks: number): Promise<void> {
  await l1.rpc.ask(z.unknown(), "anvil_mine", toHex(blocks));
}

/** The oracle's number of the block that the next output has to speak of. */
async function readNext(): Promise<number> {
  const address = place.chain.contracts.l2OutputOracle;
  const next = await l1.read.readContract({ address, abi: OUTPUT_ORACLE_ABI, functionName: "nextBlockNumber" });
  return Number(next);
}

/** The index of the next output. */
async function readCount(): Promise<number> {
  return (await readNext()) / place.chain.outputBlocks - 1;
}

async function follow(
  findings: OutputFinding[],
  parentRpcUrl: string,
  onError = (error: unknown) => void errors.push(error),
) {
  return startVerifier({
    chain: place.chain,
    parentRpcUrl,
    challengerKey: KEYS.challenger,
    clock: systemClock,
    everyMs: 20,
    onFinding: (finding) => findings.push(finding),
    onError,
  });
}

test("a verifier finds what was posted where the parent answers a question about a block from the state of a later one", async () => {
  const count = await readCount();
  const rpc = await startLyingRpc(anvil.url);
  // As anvil does for its newest block while it makes the next one, in which another output stands.
  rpc.lie((method, result, params) => {
    if (method !== "eth_call" || typeof result !== "string") return undefined;
    const [{ data }, block] = calls.parse(params);
    return data === COUNT_CALL && block !== "latest" ? numberToHex(BigInt(result) + 1n, { size: 32 }) : undefined;
  });
  const findings: OutputFinding[] = [];
  const verifier = await follow(findings, rpc.url);
  try {
    await until("all to be checked", async () =>
      verifier.status().checked === count || errors.length > 0 ? true : undefined,
    );
    expect(errors).toEqual([]);
    expect(findings.map(({ kind, index }) => [kind, index])).toEqual(
      Array.from({ length: count }, (_, index) => ["right", index]),
    );
  } finally {
    await verifier.stop();
    await rpc.stop();
  }
});

test("a verifier whose parent answers nonsense for a while says so, looks again, and finds all that was posted", async () => {
  const count = await readCount();
  const rpc = await startLyingRpc(anvil.url);
  rpc.lie((method) => (method === "eth_blockNumber" ? "nonsense" : undefined));
  const named: unknown[] = [];
  const findings: OutputFinding[] = [];
  const verifier = await follow(findings, rpc.url, (error) => {
    named.push(error);
    if (named.length === 3) rpc.lie(() => undefined);
  });
  try {
    await until("all to be checked", async () => (verifier.status().checked === count ? true : undefined));
    expect(findings.map(({ kind }) => kind)).toEqual(Array.from({ length: count }, () => "right"));
    const failure = { data: { code: "ROLLUP_RPC_UNREACHABLE", method: "eth_blockNumber" } };
    expect(named).toMatchObject([failure, failure, failure]);
  } finally {
    await verifier.stop();
    await rpc.stop();
  }
});

test("a verifier that waits some blocks removes a wrong output once, and not the right one that has its index before the removal is as deep", async () => {
  const { chain } = place;
  const { l2OutputOracle } = chain.contracts;
  const next = await readNext();
  const findings: OutputFinding[] = [];
  const verifier = await follow(findings, anvil.url);
  try {
    const proposer = clientsOf(anvil.url, L1_ID, KEYS.proposer);
    const propose = async (root: Hex): Promise<void> => {
      const args = [root, BigInt(next), `0x${"0".repeat(64)}`, 0n] as const;
      const call = { address: l2OutputOracle, abi: OUTPUT_ORACLE_ABI, functionName: "proposeL2Output", args } as const;
      const hash = await proposer.write.writeContract({ ...call, gas: PROPOSE_GAS });
      expect(await mined(l1, hash)).toMatchObject({ status: "success" });
    };
    const batcher = clientsOf(anvil.url, L1_ID, KEYS.batcher);
    const origin = await l1.read.getBlock({ blockNumber: (await l1.read.getBlockNumber()) - BigInt(DEPTH) });
    const blocks = Array.from({ length: chain.outputBlocks }, (_, index) => ({
      timestamp: Math.max(head.timestamp, Number(origin.timestamp)) + 1 + index,
      baseFeeWei: chain.baseFeeWei,
      coinbase: chain.coinbase,
      origin: { number: Number(origin.number), hash: origin.hash },
      transactions: [],
    }));
    const data = encodeBatch({ first: head.number + 1, before: head.hash, blocks });
    await mined(l1, await batcher.write.sendTransaction({ to: chain.batchInbox, data }));
    await mine(DEPTH);
    await until("the batch to be derived", async () => (verifier.status().derived === next ? true : undefined));
    findings.length = 0;

    await propose(head.hash);
    await mine(DEPTH);
    const removed = await until("a finding", async () => findings[0]);
    expect(removed).toMatchObject({
      kind: "removed",
      number: next,
      derived: expect.stringMatching(/^0x[0-9a-f]{64}$/),
    });
    await propose(removed.derived ?? "0x");
    await until("the right one to be found", async () => {
      if (errors.length > 0) throw errors[0];
      if (findings.length > 1) return true;
      await mine(1);
      return undefined;
    });
    expect(findings.map(({ kind, number }) => [kind, number])).toEqual([
      ["removed", next],
      ["right", next],
    ]);
    expect(await readNext()).toBe(next + chain.outputBlocks);
  } finally {
    await verifier.stop();
  }
  expect(errors).toEqual([]);
});
