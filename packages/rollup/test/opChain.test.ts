import { appendFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Hex } from "@cortensor/protocol";
import {
  finaliseCall,
  findOutput,
  type OutputFinding,
  proveCall,
  type RunningOpChain,
  type RunningVerifier,
  readWithdrawals,
  startVerifier,
} from "@cortensor/rollup";
import { systemClock } from "@cortensor/runtime";
import { parseEther } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { RunningAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { encodeBatch } from "../src/op/batch.js";
import { Journal } from "../src/op/journal.js";
import { OUTPUT_ORACLE_ABI, PASSER_ABI, PORTAL_ABI } from "../src/op/opAbi.js";
import { L2_MESSENGER, MESSAGE_PASSER } from "../src/op/predeploys.js";
import { type End, linkEnds, type Message, STATES } from "./opMessenger.js";
import { relayDown } from "./opRelayers.js";
import {
  type Clients,
  clientsOf,
  DEPOSIT_GAS,
  deposit,
  KEYS,
  L1_ID,
  L2_ID,
  L3_ID,
  mined,
  type Place,
  pass,
  startAbove,
  startL1,
  TIMING,
  USER,
  until,
  WINDOW_SECONDS,
} from "./opWorld.js";

const TARGET: Hex = "0x00000000000000000000000000000000000a11ce";
const PROPOSE_GAS = 500_000n; // An estimate in the second of an output that was removed is too low: it writes what stands there.
const RUNS = Number(process.env.CORTENSOR_OP_MESSAGE_RUNS ?? 1);
/** Sent each way in a run. */
const MESSAGES = 3;
const errors: unknown[] = [];
let anvil: RunningAnvil;
let place: Place;
let running: RunningOpChain;
let l1: Clients;
let l2: Clients;
let ends: readonly [End, End];

beforeAll(async () => {
  anvil = await startL1();
  const above = { parentRpcUrl: anvil.url, parentChainId: L1_ID, chainId: L2_ID, batchBytesMax: 124_000 };
  place = await startAbove({ ...above, errors });
  await restart();
  l1 = clientsOf(anvil.url, L1_ID, KEYS.user);
});

afterAll(async () => {
  await running?.stop();
  await place?.clear();
  await anvil?.stop();
});

async function restart(timing = TIMING): Promise<void> {
  running = await place.start(timing);
  l2 = clientsOf(running.url, L2_ID, KEYS.user);
}

/** Proves what a transaction sent to the parent, lets the window go by, and carries it out. */
async function carry(parent: Clients, child: Clients, { chain }: Place, txHash: Hex): Promise<Hex> {
  const [withdrawal] = await readWithdrawals(child.rpc, txHash);
  if (withdrawal === undefined) throw new Error("no withdrawal");
  const at = await until("an output", () => findOutput(parent.rpc, chain, withdrawal.blockNumber));
  await send(parent, chain.contracts.optimismPortal, await proveCall(child.rpc, withdrawal, at));
  const { timestamp } = await parent.read.getBlock();
  await pass(l1.rpc, WINDOW_SECONDS + 1);
  if (parent !== l1) await until("the time to have come up", () => isPast(parent, timestamp + BigInt(WINDOW_SECONDS)));
  return finaliseCall(withdrawal);
}

/** A chain's time comes up from its parent with its next block. */
async function isPast(clients: Clients, seconds: bigint): Promise<true | undefined> {
  await send(clients, TARGET, "0x");
  const { timestamp } = await clients.read.getBlock();
  return timestamp > seconds ? true : undefined;
}

async function send(clients: Clients, to: Hex, data: Hex, gas?: bigint): Promise<void> {
  const hash = await clients.write.sendTransaction({ to, data, ...(gas === undefined ? {} : { gas }) });
  const { status } = await mined(clients, hash);
  if (status !== "success") throw new Error(`${hash} failed`);
}

test("a deposit on the parent becomes the 0x7e transaction that its log names, and mints", async () => {
  const hash = await deposit(l1, place, parseEther("10"));
  const receipt = await mined(l2, hash);
  expect(receipt.status).toBe("success");
  const transactions = z.object({ transactions: z.array(z.object({ type: z.string() })) });
  const block = await l2.rpc.ask(transactions, "eth_getBlockByHash", receipt.blockHash, true);
  expect(block.transactions.map((transaction) => transaction.type)).toEqual(["0x7e", "0x7e"]);
  expect(await l2.read.getBalance({ address: USER })).toBe(parseEther("10"));
});

test("deposits that can't do what they say still mint, each in its turn, and stop nothing", async () => {
  const { optimismPortal: address } = place.chain.contracts;
  const mint = async (args: readonly [Hex, bigint, bigint, boolean, Hex]): Promise<Hex> => {
    const hash = await l1.write.writeContract({
      address,
      abi: PORTAL_ABI,
      functionName: "depositTransaction",
      args,
      value: 5n,
      gas: DEPOSIT_GAS,
    });
    const receipt = await mined(l1, hash);
    expect(receipt.status).toBe("success");
    return hash;
  };
  const before = await l2.read.getBalance({ address: USER });
  await mint([TARGET, 10n ** 30n, 100_000n, false, "0x"]);
  await mint(["0x0000000000000000000000000000000000000000", 0n, 1_200_000n, true, `0x${"00".repeat(50_000)}`]);
  await mint([MESSAGE_PASSER, 0n, 30_000n, false, "0xdeadbeef"]);
  const last = await deposit(l1, place, 1n);
  await mined(l2, last);
  expect(await l2.read.getBalance({ address: USER })).toBe(before + 16n);
  expect(errors).toEqual([]);
});

test("the door lets no method through that moves the machine, and refuses what is too much, by name", async () => {
  const ask = async (body: unknown) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(running.url, { method: "POST", body: text });
    return { status: response.status, answer: response.status === 200 ? await response.json() : undefined };
  };
  const call = (method: string, ...params: readonly unknown[]) => ({ jsonrpc: "2.0", id: 1, method, params });
  for (const method of [
    ...["anvil_setBalance", "evm_mine", "debug_traceTransaction", "hardhat_setCode", "eth_sendTransaction", "eth_sign"],
    ...[
      "personal_sign",
      "txpool_content",
      "ots_getApiLevel",
      "trace_block",
      "admin_nodeInfo",
      "anvil_mine",
      "__proto__",
    ],
    ...[
      "eth_sendUnsignedTransaction",
      "wallet_getCapabilities",
      "eth_newFilter",
      "eth_getWork",
      "miner_start",
      "constructor",
    ],
  ])
    expect((await ask(call(method))).answer).toMatchObject({ error: { code: -32_601 } });
  expect((await ask(call("eth_accounts"))).answer).toMatchObject({ result: [] });
  expect((await ask("{")).answer).toMatchObject({ error: { code: -32_700 } });
  expect((await ask([])).answer).toMatchObject({ error: { code: -32_600 } });
  expect((await ask(Array.from({ length: 51 }, () => call("eth_chainId")))).answer).toMatchObject({
    error: { code: -32_600 },
  });
  expect((await ask([call("eth_chainId"), call("evm_mine")])).answer).toMatchObject([
    { result: "0x15f92" },
    { error: { code: -32_601 } },
  ]);
  expect((await ask("x".repeat(600_000))).status).toBe(413);
  const wide = call("eth_getLogs", { fromBlock: "0x0", toBlock: "0xffffff" });
  expect((await ask(wide)).answer).toMatchObject({ error: { code: -32_602 } });
  const forged = call("eth_sendRawTransaction", `0x7e${"c0".padEnd(200, "0")}`);
  expect((await ask(forged)).answer).toMatchObject({ error: { code: -32_000 } });
  const [to, value] = [TARGET, parseEther("1000")] as const;
  await expect(l2.write.sendTransaction({ to, value, gas: 21_000n })).rejects.toThrow(/insufficient funds/);
  await expect(l2.write.sendTransaction({ to, gas: 21_000n, nonce: 999 })).rejects.toThrow(/nonce too high/i);
  await expect(clientsOf(running.url, L1_ID, KEYS.user).write.sendTransaction({ to, gas: 21_000n })).rejects.toThrow();
});

