import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createChainReader, parseProfile, readSettlements } from "@cortensor/chain";
import { decodeSettlementSet } from "@cortensor/protocol";
import { createCortensor } from "@cortensor/sdk";
import { ROOT } from "../../scripts/run.mjs";
import { startOurs } from "../router/arms.mjs";
import { round } from "./spread.mjs";

/** Inferences by REST, and as many on each path by the chain, which take half a minute each. */
const TASKS = Number(process.env.BENCH_TASKS ?? 1_000);
const QUEUED = Number(process.env.BENCH_QUEUED ?? 3);
const CLIENTS = 50;
const PROMPT_BYTES = 1_024;
const MAX_TOKENS = 16;
/** A contract takes an answer that came to its end, and the engine says back what it was asked. */
const ORACLE = { promptBytes: 64, maxTokens: 64 };
const ANSWERED_MS = 120_000;
const SETTLED_MS = 180_000;
const LOOK_MS = 500;

const say = (line) => process.stderr.write(`${line}\n`);
const prompt = (name, bytes = PROMPT_BYTES) => `${name} ${"abc".repeat(bytes)}`.slice(0, bytes);
const bytesOf = (hex) => (hex.length - 2) / 2;

/**
 * Bytes that one inference puts on chain, by the transactions that a real network sends to a real chain: calldata, and what events say beside it.
 * Tasks of the queue and of contracts are settled like any other, so the settlement's share is theirs too. What nodes post by the epoch
 * (work records, prekeys, attestations) isn't an inference's.
 */
export async function measureChainBytes() {
  const env = { ROUTER_CHAIN_POLL: "200ms" };
  const network = await startOurs("at-once", { args: ["--guards", "0"], env });
  try {
    const profile = parseProfile(readFileSync(network.profile, "utf8"));
    const chain = createChainReader({ profile });
    const rest = await measureSettlement(network, chain);
    const paths = [];
    for (const [name, args, shape] of QUEUE_PATHS)
      paths.push(await measureQueued(network, chain, { name, args, rest, ...shape }));
    return [rest.figure, ...paths];
  } finally {
    await network.stop();
  }
}

const QUEUE_PATHS = [
  ["session queue, inline", (text) => ["queue", "enqueue", text, "--payload", "prompt"]],
  ["session queue, by CID", (text) => ["queue", "enqueue", text, "--payload", "cid"]],
  ["oracle", (text) => ["oracle", "request", text], ORACLE],
];

async function measureSettlement({ url, apiKey }, chain) {
  const client = createCortensor({ baseUrl: url, apiKey });
  const fromBlock = (await chain.client.getBlockNumber()) + 1n;
  let asked = 0;
  const run = async () => {
    while (asked < TASKS) {
      asked += 1;
      await untilAnswered(client, prompt(String(asked)));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, run));
  for (const endsAt = Date.now() + SETTLED_MS; ; await pause(LOOK_MS)) {
    const toBlock = await chain.client.getBlockNumber();
    const settlements = await readSettlements(chain, { fromBlock, toBlock });
    const sizes = await Promise.all(settlements.map(({ setCid }) => entriesOf(url, setCid)));
    const settled = sizes.reduce((sum, count) => sum + count, 0);
    if (settled >= TASKS) return restFigure(chain, settlements, settled);
    if (Date.now() > endsAt) throw new Error(`${settled} of ${TASKS} were settled within ${SETTLED_MS} ms`);
  }
}

/** Asks again where the router has no miner yet, or is too busy: what is counted is what was settled. */
async function untilAnswered(client, text) {
  for (const endsAt = Date.now() + ANSWERED_MS; ; await pause(LOOK_MS)) {
    try {
      return await client.complete(text, { maxTokens: MAX_TOKENS, temperature: 0 });
    } catch (error) {
      if (error.isRetryable !== true || Date.now() > endsAt) throw error;
    }
  }
}

