import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  adversariesFor,
  HONEST,
  linePlot,
  randomWorld,
  readEvidence,
  runWorld,
  stakeNeeded,
  steadyNetwork,
  TEXTS,
  trustThenCheat,
  washTradeLoss,
  worldConfig,
} from "@cortensor/sim";
import { ROOT } from "../../scripts/run.mjs";
import { report } from "../report.mjs";

/**
 * What the simulated network says of stakes, audits and their cost, with what `bench -- proof` measured of the check. Every figure is a
 * function of its seeds. Pictures lie beside the results.
 */
const EVIDENCE = process.env.BENCH_EVIDENCE ?? "bench/results/proof.jsonl";
const SEEDS = Number(process.env.BENCH_SEEDS ?? 20);
const VIOLATION_SEEDS = Number(process.env.BENCH_VIOLATION_SEEDS ?? 500);
const HOURS = Number(process.env.BENCH_HOURS ?? 1);
const SPEED_HOURS = Number(process.env.BENCH_SPEED_HOURS ?? 4);

const say = (line) => process.stderr.write(`${line}\n`);
const round = (value) => Number(value.toPrecision(4));
const file = path.resolve(ROOT, EVIDENCE);
if (!existsSync(file)) {
  say(`${EVIDENCE} is missing: npm run bench -- proof --json > ${EVIDENCE}`);
  process.exit(1);
}
const evidence = readEvidence(readFileSync(file, "utf8"), EVIDENCE);
const figures = [];
const violations = [];
say(`evidence: ${evidence.source}`);

figures.push(measureSpeed());
measureViolations();
for (const text of TEXTS) {
  measureSteady(text);
  measureStakes(text);
}
figures.push({
  metric: "wash_trade_profit",
  value: -washTradeLoss(),
  unit: "share of each fee",
  atMost: 0,
  says: "a client whose own miner serves it",
});
figures.push({ metric: "violations", value: violations.length, unit: "broken", atMost: 0, seeds: VIOLATION_SEEDS });
for (const what of violations.slice(0, 20)) say(what);
report("sim", figures);

/** Time of the processor, so that others on the machine don't count; and of the clock beside it. */
function measureSpeed() {
  const config = worldConfig({
    seed: 1,
    evidence,
    hours: SPEED_HOURS,
    miners: [
      { count: 30, strategy: HONEST, stakeFees: 1_000, seasonedAudits: 1_000 },
      { count: 2, strategy: trustThenCheat([...evidence.texts.rich.cheats.keys()][0]), stakeFees: 200 },
    ],
  });
  runWorld(worldConfig({ ...config, hours: 0.2 }));
  const [startedMs, began] = [performance.now(), process.cpuUsage()];
  const { events, world, violations: found } = runWorld(config);
  const { user, system } = process.cpuUsage(began);
  violations.push(...found);
  const wallSeconds = (performance.now() - startedMs) / 1_000;
  return {
    metric: "events_per_second",
    value: Math.round(events / ((user + system) / 1e6)),
    unit: "events/s of one core's time",
    atLeast: 200_000,
    events,
    tasks: world.tasks.length,
    miners: world.miners.length,
    wallPerSecond: Math.round(events / wallSeconds),
  };
}

function measureViolations() {
  for (let seed = 0; seed < VIOLATION_SEEDS; seed += 1) {
    violations.push(...runWorld(randomWorld(seed, evidence)).violations.map((what) => `seed ${seed}: ${what}`));
  }
}

function measureSteady(text) {
  if (evidence.texts[text].falseAlarms.length === 0) return;
  const steady = steadyNetwork({ evidence, text, seeds: SEEDS, hours: HOURS });
  violations.push(...steady.violations);
  const { overhead, tasks, checks, reputation, suspects, slashed, withheld } = steady;
  const facts = { text, tasks, seeds: SEEDS, source: evidence.source };
  figures.push({
    metric: "network_overhead",
    value: round(overhead),
    unit: "checking ÷ generation",
    atMost: 0.03,
    auditRate: round(checks / tasks),
    reputation: round(reputation),
    checkRatios: evidence.checkRatios,
    ...facts,
  });
  figures.push({
    metric: "honest_slashes_per_million",
    value: (slashed.count / tasks) * 1e6,
    unit: "of a million tasks",
    atMost: 1,
    highest95: round(slashed.high * 1e6),
    suspectsPerMillionChecks: Math.round((suspects.count / suspects.of) * 1e6),
    withheld,
    ...facts,
  });
}

/** The cheats that are found at all on this text; what is found in none of its windows is said by name, with no stake. */
function measureStakes(text) {
  const { cheats } = evidence.texts[text];
  if (cheats.size === 0) return;
  const ranked = [...cheats].sort(([, left], [, right]) => left.at(-1).low - right.at(-1).low);
  const leastFound = ranked.find(([, windows]) => windows.at(-1).low > 0.2)?.[0] ?? ranked.at(-1)[0];
  const lines = [];
  for (const adversary of adversariesFor([...cheats.keys()], leastFound)) {
    const swept = stakeNeeded(adversary, { evidence, text, seeds: SEEDS, hours: HOURS });
    violations.push(...swept.violations);
    say(`  ${text}, ${swept.adversary}: ${swept.stakeFees ?? "none"}`);
    lines.push({ name: swept.adversary, points: swept.points.map(({ stakeFees: x, profitFees: y }) => ({ x, y })) });
    const windows = cheats.get(adversary.strategy.cheat) ?? [];
    figures.push({
      metric: "stake_needed",
      value: swept.stakeFees ?? null,
      unit: "typical fees",
      adversary: swept.adversary,
      text,
      isDeterred: swept.stakeFees !== undefined,
      detection: windows.map(({ tokens, share, low }) => ({ tokens, share: round(share), low: round(low) })),
      points: swept.points.map((point) =>
        Object.fromEntries(Object.entries(point).map(([key, value]) => [key, round(value)])),
      ),
      seeds: SEEDS,
      source: evidence.source,
    });
  }
  const svg = linePlot({
    title: `What cheating brings, by the stake behind it (${text} text)`,
    xLabel: "stake, typical fees",
    yLabel: "profit over an hour, typical fees; cut off at ±400",
    lines,
    isLogarithmic: true,
    yMost: 400,
    yLeast: -400,
  });
  mkdirSync(path.join(ROOT, "bench", "results"), { recursive: true });
  writeFileSync(path.join(ROOT, "bench", "results", `sim-stakes-${text}.svg`), svg);
}
