import type { Hex } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import { keccak256, numberToHex, toHex } from "viem";
import { expect, it } from "vitest";
import type { z } from "zod";
import { encodeBatch } from "./batch.js";
import { Derivation } from "./derivation.js";
import type { JsonRpc } from "./jsonRpc.js";
import type { Machine } from "./machine.js";
import { parseOpChain } from "./opChain.js";
import { OUTPUTS_KEPT_MAX } from "./opLimits.js";
import { OUTPUT_TOPICS } from "./outputs.js";
import { ParentSender } from "./parentSender.js";
import { type OutputFinding, Verifier } from "./verifier.js";

const BATCH_BLOCKS = 1_000;
const BATCHES = OUTPUTS_KEPT_MAX / BATCH_BLOCKS + 1;
const addressAt = (seed: number): Hex => `0x${seed.toString(16).padStart(40, "0")}`;
const hashOf = (text: string): Hex => keccak256(toHex(text));
const hashAt = (number: number): Hex => hashOf(`block ${number}`);
const parentHashAt = (number: number): Hex => hashOf(`parent ${number}`);
const rootAt = (number: number): Hex => hashOf(`output ${number}`);
const word = (value: number): Hex => numberToHex(value, { size: 32 });

const chain = parseOpChain(
  JSON.stringify({
    ...{ version: 1, chainId: 2, parentChainId: 1, depth: 0, startBlock: 0, genesisSeconds: 1_000, outputBlocks: 1 },
    ...{ finalizationSeconds: 600, batchBytesMax: 100_000, baseFeeWei: "1000000" },
    ...{ coinbase: addressAt(1), batchInbox: addressAt(2), batcher: addressAt(3), proposer: addressAt(4) },
    challenger: addressAt(5),
    contracts: {
      ...{ superchainConfig: addressAt(6), systemConfig: addressAt(7), l2OutputOracle: addressAt(8) },
      ...{ optimismPortal: addressAt(9), l1CrossDomainMessenger: addressAt(10) },
    },
  }),
);

/** An RPC by a table of answers. */
function rpcOf(answer: (method: string, params: readonly unknown[]) => unknown): JsonRpc {
  return {
    url: "",
    async ask<Schema extends z.ZodType>(schema: Schema, method: string, ...params: readonly unknown[]) {
      return schema.parse(answer(method, params));
    },
  };
}

/** Makes a block of a known hash at once. */
function machineOf(): Machine {
  let made = 0;
  return {
    rpc: rpcOf(() => ({ hash: hashAt(0) })),
    exited: new Promise(() => undefined),
    async make({ input: { timestamp } }) {
      made += 1;
      return { number: made, hash: hashAt(made), stateRoot: hashAt(made), timestamp, transactions: [] };
    },
    outputRoot: async ({ number }) => rootAt(number),
    stop: async () => undefined,
  };
}

/** Odd blocks have a batch, even ones the outputs of the batch before. */
function answerParent(method: string, [first]: readonly unknown[]): unknown {
  if (method === "eth_blockNumber") return numberToHex(2 * BATCHES);
  if (method === "eth_getTransactionReceipt") return { status: "0x1", blockHash: first };
  if (method === "eth_getBlockByNumber") return blockAt(Number(first));
  const posted = Array.from({ length: BATCHES }, (_, batch) => batch).find((batch) =>
    JSON.stringify(first).includes(parentHashAt(2 * batch + 2)),
  );
  return posted === undefined ? [] : Array.from({ length: BATCH_BLOCKS }, (_, at) => logOf(posted * BATCH_BLOCKS + at));
}

