import { readFileSync } from "node:fs";
import path from "node:path";
import { createCortensor } from "@cortensor/sdk";
import { startOurs } from "../router/arms.mjs";
import { askAsClients } from "./askAsClients.mjs";
import { processSeconds, secondsBetween } from "./processSeconds.mjs";
import { median, round, spread } from "./spread.mjs";

/** Of one session, one after another: what a session costs to begin is part of it. */
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 50);
const PROMPT_BYTES = 1_024;
const MAX_TOKENS = 32;
/**
 * An engine that takes no time leaves what stands around it: the worst case. Its sessions ask all at once: a sealed answer's frames leave at fixed steps, and what one
 * waits for, another uses. The embedded model is what a network of the smallest miners does.
 */
const ENGINES = [
  { metric: "sealed_ratio", engine: "scripted, at once", pace: "at-once", sessions: 50, repeats: 5 },
  { metric: "sealed_model_ratio", engine: "the embedded model", pace: undefined, sessions: 8, repeats: 3 },
];
const ONLY = process.env.BENCH_ENGINE;

const say = (line) => process.stderr.write(`${line}\n`);

/** Throughput of sealed sessions beside that of open ones, by each engine; and how many requests failed in all. */
export async function measureSealed() {
  const figures = [];
  let failed = 0;
  for (const { pace, ...one } of ENGINES) {
    if (ONLY !== undefined && ONLY !== (pace ?? "model")) continue;
    const sessions = Number(process.env.BENCH_SESSIONS ?? one.sessions);
    const repeats = Number(process.env.BENCH_REPEATS ?? one.repeats);
    const seen = await measureArms({ pace, sessions, repeats });
    failed += Object.values(seen).reduce(
      (sum, results) => sum + results.reduce((all, { failed }) => all + failed, 0),
      0,
    );
    figures.push(ratioFigure(seen, { ...one, sessions, repeats }));
  }
  return [...figures, { metric: "sealed_failed", value: failed, unit: "requests", atMost: 0 }];
}

/**
 * The same prompts by the same SDK, clients in a process of their own, one router, one miner. Arms take turns, and begin in turns, so that a noisy machine is noisy
 * for both.
 */
async function measureArms({ pace, sessions, repeats }) {
  const network = await startOurs(pace, { args: ["--guards", "0"] });
  const seen = { open: [], sealed: [] };
  try {
    const apiKeys = await makeKeys(network, sessions);
    // Prekeys must be on chain and known; and a compiler that still warms up would be measured instead.
    for (const privacy of ["sealed", "open"]) await ask(network, privacy, apiKeys.slice(0, 1));
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const arms = repeat % 2 === 0 ? ["open", "sealed"] : ["sealed", "open"];
      for (const privacy of arms) {
        const before = processSeconds(network.pid);
        const result = await ask(network, privacy, apiKeys);
        const worked = secondsBetween(before, processSeconds(network.pid));
        seen[privacy].push({ ...result, worked: { ...worked, clients: result.cpuSeconds } });
        say(
          `  ${privacy}: ${result.perSecond.toFixed(1)}/s, p50 ${result.p50Ms.toFixed(1)} ms, ${result.failed} failed`,
        );
      }
    }
  } finally {
    await network.stop();
  }
  return seen;
}

function ratioFigure(seen, shape) {
  const { metric, ...rest } = shape;
  const arms = Object.fromEntries(Object.entries(seen).map(([name, results]) => [name, armOf(results)]));
  const ratios = seen.sealed.map(({ perSecond }, at) => perSecond / seen.open[at].perSecond);
  return {
    metric,
    value: round(arms.sealed.perSecond / arms.open.perSecond),
    unit: "ratio",
    atLeast: 0.9,
    spread: spread(ratios),
    arms,
    ...rest,
    ...{ requests: REQUESTS, promptBytes: PROMPT_BYTES, maxTokens: MAX_TOKENS, suite: "x25519" },
  };
}

/** `cpuMs`: what one request cost each process, in milliseconds of a core. */
function armOf(results) {
  const rates = results.map(({ perSecond }) => perSecond);
  const answered = results.reduce((sum, one) => sum + one.answered, 0);
  const names = [...new Set(results.flatMap(({ worked }) => Object.keys(worked)))];
  const msOf = (name) => (results.reduce((sum, { worked }) => sum + (worked[name] ?? 0), 0) * 1_000) / answered;
  const cpuMs = Object.fromEntries(names.map((name) => [name, round(msOf(name), 2)]));
  return {
    perSecond: round(median(rates)),
    p50Ms: round(median(results.map(({ p50Ms }) => p50Ms))),
    spread: spread(rates),
    cpuMs,
  };
}

/** A key of the operator's own session for each: of one customer only a few assignments may wait for their envelopes, and there each key is one. */
async function makeKeys({ url, account, home }, sessions) {
  const adminToken = readFileSync(path.join(home, "admin-token"), "utf8").trim();
  const admin = createCortensor({ baseUrl: url, adminToken });
  const keys = [];
  for (let session = 0; session < sessions; session += 1) {
    keys.push((await admin.createKey({ account, name: `session ${session}` })).key);
  }
  return keys;
}

/** One sample. */
function ask({ url, profile }, privacy, apiKeys) {
  const shape = { requests: REQUESTS, promptBytes: PROMPT_BYTES, maxTokens: MAX_TOKENS };
  return askAsClients({ url, profile, privacy, apiKeys, ...shape });
}
