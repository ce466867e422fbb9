import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AUDIT_RULES, PPM } from "@cortensor/protocol";
import { adversariesFor, linePlot, readEvidence, stakeNeeded, steadyNetwork } from "@cortensor/sim";
import { ROOT } from "../../scripts/run.mjs";

/** Checking ÷ generation, at most. */
const OVERHEAD_MAX = 0.03;
/** Of a million tasks. */
const SLASHES_MAX = 1;

const say = (line) => process.stderr.write(`${line}\n`);
const round = (value) => Number(value.toPrecision(4));

/** A process of its own, so that both texts have a core: it is sent what to measure, and answers once. */
process.once("message", ({ text, evidenceFile, seeds, steadySeeds, hours }) => {
  const evidence = readEvidence(readFileSync(path.resolve(ROOT, evidenceFile), "utf8"), evidenceFile);
  const parts = { evidence, text, seeds, hours };
  const figures = [];
  const violations = [];
  const began = performance.now();
  if (evidence.texts[text].falseAlarms.length > 0) {
    const steady = steadyNetwork({ ...parts, seeds: steadySeeds });
    violations.push(...steady.violations);
    figures.push(...figuresOfSteady(steady, { evidence, text, steadySeeds }));
    say(`  ${text}: ${steady.tasks} honest tasks, ${Math.round((performance.now() - began) / 1_000)} s`);
  }
  measureStakes(parts, figures, violations);
  process.send({ figures, violations }, () => process.disconnect());
});

function figuresOfSteady(steady, { evidence, text, steadySeeds }) {
  const { overhead, replays, tasks, checks, reputation, suspects, slashed, withheld } = steady;
  const facts = { text, tasks, seeds: steadySeeds, source: evidence.source };
  return [
    {
      metric: "network_overhead",
      value: round(overhead),
      unit: "checking ÷ generation",
      atMost: OVERHEAD_MAX,
      replays: round(replays),
      auditRate: round(checks / tasks),
      auditFloor: AUDIT_RULES.leastPpm / PPM,
      reputation: round(reputation),
      checkRatios: evidence.checkRatios.map(({ promptPerAnswer, ratio }) => ({ promptPerAnswer, ratio: round(ratio) })),
      ...(overhead > OVERHEAD_MAX ? { needed: neededFor(steady, evidence.checkRatios) } : {}),
      ...facts,
    },
    {
      metric: "honest_slashes_per_million",
      value: round(slashed.high * 1e6),
      unit: "of a million tasks, upper end of 95 %",
      atMost: SLASHES_MAX,
      slashed: slashed.count,
      withheld,
      suspectsPerMillionChecks: Math.round((suspects.count / suspects.of) * 1e6),
      ...facts,
    },
  ];
}

/**
 * What would keep the overhead within its bound: check ratios so many times smaller, at the same audits; or, at the same ratios, this least
 * audit rate. Null where no rate does: a miner's reputation alone asks for more.
 */
function neededFor({ overhead, replays, checks, tasks, reputation }, checkRatios) {
  const factor = (OVERHEAD_MAX - replays) / (overhead - replays);
  const rate = (checks / tasks) * (OVERHEAD_MAX / overhead);
  const floor = (rate - (1 - reputation)) / reputation;
  const ratios = checkRatios.map(({ promptPerAnswer, ratio }) => ({ promptPerAnswer, ratio: round(ratio * factor) }));
  return { checkRatios: factor > 0 ? ratios : null, auditFloor: floor > 0 ? round(floor) : null };
}

/** The cheats that are found at all on this text; what is found in none of its windows is said by name, with no stake. */
function measureStakes({ evidence, text, seeds, hours }, figures, violations) {
  const { cheats } = evidence.texts[text];
  if (cheats.size === 0) return;
  const ranked = [...cheats].sort(([, left], [, right]) => left.at(-1).low - right.at(-1).low);
  const leastFound = ranked.find(([, windows]) => windows.at(-1).low > 0.2)?.[0] ?? ranked.at(-1)[0];
  const lines = [];
  for (const adversary of adversariesFor([...cheats.keys()], leastFound)) {
    const swept = stakeNeeded(adversary, { evidence, text, seeds, hours });
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
      seeds,
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
