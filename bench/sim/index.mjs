import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  HONEST,
  randomWorld,
  readEvidence,
  runWorld,
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
/** Of honest networks: four million tasks, so that no slash among them says "below one in a million". */
const STEADY_SEEDS = Number(process.env.BENCH_STEADY_SEEDS ?? 640);
const VIOLATION_SEEDS = Number(process.env.BENCH_VIOLATION_SEEDS ?? 500);
const HOURS = Number(process.env.BENCH_HOURS ?? 1);
const SPEED_HOURS = Number(process.env.BENCH_SPEED_HOURS ?? 4);

const say = (line) => process.stderr.write(`${line}\n`);
const file = path.resolve(ROOT, EVIDENCE);
if (!existsSync(file)) {
  say(`${EVIDENCE} is missing: npm run bench -- proof`);
  process.exit(1);
}
const evidence = readEvidence(readFileSync(file, "utf8"), EVIDENCE);
const figures = [];
const violations = [];
say(`evidence: ${evidence.source}`);

figures.push(measureSpeed());
measureViolations();
for (const measured of await Promise.all(TEXTS.map(measureText))) {
  figures.push(...measured.figures);
  violations.push(...measured.violations);
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
  const perSecond = Math.round(events / ((user + system) / 1e6));
  say(`${perSecond} events a second`);
  return {
    metric: "events_per_second",
    value: perSecond,
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

/** Honest networks and adversaries on one kind of text. */
async function measureText(text) {
  const child = fork(fileURLToPath(new URL("measureText.mjs", import.meta.url)));
  child.send({ text, evidenceFile: EVIDENCE, seeds: SEEDS, steadySeeds: STEADY_SEEDS, hours: HOURS });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`${text}: its process ended with ${code} and no figures`);
  });
  const [measured] = await Promise.race([once(child, "message"), ended]);
  ended.catch(() => undefined);
  return measured;
}
