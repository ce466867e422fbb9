import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import path from "node:path";
import { createCortensor } from "@cortensor/sdk";
import { ROOT } from "../../scripts/run.mjs";
import { countSpent } from "./count.mjs";
import { startOperator } from "./operator.mjs";
import { ask, questionOf } from "./spend.mjs";

/**
 * Whether anything leads a key over its budget, or a session over its allotment: so many requests at once, over two routers on one Postgres,
 * of which one is killed when half of those that the budget could hold are answered, and started again. Whoever was cut off asks the other.
 * Afterwards both are asked until neither serves any more, so that nothing is left that a lost slice could hide.
 */
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 1_000);
/** What is contested: a key's budget, a session's allotment. */
const BOUNDS = (process.env.BENCH_BOUNDS ?? "key,session").split(",");
/** Part of all requests that the budget has a largest fee for, roughly: more are refused at first, and the rest is used up afterwards. */
const HELD = 0.6;
/** Requests of one round after the restart, and rounds at most. */
const ROUND = 40;
const ROUNDS_MAX = 200;
/** Longest wait for miners to offer what they hold, and to be seen. */
const BACK_MS = 60_000;
const LOOK_MS = 100;
const COR = 10n ** 18n;

const isJson = process.argv.includes("--json");
const say = (line) => process.stderr.write(`${line}\n`);
const tally = (outcomes) => {
  const counts = {};
  for (const { kind, code } of outcomes) {
    const name = kind === "failed" ? `failed ${code}` : kind;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

async function until(what, look) {
  for (const endsAt = Date.now() + BACK_MS; Date.now() < endsAt; ) {
    if (await look().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`there was no ${what} within ${BACK_MS} ms`);
}

const served = ({ client }) => until("miner", async () => (await client.network()).miners.length === 2);

/** What is held for such a question on average, as both routers quote it. */
async function meanHoldWei(operator) {
  const depositWei = 10n * COR;
  const account = await operator.openAccount(depositWei);
  const apiKey = await keyOf(operator, { account, depositWei });
  const quotes = await Promise.all(
    Array.from({ length: ROUND }, (_, index) => {
      const client = createCortensor({ baseUrl: operator.routers[index % 2].url, apiKey });
      const { messages, ...options } = questionOf(index);
      return client.quote({ messages }, { ...options, denomination: "cor" });
    }),
  );
  return quotes.reduce((sum, { wei }) => sum + wei, 0n) / BigInt(ROUND);
}

/** A key, as soon as both routers have seen all that its session may spend. */
async function keyOf({ routers }, { depositWei, ...request }) {
  let made;
  await until("session on the router", async () => {
    made ??= await routers[0].client.createKey({ name: "overspend", ...request });
    const lanes = routers.map(({ url }) => createCortensor({ baseUrl: url, apiKey: made.key }).lane());
    return (await Promise.all(lanes)).every(({ allotmentWei }) => allotmentWei === depositWei);
  });
  return made.key;
}

/** One run against one bound: a key's budget, or a session's allotment. */
async function overspend(operator, { bound, holdWei }) {
  const budgetWei = BigInt(Math.round(REQUESTS * HELD)) * holdWei + holdWei / 2n;
  const depositWei = bound === "session" ? budgetWei : 10n * budgetWei;
  const account = await operator.openAccount(depositWei);
  const apiKey = await keyOf(operator, { account, depositWei, ...(bound === "key" ? { budgetWei } : {}) });
  const [first, second] = operator.routers;
  const killAt = Math.round((REQUESTS * HELD) / 2);
  let answered = 0;
  let killed;
  const count = (outcome) => {
    if (outcome.kind === "answered") answered += 1;
    if (answered >= killAt) killed ??= second.kill();
    return outcome;
  };
  const outcomes = await Promise.all(
    Array.from({ length: REQUESTS }, async (_, index) => {
      const outcome = count(await ask(operator.routers[index % 2].url, { apiKey, index }));
      if (outcome.kind !== "cut") return [outcome];
      return [outcome, count(await ask(first.url, { apiKey, index }))];
    }),
  );
  if (killed === undefined) throw new Error(`half of the budget never came: ${JSON.stringify(tally(outcomes.flat()))}`);
  await killed;
  await second.restart();
  await Promise.all(operator.routers.map(served));
  const more = await askUntilRefused(operator, apiKey);
  const all = [...outcomes.flat(), ...more];
  const taskIds = all.filter(({ kind }) => kind === "answered").map(({ taskId }) => taskId);
  const spent = await countSpent(operator, { account, taskIds });
  const most = [spent.booksWei, spent.receiptsWei, spent.chainWei].reduce((a, b) => (a > b ? a : b));
  say(`  ${bound}: ${JSON.stringify(tally(all))}, ${spent.receipts} receipts, ${most} of ${budgetWei} wei`);
  const sums = [spent.booksWei, spent.receiptsWei, spent.chainWei];
  if (sums.some((sum) => sum !== most) || spent.invalid > 0)
    throw new Error(
      `books, receipts and chain disagree: ${sums.join(", ")} wei, ${spent.invalid} receipts don't verify`,
    );
  return {
    overWei: most > budgetWei ? most - budgetWei : 0n,
    arm: {
      bound,
      requests: tally(outcomes.flat()),
      afterRestart: tally(more),
      budgetWei: String(budgetWei),
      leftWei: String(budgetWei - most),
      holdWei: String(holdWei),
      ...Object.fromEntries(
        Object.entries(spent).map(([name, value]) => [name, typeof value === "bigint" ? String(value) : value]),
      ),
    },
  };
}

/** Both routers, until a whole round was refused. */
async function askUntilRefused({ routers }, apiKey) {
  const all = [];
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const outcomes = await Promise.all(
      Array.from({ length: ROUND }, (_, index) => ask(routers[index % 2].url, { apiKey, index: round + index })),
    );
    all.push(...outcomes);
    if (outcomes.every(({ kind }) => kind === "refused")) return all;
  }
  throw new Error(`${ROUNDS_MAX} rounds didn't use the budget up: ${JSON.stringify(tally(all))}`);
}

const operator = await startOperator();
let runs;
try {
  await Promise.all(operator.routers.map(served));
  const holdWei = await meanHoldWei(operator);
  runs = [];
  for (const bound of BOUNDS) runs.push(await overspend(operator, { bound, holdWei }));
} finally {
  await operator.stop();
}
const row = {
  bench: "overspend",
  metric: "units",
  value: Number(runs.reduce((sum, { overWei }) => sum + overWei, 0n)),
  unit: "wei",
  must: 0,
  requests: REQUESTS,
  arms: runs.map(({ arm }) => arm),
  commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim(),
  machine: `${cpus().length} × ${cpus()[0]?.model ?? "cpu"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
};
const line = JSON.stringify(row);
process.stdout.write(isJson ? `${line}\n` : `units  ${row.value} wei over budget  (must 0)\n`);
// A result of record is of the whole count.
if (REQUESTS === 1_000 && BOUNDS.length === 2) {
  mkdirSync(path.join(ROOT, "bench/results"), { recursive: true });
  appendFileSync(path.join(ROOT, "bench/results/overspend.jsonl"), `${line}\n`);
}
process.exit(row.value === 0 ? 0 : 1);
