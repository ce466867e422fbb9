import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createCortensor } from "@cortensor/sdk";
import { ROOT } from "../../scripts/run.mjs";
import { median, round, spread } from "../data/spread.mjs";

/** Sessions that ask at once, and what each asks in turn; they are shared out over the layers of an arm. */
const SESSIONS = Number(process.env.BENCH_SESSIONS ?? 24);
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 50);
const REPEATS = Number(process.env.BENCH_REPEATS ?? 3);
const PROMPT_BYTES = 1_024;
const MAX_TOKENS = 32;
const L2_CHAIN_ID = 31_402;
const L3_CHAIN_IDS = [41_001, 41_002];
const LOOK_MS = 100;
const SETTLED_MS_MAX = 120_000;

const say = (line) => process.stderr.write(`${line}\n`);

/**
 * Inferences that were asked, answered and settled on chain, a second: with an L2 alone, and with one and two L3s that take their share of the same load. Then all of
 * the load on an L3 beside all of it on the L2, in the open and sealed, in turns. An engine that takes no time leaves what the layers cost.
 */
export async function measureThroughput() {
  const layers = [];
  const figures = [];
  try {
    for (const chainId of [L2_CHAIN_ID, ...L3_CHAIN_IDS]) {
      layers.push(await startLayer({ chainId, isPrivate: chainId !== L2_CHAIN_ID }));
      figures.push(settledFigure(layers, await sampleTimes(() => askAll(layers))));
    }
    const [l2, l3] = layers;
    const arms = {
      open: () => askAll([l2]),
      sealed: () => askAll([{ ...l2, privacy: "sealed", name: "L2 sealed" }]),
      l3: () => askAll([l3]),
    };
    const seen = { open: [], sealed: [], l3: [] };
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      const names = repeat % 2 === 0 ? Object.keys(arms) : Object.keys(arms).toReversed();
      for (const name of names) seen[name].push(await arms[name]());
    }
    return [
      ...figures,
      overheadFigure("l3_to_l2_sealed", seen.l3, seen.sealed),
      overheadFigure("l3_to_l2_open", seen.l3, seen.open),
    ];
  } finally {
    for (const layer of layers.toReversed()) await layer.stop();
  }
}

async function sampleTimes(sample) {
  const samples = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) samples.push(await sample());
  return samples;
}

const shape = () => ({
  ...{ sessions: SESSIONS, requests: REQUESTS, promptBytes: PROMPT_BYTES, maxTokens: MAX_TOKENS },
  ...{ repeats: REPEATS, cores: cpus().length, engine: "scripted, at once" },
});

function settledFigure(layers, samples) {
  const rates = samples.map(({ settledPerSecond }) => settledPerSecond);
  return {
    metric: "settled_per_second",
    value: round(median(rates)),
    unit: "inferences/s",
    text: layers.length === 1 ? "L2 alone" : `L2 and ${layers.length - 1} L3`,
    spread: spread(rates),
    askedPerSecond: round(median(samples.map(({ askedPerSecond }) => askedPerSecond))),
    failed: samples.reduce((sum, { failed }) => sum + failed, 0),
    ...shape(),
  };
}

/** What the L3 settles a second to what the L2 does. */
function overheadFigure(metric, l3, l2) {
  const ratios = l3.map(({ settledPerSecond }, at) => settledPerSecond / l2[at].settledPerSecond);
  const rateOf = (samples) => round(median(samples.map(({ settledPerSecond }) => settledPerSecond)));
  return {
    ...{ metric, value: round(median(ratios)), unit: "ratio", spread: spread(ratios) },
    ...{ l3PerSecond: rateOf(l3), l2PerSecond: rateOf(l2), ...shape() },
  };
}