test("a withdrawal is proved by eth_getProof against a posted output, a tampered one is refused, and it is paid after the window, once", async () => {
  const txHash = await l2.write.writeContract({
    address: MESSAGE_PASSER,
    abi: PASSER_ABI,
    functionName: "initiateWithdrawal",
    args: [TARGET, 50_000n, "0x"],
    value: parseEther("3"),
  });
  await mined(l2, txHash);
  const [withdrawal] = await readWithdrawals(l2.rpc, txHash);
  if (withdrawal === undefined) throw new Error("no withdrawal");
  const at = await until("an output", () => findOutput(l1.rpc, place.chain, withdrawal.blockNumber));
  const to = place.chain.contracts.optimismPortal;
  const tampered = { ...withdrawal, value: withdrawal.value + 1n };
  const proof = await proveCall(l2.rpc, withdrawal, at);
  await expect(send(l1, to, await proveCall(l2.rpc, tampered, at))).rejects.toThrow(/MerkleTrie|inclusion proof/);
  const otherBlock = await proveCall(l2.rpc, withdrawal, { ...at, number: at.number - 1 });
  await expect(send(l1, to, otherBlock)).rejects.toThrow(/invalid output root proof/);
  await expect(send(l1, to, finaliseCall(withdrawal))).rejects.toThrow(/has not been proven/);
  await send(l1, to, proof);
  await expect(send(l1, to, finaliseCall(withdrawal))).rejects.toThrow(/finalization period has not elapsed/);
  await pass(l1.rpc, WINDOW_SECONDS + 1);
  await send(l1, to, finaliseCall(withdrawal));
  expect(await l1.read.getBalance({ address: TARGET })).toBe(parseEther("3"));
  await expect(send(l1, to, finaliseCall(withdrawal))).rejects.toThrow(/already been finalized/);
  expect(errors).toEqual([]);
});