async function entriesOf(url, setCid) {
  const response = await fetch(`${url}/api/v1/settlements/${setCid}`);
  return response.ok ? decodeSettlementSet(new Uint8Array(await response.arrayBuffer())).entries.length : 0;
}

async function restFigure(chain, settlements, inferences) {
  const sent = await bytesOfAll(chain, new Set(settlements.map(({ txHash }) => txHash)));
  const figure = {
    metric: "chain_bytes",
    text: "REST",
    value: round(sent.calldata / inferences),
    unit: "bytes",
    events: round(sent.events / inferences),
    inferences,
    settlements: settlements.length,
  };
  say(`  REST: ${figure.value} bytes of calldata an inference, ${inferences} in ${settlements.length} settlements`);
  return { figure, each: { calldata: sent.calldata / inferences, events: sent.events / inferences } };
}

/** Of one path by the chain: the transactions that name its tasks, or that made them. */
async function measureQueued(network, chain, of) {
  const { name, args, rest, promptBytes = PROMPT_BYTES, maxTokens = MAX_TOKENS } = of;
  const { sessionQueue, inferenceOracle } = chain.profile.addresses;
  const places = [sessionQueue, inferenceOracle].map((address) => address.toLowerCase());
  const fromBlock = (await chain.client.getBlockNumber()) + 1n;
  const taskIds = [];
  for (let at = 0; at < QUEUED; at += 1) {
    taskIds.push(await askOnChain(network, { args: args(prompt(`${name} ${at}`, promptBytes)), maxTokens }));
  }
  const toBlock = await chain.client.getBlockNumber();
  const hashes = new Set();
  for (let number = fromBlock; number <= toBlock; number += 1n) {
    const { transactions } = await chain.client.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { hash, to } of transactions) if (places.includes(to?.toLowerCase() ?? "")) hashes.add(hash);
  }
  const sent = await bytesOfAll(chain, hashes, (said) => taskIds.some((id) => said.includes(id.slice(2))));
  const value = round(sent.calldata / QUEUED + rest.each.calldata);
  say(
    `  ${name}: ${value} bytes of calldata an inference, ${sent.transactions / QUEUED} transactions beside its settlement`,
  );
  return {
    metric: "chain_bytes",
    text: name,
    value,
    unit: "bytes",
    events: round(sent.events / QUEUED + rest.each.events),
    ofSettlement: round(rest.each.calldata),
    transactions: round(sent.transactions / QUEUED),
    promptBytes,
    copies: 1,
    inferences: QUEUED,
  };
}

/** What these transactions carry, or those of them that say something: in their calldata, or in what they are answered by. */
async function bytesOfAll({ client }, hashes, isOurs = () => true) {
  const sum = { calldata: 0, events: 0, transactions: 0 };
  for (const hash of hashes) {
    const [{ input }, { logs }] = await Promise.all([
      client.getTransaction({ hash }),
      client.getTransactionReceipt({ hash }),
    ]);
    const words = logs.map(({ topics, data }) => [...topics, data].join(""));
    if (!isOurs([input, ...words].join("").toLowerCase())) continue;
    sum.calldata += bytesOf(input);
    sum.events += logs.reduce((bytes, { topics, data }) => bytes + 32 * topics.length + bytesOf(data), 0);
    sum.transactions += 1;
  }
  return sum;
}

/** Asks by the chain as its client does, and waits for the answer. */
function askOnChain({ home, account }, { args, maxTokens }) {
  const entry = path.join(ROOT, "packages/cli/bin/cortensor.mjs");
  const whose = ["--as", "operator", "--account", String(account), "--max-tokens", String(maxTokens)];
  const child = spawn(process.execPath, [entry, "--json", "--home", home, ...args, ...whose], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const said = text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      const result = said.findLast(({ event }) => event === "result");
      if (code === 0 && result !== undefined) resolve(result.taskId);
      else reject(new Error(`${args.slice(0, 2).join(" ")} ended with ${code}: ${text.slice(-500)}`));
    });
  });
}