/** One sample: the load shared out over these layers, until all of it stands settled on their chains. */
async function askAll(layers) {
  const asked = layers.map(
    (_, at) => Math.floor((SESSIONS * (at + 1)) / layers.length) - Math.floor((SESSIONS * at) / layers.length),
  );
  const startedMs = performance.now();
  const results = await Promise.all(layers.map((layer, at) => askLayer(layer, layer.apiKeys.slice(0, asked[at]))));
  const askedSeconds = (performance.now() - startedMs) / 1_000;
  await Promise.all(layers.map(untilSettled));
  const seconds = (performance.now() - startedMs) / 1_000;
  const answered = results.reduce((sum, one) => sum + one.answered, 0);
  const failed = results.reduce((sum, one) => sum + one.failed, 0);
  const sample = { failed, settledPerSecond: answered / seconds, askedPerSecond: answered / askedSeconds };
  say(
    `  ${layers.map(({ name }) => name).join(", ")}: ${sample.settledPerSecond.toFixed(1)} settled/s, ${failed} failed`,
  );
  return sample;
}

async function untilSettled({ url }) {
  const client = createCortensor({ baseUrl: url });
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const { receipts, settledReceipts } = (await client.network()).totals;
    if (settledReceipts === receipts) return;
    if (waitedMs > SETTLED_MS_MAX)
      throw new Error(`${receipts - settledReceipts} of ${receipts} receipts aren't settled`);
    await pause(LOOK_MS);
  }
}

/** A layer's processes, and a key for each session: of one customer only a few assignments may wait for their envelopes. */
async function startLayer({ chainId, isPrivate }) {
  const child = spawn(process.execPath, [path.join(ROOT, "bench/layers/oneLayer.mjs")], {
    env: { ...process.env, LAYER: JSON.stringify({ chainId, isPrivate }) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const { home, ...ready } = await printed(child, `layer ${chainId}`);
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  const { url, adminToken, account } = ready;
  const admin = createCortensor({ baseUrl: url, adminToken });
  const apiKeys = [];
  // A session that was just opened is known to its router within a moment.
  for (let tries = 0; apiKeys.length < SESSIONS; tries += 1) {
    const made = await admin.createKey({ account, name: `session ${apiKeys.length}` }).catch((error) => error);
    if (!(made instanceof Error)) apiKeys.push(made.key);
    else if (tries * LOOK_MS > SETTLED_MS_MAX) throw made;
    else await pause(LOOK_MS);
  }
  const layer = {
    ...ready,
    apiKeys,
    stop,
    name: isPrivate ? `L3 ${chainId}` : "L2",
    privacy: isPrivate ? "sealed" : "open",
  };
  // Prekeys must be on chain and known; and a compiler that still warms up would be measured instead.
  const warm = isPrivate ? ["sealed"] : ["sealed", "open"];
  for (const privacy of warm) await askLayer({ ...layer, privacy }, apiKeys.slice(0, 2));
  await untilSettled(layer);
  return layer;
}

/** Clients of a layer, in a process of their own. */
function askLayer({ url, profile, privacy, name }, apiKeys) {
  const ask = { url, apiKeys, profile, privacy, requests: REQUESTS, promptBytes: PROMPT_BYTES, maxTokens: MAX_TOKENS };
  const child = spawn(process.execPath, [path.join(ROOT, "bench/data/askSessions.mjs")], {
    env: { ...process.env, ASK: JSON.stringify(ask) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return printed(child, `clients of ${name}`);
}

/** The one JSON object that a program prints. */
function printed(child, what) {
  let text = "";
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const parsed = parsedLine(text);
      if (parsed !== undefined) resolve(parsed);
    });
    child.once("close", (code) => {
      const parsed = parsedLine(`${text}\n`);
      if (parsed === undefined) reject(new Error(`${what} ended with ${code}`));
      else resolve(parsed);
    });
  });
}

function parsedLine(text) {
  const line = text
    .split("\n")
    .slice(0, -1)
    .find((one) => one.startsWith("{"));
  return line === undefined ? undefined : JSON.parse(line);
}