test("a chain that ends before it has posted goes on from its journal, and one without a journal from what its parent has", async () => {
  await running.stop();
  await restart({ ...TIMING, postMs: 3_600_000 });
  const hash = await l2.write.sendTransaction({ to: TARGET, value: 7n });
  const { blockHash } = await mined(l2, hash);
  // With its next output's block made, a quiet chain makes no more.
  await until("the chain to be quiet", async () =>
    running.status().head % place.chain.outputBlocks === 0 ? true : undefined,
  );
  const head = await l2.read.getBlock();
  await running.stop();
  // As one leaves it that was killed behind a line and before its block, and then within a line.
  const path = join(place.folder, "blocks.jsonl");
  const { baseFeeWei, coinbase } = place.chain;
  const l1Block = await l1.read.getBlock();
  const origin = { number: Number(l1Block.number), hash: l1Block.hash };
  const timestamp = Number(l1Block.timestamp > head.timestamp ? l1Block.timestamp : head.timestamp) + 1;
  const input = { timestamp, baseFeeWei, coinbase, origin, transactions: [] };
  await new Journal(path).append({ number: Number(head.number) + 1, before: head.hash, input });
  await appendFile(path, '{"number":');

  await restart();
  expect((await l2.read.getBlock({ blockNumber: head.number + 1n })).timestamp).toBe(BigInt(timestamp));
  expect((await l2.read.getTransactionReceipt({ hash })).blockHash).toBe(blockHash);
  expect((await l2.read.getBlock({ blockNumber: head.number })).hash).toBe(head.hash);
  await until("all to be posted", async () => (running.status().safe >= Number(head.number) ? true : undefined));
  await running.stop();

  await rm(path);
  await restart();
  expect((await l2.read.getTransactionReceipt({ hash })).blockHash).toBe(blockHash);
  expect((await l2.read.getBlock({ blockNumber: head.number })).hash).toBe(head.hash);
  expect(errors).toEqual([]);
});

