import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import path from "node:path";
import { ROOT } from "../../scripts/run.mjs";
import { load, startOurs, startPeers } from "./arms.mjs";

/**
 * The router beside its peers: same run, same load generator, same bytes a token; keys, holds, metering, receipts, Postgres with fsync and a
 * chain behind ours. Arms take turns within each repeat, so that a noisy machine is noisy for all. A request of ours counts only if its
 * receipt is acknowledged and verifies afterwards, in a fresh process.
 */
const REPEATS = Number(process.env.BENCH_REPEATS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const LOADS = {
  unary50: { connections: 50, stream: false, tokens: 16, pace: "at-once" },
  unary1: { connections: 1, stream: false, tokens: 16, pace: "at-once" },
  stream10: { connections: 10, stream: true, tokens: 100, pace: "in-turns" },
};

const isJson = process.argv.includes("--json");
const say = (line) => process.stderr.write(`${line}\n`);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Share of our answers whose receipt verifies; asks for at most a bounded sample of very long runs. */
const VERIFY_MAX = 200_000;
async function verifiedShare(ours, tasks) {
  const step = Math.max(1, Math.ceil(tasks.length / VERIFY_MAX));
  const asked = tasks.filter((_, index) => index % step === 0);
  const child = spawn(process.execPath, [path.join(ROOT, "bench/router/verify.mjs"), ours.url, ours.profile], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(asked.join("\n"));
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  await new Promise((resolve) => child.once("close", resolve));
  const { verified } = JSON.parse(text);
  say(`  receipts: ${verified} of ${asked.length} asked verify (${tasks.length} answers)`);
  return asked.length === 0 ? 0 : verified / asked.length;
}

/** Every arm serves this before it is measured: a compiler that still warms up would be measured instead. */
const WARM_SECONDS = 4;
const warm = (arm) => load(arm, { ...LOADS.unary50, seconds: WARM_SECONDS });

/** Runs one load on every arm, in turns. Returns each arm's repeats. */
async function runLoad(name, { peers, ours }) {
  const spec = LOADS[name];
  const seen = {};
  const tasks = [];
  for (const arm of [...peers.arms, ours]) await load(arm, { ...spec, seconds: 1 });
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    for (const arm of [...peers.arms, ours]) {
      const result = await load(arm, { ...spec, seconds: SECONDS });
      if (arm === ours) tasks.push(...result.tasks);
      seen[arm.name] = [...(seen[arm.name] ?? []), result];
      say(
        `  ${name} ${arm.name}: ${result.perSecond.toFixed(0)}/s, p50 ${result.p50Us} µs, p99 ${result.p99Us} µs, ${result.failed} failed, ${result.events} events`,
      );
    }
  }
  seen.verified = await verifiedShare(ours, tasks);
  return seen;
}

/** Our network runs for all loads of one pace, as the peers do for all of theirs. */
async function runLoads(peers) {
  const seen = {};
  for (const pace of new Set(Object.values(LOADS).map((spec) => spec.pace))) {
    const ours = await startOurs(pace);
    try {
      await warm(ours);
      for (const name of Object.keys(LOADS)) {
        if (LOADS[name].pace === pace) seen[name] = await runLoad(name, { peers, ours });
      }
    } finally {
      await ours.stop();
    }
  }
  return seen;
}

const rate = (results, weight = 1) => median(results.map(({ perSecond }) => perSecond)) * weight;
const spread = (results) => {
  const values = results.map(({ perSecond }) => perSecond);
  return [Math.min(...values), Math.max(...values)].map((value) => Math.round(value));
};

const peers = await startPeers();
let seen;
try {
  for (const arm of peers.arms) await warm(arm);
  seen = await runLoads(peers);
} finally {
  await peers.stop();
}

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "cpu"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
const { unary50, unary1, stream10 } = seen;
const perSecond = (all, weight) =>
  Object.fromEntries(
    Object.entries(all)
      .filter(([, results]) => Array.isArray(results))
      .map(([name, results]) => [name, { median: Math.round(rate(results, weight)), spread: spread(results) }]),
  );
const added = (all, name) => median(all[name].map(({ p50Us }) => p50Us)) - median(all.direct.map(({ p50Us }) => p50Us));
const chunks = (results) => median(results.map(({ events, seconds }) => events / seconds));
const rows = [
  {
    metric: "unary50_ratio",
    value: (rate(unary50.cortensor) * unary50.verified) / rate(unary50.portkey),
    must: 8,
    arms: perSecond(unary50),
    verified: unary50.verified,
  },
  {
    metric: "unary1_latency_ratio",
    value: added(unary1, "cortensor") / added(unary1, "portkey"),
    must: 0.35,
    addedUs: { cortensor: added(unary1, "cortensor"), portkey: added(unary1, "portkey"), bare: added(unary1, "bare") },
    verified: unary1.verified,
  },
  {
    metric: "stream10_ratio",
    value: (chunks(stream10.cortensor) * stream10.verified) / chunks(stream10.portkey),
    must: 4,
    chunksPerSecond: Object.fromEntries(
      ["direct", "bare", "portkey", "cortensor"].map((name) => [name, Math.round(chunks(stream10[name]))]),
    ),
    streamsPerSecond: perSecond(stream10),
    verified: stream10.verified,
  },
  {
    metric: "floor_ratio",
    value: (rate(unary50.cortensor) * unary50.verified) / rate(unary50.bare),
    must: 0.8,
  },
].map((row) => ({
  bench: "router",
  unit: "ratio",
  ...row,
  value: Number(row.value.toFixed(3)),
  repeats: REPEATS,
  seconds: SECONDS,
  commit,
  machine,
}));

const lines = rows.map((row) => JSON.stringify(row)).join("\n");
if (isJson) process.stdout.write(`${lines}\n`);
else for (const { metric, value, must } of rows) process.stdout.write(`${metric}  ${value}  (must ${must})\n`);
mkdirSync(path.join(ROOT, "bench/results"), { recursive: true });
writeFileSync(path.join(ROOT, "bench/results/router.jsonl"), `${lines}\n`);