function blockAt(number: number): unknown {
  const firstBlock = ((number - 1) / 2) * BATCH_BLOCKS + 1;
  const origin = { number: 0, hash: parentHashAt(0) };
  const block = { timestamp: 2_000, baseFeeWei: 1n, coinbase: addressAt(1), origin, transactions: [] };
  const isBatch = number % 2 === 1;
  const input = isBatch
    ? encodeBatch({
        first: firstBlock,
        before: hashAt(firstBlock - 1),
        blocks: Array.from({ length: BATCH_BLOCKS }, () => block),
      })
    : "0x";
  const to = isBatch ? chain.batchInbox : chain.contracts.l2OutputOracle;
  const transaction = { hash: parentHashAt(number), from: chain.batcher, to, input, transactionIndex: "0x0" };
  return {
    ...{ number: numberToHex(number), hash: parentHashAt(number), parentHash: parentHashAt(number - 1) },
    ...{ timestamp: numberToHex(2_000), baseFeePerGas: "0x1", transactions: [transaction] },
  };
}

function logOf(index: number): unknown {
  const topics = [OUTPUT_TOPICS[0], rootAt(index + 1), word(index), word(index + 1)];
  return { address: chain.contracts.l2OutputOracle, topics, data: word(2_000), logIndex: numberToHex(index) };
}

it("finds all outputs of a chain right that has more of them than a derivation remembers", async () => {
  const start = { number: 0, hash: parentHashAt(0), timestamp: 1_000, baseFeeWei: 1n };
  const derivation = await Derivation.begin(chain, machineOf(), start);
  const findings: OutputFinding[] = [];
  const parts = { chain, parent: rpcOf(answerParent), derivation, challenger: undefined };
  const verifier = new Verifier({ ...parts, onFinding: (finding) => findings.push(finding) });
  await verifier.round();
  expect(findings.filter(({ kind }) => kind !== "right")).toEqual([]);
  expect([findings.length, verifier.checked]).toEqual([BATCHES * BATCH_BLOCKS, BATCHES * BATCH_BLOCKS]);
  expect(derivation.outputAt(1)).toBeUndefined();
});

const lastState = { address: addressAt(11), silenceSeconds: 60 };
const FIXED_TOPIC = OUTPUT_TOPICS[2];

/** One block of a parent, in which this address told of a last state, and an output followed that no batch leads to. */
function leavingParent(fixedBy: Hex): JsonRpc {
  const fixed = { address: fixedBy, topics: [FIXED_TOPIC, word(0)], data: "0x", logIndex: "0x0" };
  return rpcOf((method, [first]) => {
    if (method === "eth_blockNumber") return "0x2";
    return method === "eth_getBlockByNumber" ? blockAt(Number(first)) : [fixed, logOf(0)];
  });
}

/** What a verifier with the challenger's key does at such a parent: its findings, and what it asked to send. */
async function verifyLeaving(fixedBy: Hex) {
  const start = { number: 1, hash: parentHashAt(1), timestamp: 2_000, baseFeeWei: 1n };
  const withExit = { ...chain, lastState };
  const derivation = await Derivation.begin(withExit, machineOf(), start);
  const asked: string[] = [];
  const sending = rpcOf((method) => {
    asked.push(method);
    throw new Error("sends");
  });
  const key: Hex = `0x${"11".repeat(32)}`;
  const challenger = new ParentSender({ rpc: sending, clock: systemClock, chainId: 1, key });
  const findings: OutputFinding[] = [];
  const parent = leavingParent(fixedBy);
  const onFinding = (finding: OutputFinding) => findings.push(finding);
  const round = new Verifier({ chain: withExit, parent, derivation, challenger, onFinding }).round();
  return { findings, asked, outcome: await round.then(() => "quiet", String) };
}

it("lets outputs behind a chain's last state stand: members leave by them", async () => {
  const { findings, asked, outcome } = await verifyLeaving(lastState.address);
  expect([asked, outcome]).toEqual([[], "quiet"]);
  expect(findings).toEqual([expect.objectContaining({ kind: "stands", why: "leaves", index: 0 })]);
});

it("believes nobody else that a chain has its last state", async () => {
  for (const stranger of [chain.contracts.l2OutputOracle, chain.contracts.optimismPortal]) {
    const { findings, asked, outcome } = await verifyLeaving(stranger);
    expect(findings).toEqual([]);
    expect([asked.length > 0, outcome]).toEqual([true, "Error: sends"]);
  }
});