test("OpMessenger delivers exactly once both ways over the stack's own contracts, and a failed receiver's message is retried", async () => {
  const carrier = place.chain.contracts.l1CrossDomainMessenger;
  const down = { clients: l1, carrier, chainId: L1_ID };
  const up = { clients: l2, carrier: L2_MESSENGER, chainId: L2_ID };
  ends = await linkEnds(down, up);
  const [parent, child] = ends;
  const toChild: Message = { nonce: 1n, from: USER, to: child.receiver, gasLimit: 100_000n, body: "0x01" };
  const toParent: Message = { ...toChild, to: parent.receiver };

  await parent.send(toChild, L2_ID);
  await until("a failed delivery", async () => ((await child.state(toChild)) === STATES.failed ? true : undefined));
  await child.open();
  const second = { ...toChild, nonce: 2n };
  await parent.send(second, L2_ID);
  await until("a delivery", async () => ((await child.state(second)) === STATES.delivered ? true : undefined));
  await child.retry(toChild);
  expect([await child.state(toChild), await child.count()]).toEqual([STATES.delivered, 2n]);
  await expect(child.retry(toChild)).rejects.toThrow(/NotRetryable/);

  const portal = place.chain.contracts.optimismPortal;
  const finalise = await carry(l1, l2, place, await child.send(toParent, L1_ID));
  await send(l1, portal, finalise, 3_000_000n);
  expect(await parent.state(toParent)).toBe(STATES.failed);
  await expect(send(l1, portal, finalise, 3_000_000n)).rejects.toThrow();
  await parent.open();
  await parent.retry(toParent);
  expect([await parent.state(toParent), await parent.count()]).toEqual([STATES.delivered, 1n]);
  await expect(parent.retry(toParent)).rejects.toThrow(/NotRetryable/);
  expect(errors).toEqual([]);
});

test(
  `messages arrive once each both ways, whatever relayers double, reorder and leave undone, in ${RUNS} runs`,
  async () => {
    for (let seed = 0; seed < RUNS; seed += 1) {
      const [parent, child] = ends;
      const before = [await parent.count(), await child.count()];
      const sent: Hex[] = [];
      for (let index = 0; index < MESSAGES; index += 1) {
        const letter = { nonce: 0n, from: USER, gasLimit: 100_000n, body: "0x01" } as const;
        await parent.send({ ...letter, to: child.receiver }, L2_ID);
        sent.push(await child.send({ ...letter, to: parent.receiver }, L1_ID));
      }
      const late = await relayDown({ parent: l1, child: l2, chain: place.chain, sent, seed });
      expect(late, `seed ${seed}`).toBeGreaterThan(0);
      const all = async () => ((await child.count()) - (before[1] ?? 0n) >= BigInt(MESSAGES) ? true : undefined);
      await until("all to have come up", all);
      const after = [await parent.count(), await child.count()];
      expect(after, `seed ${seed}`).toEqual(before.map((count) => count + BigInt(MESSAGES)));
    }
    expect(errors).toEqual([]);
  },
  60_000 * RUNS,
);

test("an L3 stands on the L2 as the L2 stands on the L1: a deposit goes up, and a withdrawal comes down", async () => {
  const above = { parentRpcUrl: running.url, parentChainId: L2_ID, chainId: L3_ID, batchBytesMax: 110_000 };
  for (const key of [KEYS.deployer, KEYS.batcher, KEYS.proposer]) {
    const funder = clientsOf(anvil.url, L1_ID, key);
    const to = place.chain.contracts.optimismPortal;
    await mined(l1, await funder.write.sendTransaction({ to, value: parseEther("1"), gas: DEPOSIT_GAS }));
  }
  const funded = clientsOf(running.url, L2_ID, KEYS.proposer);
  const address = place.chain.proposer;
  await until("money above", async () => ((await funded.read.getBalance({ address })) > 0n ? true : undefined));
  const upper = await startAbove({ ...above, errors });
  const top = await upper.start(TIMING);
  try {
    const l3 = clientsOf(top.url, L3_ID, KEYS.user);
    const hash = await deposit(l2, upper, parseEther("1"));
    expect((await mined(l3, hash)).status).toBe("success");
    const txHash = await l3.write.sendTransaction({ to: MESSAGE_PASSER, value: parseEther("0.25") });
    await mined(l3, txHash);
    const before = await l2.read.getBalance({ address: upper.chain.contracts.optimismPortal });
    await send(l2, upper.chain.contracts.optimismPortal, await carry(l2, l3, upper, txHash));
    const after = await l2.read.getBalance({ address: upper.chain.contracts.optimismPortal });
    expect(before - after).toBe(parseEther("0.25"));
  } finally {
    await top.stop();
    await upper.clear();
  }
  expect(errors).toEqual([]);
});

