import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ratioInterval, readEvidence, sameNetwork, spanOf, steadyNetwork } from "@cortensor/sim";
import { ROOT } from "../../scripts/run.mjs";
import { report } from "../report.mjs";
import { prefillSpeedupOf } from "./ownEngines.mjs";
import { runNetwork } from "./runNetwork.mjs";

/**
 * What checking costs beside generation: in a network that really runs, in simulations of the same one, and in one where everybody has a name. `--minutes` says how long it
 * runs (25), `--keep <folder>` leaves its home there for an audit.
 */
const MINUTES = Number(optionOf("--minutes") ?? 25);
const KEEP = optionOf("--keep");
const EVIDENCE = "bench/results/proof.jsonl";
const TEXT = "rich";
const EPOCH_SECONDS = 30;
const OVERHEAD_MAX = 0.03;
/** Checks of an epoch are made in the next: neighbours belong together. */
const BOOTSTRAP = { blockLength: 3, resamples: 10_000, seed: 25 };
const SEEDS_SHORT = 400;
const SEEDS_DAY = 20;
const STEADY_SEEDS = 4;
const DAY_HOURS = 24;

const say = (line) => process.stderr.write(`${line}\n`);
const round = (value) => Number(value.toPrecision(4));
const evidence = readEvidence(readFileSync(path.join(ROOT, EVIDENCE), "utf8"), EVIDENCE);
const home = KEEP ?? mkdtempSync(path.join(tmpdir(), "cortensor-bench-overhead-"));
try {
  const epochs = Math.round((MINUTES * 60) / EPOCH_SECONDS);
  const seen = await runNetwork({ home, epochs, say });
  // Simulating takes minutes: what was measured is safe before.
  writeFileSync(path.join(home, "measured.json"), JSON.stringify(seen));
  report("overhead", figuresOf(seen));
} finally {
  if (KEEP === undefined) rmSync(home, { recursive: true, force: true });
}

function figuresOf(seen) {
  const { parts, duties, costs, works } = seen;
  const real = ratioInterval(parts, BOOTSTRAP);
  const sum = (rows, read) => rows.reduce((total, row) => total + read(row), 0);
  const answers = sum(works, ({ answer }) => answer);
  const auditRate = sum(duties, ({ tasks, ratePpm }) => tasks * ratePpm) / sum(duties, ({ tasks }) => tasks) / 1e6;
  const facts = {
    ...{ minutes: MINUTES, miners: seen.miners, validators: seen.validators, auditRate: round(auditRate) },
    ...{ tasks: sum(duties, ({ tasks }) => tasks), drawn: sum(duties, ({ drawn }) => drawn) },
    ...{ done: sum(duties, ({ done }) => done), failed: seen.failed.length, missed: seen.missed },
    checkRatio: round(sum(costs, ({ check }) => check) / sum(costs, ({ generation }) => generation)),
    ownChecks: costs.length,
    networkTasks: round(sum(works, ({ networkTask }) => networkTask) / answers),
    probes: round(sum(works, ({ probe }) => probe) / answers),
  };
  for (const failure of seen.failed.slice(0, 5)) say(`failed: ${failure}`);
  const rows = [rowOf("network_overhead_real", real, facts)];
  for (const [metric, hours, seeds] of [
    ["network_overhead_simulated", MINUTES / 60, SEEDS_SHORT],
    ["network_overhead_simulated_day", DAY_HOURS, SEEDS_DAY],
  ]) {
    const simulated = simulate(seen, { hours, seeds });
    const isWithin = simulated.low <= real.high && real.low <= simulated.high;
    say(`${metric}: ${round(simulated.value)} (${round(simulated.low)} to ${round(simulated.high)})`);
    rows.push({
      ...rowOf(metric, simulated, { hours: round(hours), seeds, tasks: simulated.tasks, checks: simulated.checks }),
      ...{ replays: round(simulated.replays), overlapsReal: isWithin ? 1 : 0, violations: simulated.violations.length },
    });
  }
  const agreeing = rows.filter(({ overlapsReal }) => overlapsReal === 1).length;
  const agrees = { metric: "simulations_that_agree", value: agreeing, unit: "of 2 intervals", atLeast: 2 };
  return [...rows, agrees, steadyRow()];
}

function simulate(seen, { hours, seeds }) {
  const { miners, validators, epochMs, tokensPerSecond, costs, sizes, duties, tasksPerSecond } = seen;
  const shape = { miners, validators, epochMs, tokensPerSecond, tasksPerSecond, sizes, costs };
  const auditRatesPpm = duties.map(({ ratePpm }) => Math.round(ratePpm));
  const facts = { ...shape, prefillSpeedup: prefillSpeedupOf(costs), auditRatesPpm };
  return sameNetwork(facts, { evidence, text: TEXT, hours, seeds });
}

/** Everybody has a name: a day of a larger network, with production's epochs and lengths, and what `bench -- proof` measured of the check. */
function steadyRow() {
  const changes = { replaysBy: "checker" };
  const steady = steadyNetwork({ evidence, text: TEXT, seeds: STEADY_SEEDS, hours: DAY_HOURS, changes });
  const { overhead, overheads, replays, tasks, checks, reputation, violations } = steady;
  const facts = { hours: DAY_HOURS, seeds: STEADY_SEEDS, tasks, auditRate: round(checks / tasks) };
  const said = { replays: round(replays), reputation: round(reputation), violations: violations.length };
  const row = rowOf("network_overhead_steady_day", { value: overhead, ...spanOf(overheads) }, { ...facts, ...said });
  return { ...row, atMost: OVERHEAD_MAX, source: evidence.source };
}

function rowOf(metric, { value, low, high }, facts) {
  return { metric, value: round(value), unit: "checking ÷ generation", low: round(low), high: round(high), ...facts };
}

function optionOf(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}
