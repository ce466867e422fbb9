import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createCortensor } from "@cortensor/sdk";
import { ROOT } from "../../scripts/run.mjs";
import { startOurs } from "../router/arms.mjs";
import { median, round, spread } from "./spread.mjs";

const REPEATS = Number(process.env.BENCH_REPEATS ?? 5);
/** Clients of one sample, all at once: a sealed answer's frames leave at fixed steps, and what one waits for, another uses. */
const SESSIONS = Number(process.env.BENCH_SESSIONS ?? 50);
/** Of one session, one after another: what a session costs to begin is part of it. */
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 50);
const PROMPT_BYTES = 1_024;
const MAX_TOKENS = 32;

const say = (line) => process.stderr.write(`${line}\n`);

/**
 * Throughput of sealed sessions beside that of open ones: the same prompts by the same SDK, clients in a process of their own, one router, one
 * miner whose engine takes no time. Arms take turns, and begin in turns, so that a noisy machine is noisy for both.
 */
export async function measureSealed() {
  const network = await startOurs("at-once", { args: ["--guards", "0"] });
  const seen = { open: [], sealed: [] };
  try {
    const apiKeys = await makeKeys(network);
    // Prekeys must be on chain and known; and a compiler that still warms up would be measured instead.
    for (const privacy of ["sealed", "open"]) await ask(network, privacy, apiKeys.slice(0, 1));
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      const arms = repeat % 2 === 0 ? ["open", "sealed"] : ["sealed", "open"];
      for (const privacy of arms) {
        const result = await ask(network, privacy, apiKeys);
        seen[privacy].push(result);
        say(
          `  ${privacy}: ${result.perSecond.toFixed(1)}/s, p50 ${result.p50Ms.toFixed(1)} ms, ${result.failed} failed`,
        );
      }
    }
  } finally {
    await network.stop();
  }
  return sealedFigures(seen);
}

function sealedFigures(seen) {
  const arms = Object.fromEntries(
    Object.entries(seen).map(([name, results]) => {
      const rates = results.map(({ perSecond }) => perSecond);
      const latencies = results.map(({ p50Ms }) => p50Ms);
      const medians = { perSecond: round(median(rates)), p50Ms: round(median(latencies)) };
      return [name, { ...medians, spread: spread(rates) }];
    }),
  );
  const failed = Object.values(seen).flatMap((results) => results.map((one) => one.failed));
  const ratios = seen.sealed.map(({ perSecond }, at) => perSecond / seen.open[at].perSecond);
  const shape = { sessions: SESSIONS, requests: REQUESTS, promptBytes: PROMPT_BYTES, maxTokens: MAX_TOKENS };
  return [
    {
      metric: "sealed_ratio",
      value: round(arms.sealed.perSecond / arms.open.perSecond),
      unit: "ratio",
      atLeast: 0.9,
      spread: spread(ratios),
      arms,
      ...shape,
      repeats: REPEATS,
      suite: "x25519",
      engine: "scripted, at once",
    },
    { metric: "sealed_failed", value: failed.reduce((sum, count) => sum + count, 0), unit: "requests", atMost: 0 },
  ];
}

/** A key for each session: of one customer only a few assignments may wait for their envelopes, and fifty clients are as many customers. */
async function makeKeys({ url, account, home }) {
  const adminToken = readFileSync(path.join(home, "admin-token"), "utf8").trim();
  const admin = createCortensor({ baseUrl: url, adminToken });
  const keys = [];
  for (let session = 0; session < SESSIONS; session += 1) {
    keys.push((await admin.createKey({ account, name: `session ${session}` })).key);
  }
  return keys;
}

/** One sample, by clients in a process of their own. */
function ask({ url, profile }, privacy, apiKeys) {
  const shape = { privacy, requests: REQUESTS, promptBytes: PROMPT_BYTES, maxTokens: MAX_TOKENS };
  const child = spawn(process.execPath, [path.join(ROOT, "bench/data/askSessions.mjs")], {
    env: { ...process.env, ASK: JSON.stringify({ url, apiKeys, profile, ...shape }) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`clients of ${privacy} sessions ended with ${code}`));
    });
  });
}