test("a verifier finds every output of the sequencer right, and removes a wrong one and one of no block, never a right one", async () => {
  const { chain } = place;
  const settled = async () => {
    const { head, safe } = running.status();
    const next = await l1.read.readContract({
      address: chain.contracts.l2OutputOracle,
      abi: OUTPUT_ORACLE_ABI,
      functionName: "nextBlockNumber",
    });
    return head === safe && Number(next) === head + chain.outputBlocks ? Number(next) : undefined;
  };
  const next = await until("all outputs to be posted", settled);
  const head = await l2.read.getBlock({ blockNumber: BigInt(next - chain.outputBlocks) });
  await running.stop();
  const findings: OutputFinding[] = [];
  const verifier: RunningVerifier = await startVerifier({
    chain,
    parentRpcUrl: anvil.url,
    challengerKey: KEYS.challenger,
    clock: systemClock,
    everyMs: 20,
    onFinding: (finding) => findings.push(finding),
    onError: (error) => errors.push(error),
  });
  try {
    const outputs = next / chain.outputBlocks - 1;
    await until("all to be checked", async () => (verifier.status().checked === outputs ? true : undefined));
    expect(findings.map((finding) => finding.kind)).toEqual(Array.from({ length: outputs }, () => "right"));

    const proposer = clientsOf(anvil.url, L1_ID, KEYS.proposer);
    const propose = async (): Promise<OutputFinding> => {
      const seen = findings.length;
      const hash = await proposer.write.writeContract({
        address: chain.contracts.l2OutputOracle,
        abi: OUTPUT_ORACLE_ABI,
        functionName: "proposeL2Output",
        args: [head.hash, BigInt(next), `0x${"0".repeat(64)}`, 0n],
        gas: PROPOSE_GAS,
      });
      expect(await mined(l1, hash)).toMatchObject({ status: "success" });
      return until("a finding", async () => (errors.length > 0 ? Promise.reject(errors[0]) : findings[seen]));
    };
    expect(await propose()).toMatchObject({ kind: "removed", number: next, derived: undefined });

    const batcher = clientsOf(anvil.url, L1_ID, KEYS.batcher);
    const origin = await l1.read.getBlock();
    const blocks = Array.from({ length: chain.outputBlocks }, (_, index) => ({
      timestamp: Math.max(Number(head.timestamp), Number(origin.timestamp)) + 1 + index,
      baseFeeWei: chain.baseFeeWei,
      coinbase: chain.coinbase,
      origin: { number: Number(origin.number), hash: origin.hash },
      transactions: [],
    }));
    await send(batcher, chain.batchInbox, encodeBatch({ first: next - blocks.length + 1, before: head.hash, blocks }));
    await until("the batch to be derived", async () => (verifier.status().derived === next ? true : undefined));
    const wrong = await propose();
    expect(wrong).toMatchObject({ kind: "removed", number: next, derived: expect.stringMatching(/^0x[0-9a-f]{64}$/) });

    await restart();
    const right = await until("the right output", async () =>
      findings.find(({ number, kind }) => number === next && kind === "right"),
    );
    expect(right.posted).toBe(wrong.derived);
  } finally {
    await verifier.stop();
  }
  expect(errors).toEqual([]);
});
