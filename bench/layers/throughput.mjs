import { cpus } from "node:os";
import { askAsClients } from "../data/askAsClients.mjs";
import { processSeconds, secondsBetween } from "../data/processSeconds.mjs";
import { median, round, spread } from "../data/spread.mjs";
import { startLayer, untilSettled } from "./layerProcess.mjs";

/** Sessions that ask at once, and what each asks in turn: the same in every arm, shared out over its layers. */
const SESSIONS = Number(process.env.BENCH_SESSIONS ?? 24);
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 50);
const REPEATS = Number(process.env.BENCH_REPEATS ?? 3);
/** No canaries: what a client asks by itself would be settled among what it was asked for, and is another load for each draw. */
const SHAPE = { requests: REQUESTS, promptBytes: 1_024, maxTokens: 32, canaries: { rate: 0 } };
const WARM_REQUESTS = 20;
/** What the clients of a layer ask before their clock starts. */
const PROBES = 1;
const LAYERS = [
  { name: "L2", chainId: 31_402, isPrivate: false },
  { name: "first L3", chainId: 41_001, isPrivate: true },
  { name: "second L3", chainId: 41_002, isPrivate: true },
];

const say = (line) => process.stderr.write(`${line}\n`);

/**
 * Inferences that were asked, answered and settled on chain, a second: of the same sealed load on an L2 alone, and shared out over it and one and two L3s. Then all of
 * it on the L3 beside all of it on the L2, and there sealed beside open, in turns. An engine that takes no time leaves what the layers cost.
 */
export async function measureThroughput() {
  const layers = [];
  const samples = [];
  const figures = [];
  const measure = async (arms) => {
    const seen = await takeTurns(arms);
    samples.push(...Object.values(seen).flat());
    return seen;
  };
  try {
    let alone;
    for (const layer of LAYERS) {
      layers.push(await startLayer({ ...layer, sessions: SESSIONS }));
      await warm(layers.at(-1), layer);
      const { sealed } = await measure({ sealed: () => askAll(layers) });
      alone ??= sealed;
      figures.push(settledFigure(layers, sealed, alone));
    }
    await layers.pop().stop();
    const [l2, l3] = layers;
    const seen = await measure({
      sealed: () => askAll([l2]),
      l3: () => askAll([l3]),
      open: () => askAll([l2], "open"),
    });
    return [
      ...figures,
      ratioFigure("l3_to_l2", { l3: seen.l3, l2: seen.sealed }),
      ratioFigure("sealed_to_open", { sealed: seen.sealed, open: seen.open }),
      failedFigure(samples),
    ];
  } finally {
    for (const layer of layers.toReversed()) await layer.stop();
  }
}

/** Prekeys must be on chain and known; and a compiler that still warms up would be measured instead. */
async function warm({ url, profile, apiKeys, ...layer }, { isPrivate }) {
  const shape = { ...SHAPE, requests: Math.min(REQUESTS, WARM_REQUESTS) };
  let expected = 0;
  for (const privacy of isPrivate ? ["sealed"] : ["open", "sealed"]) {
    const { answered } = await askAsClients({ url, profile, apiKeys, privacy, ...shape });
    expected += answered + PROBES;
  }
  await untilSettled({ url, ...layer }, expected);
}

/** Samples of each arm, which begin in turns, so that a noisy machine is noisy for all. */
async function takeTurns(arms) {
  const seen = Object.fromEntries(Object.keys(arms).map((name) => [name, []]));
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const names = repeat % 2 === 0 ? Object.keys(arms) : Object.keys(arms).toReversed();
    for (const name of names) seen[name].push(await arms[name]());
  }
  return seen;
}

/** One sample: the load shared out over these layers, until all of it stands settled on their chains. */
async function askAll(layers, privacy = "sealed") {
  const shareAt = (at) => Math.floor((SESSIONS * at) / layers.length);
  const settled = await Promise.all(layers.map(({ settledOf }) => settledOf()));
  const before = layers.map(({ pid }) => processSeconds(pid));
  const startedMs = performance.now();
  const results = await Promise.all(
    layers.map(({ url, profile, apiKeys }, at) =>
      askAsClients({ url, profile, privacy, apiKeys: apiKeys.slice(shareAt(at), shareAt(at + 1)), ...SHAPE }),
    ),
  );
  const askedSeconds = (performance.now() - startedMs) / 1_000;
  await Promise.all(layers.map((layer, at) => untilSettled(layer, settled[at] + results[at].answered + PROBES)));
  const seconds = (performance.now() - startedMs) / 1_000;
  const worked = layers.map(({ pid }, at) => secondsBetween(before[at], processSeconds(pid)));
  const answered = sumOf(results, ({ answered: one }) => one);
  const sample = {
    ...{ answered, settledPerSecond: answered / seconds, askedPerSecond: answered / askedSeconds },
    ...{ p50Ms: median(results.map(({ p50Ms }) => p50Ms)), refusals: results.map(({ refusals }) => refusals), worked },
  };
  const of = layers.map(({ name }) => name).join(", ");
  say(
    `  ${privacy}, ${of}: ${sample.settledPerSecond.toFixed(1)} settled/s, ${sumOf(results, ({ failed }) => failed)} failed`,
  );
  return sample;
}

const sumOf = (all, countOf) => all.reduce((sum, one) => sum + countOf(one), 0);
const ratesOf = (samples) => samples.map(({ settledPerSecond }) => settledPerSecond);

/** The same of every arm. */
const load = () => ({
  ...{ sessions: SESSIONS, ...SHAPE, repeats: REPEATS },
  ...{ cores: cpus().length, engine: "scripted, at once", suite: "x25519" },
});

function settledFigure(layers, samples, alone) {
  return {
    ...{ metric: "settled_per_second", ...armOf(samples), unit: "inferences/s" },
    text: layers.length === 1 ? "L2 alone" : `L2 and ${layers.length - 1} L3`,
    toL2Alone: round(median(ratesOf(samples)) / median(ratesOf(alone))),
    ...load(),
  };
}

/** What one arm settles a second to what another does. */
function ratioFigure(metric, arms) {
  const [ours, theirs] = Object.values(arms).map(ratesOf);
  const ratios = ours.map((rate, at) => rate / theirs[at]);
  const shown = Object.fromEntries(Object.entries(arms).map(([name, samples]) => [name, armOf(samples)]));
  return { metric, value: round(median(ratios)), unit: "ratio", spread: spread(ratios), arms: shown, ...load() };
}

/** `cpuMs`: what one inference cost each process of a layer, in milliseconds of a core. */
function armOf(samples) {
  const rates = ratesOf(samples);
  const worked = samples.flatMap((sample) => sample.worked);
  const answered = sumOf(samples, (sample) => sample.answered);
  const names = [...new Set(worked.flatMap((seconds) => Object.keys(seconds)))];
  const msOf = (name) => (sumOf(worked, (seconds) => seconds[name] ?? 0) * 1_000) / answered;
  return {
    ...{ value: round(median(rates)), spread: spread(rates) },
    askedPerSecond: round(median(samples.map(({ askedPerSecond }) => askedPerSecond))),
    p50Ms: round(median(samples.map(({ p50Ms }) => p50Ms))),
    cpuMs: Object.fromEntries(names.map((name) => [name, round(msOf(name), 2)])),
  };
}

/** An arm of which something was refused had another load. */
function failedFigure(samples) {
  const refusals = {};
  for (const one of samples.flatMap((sample) => sample.refusals)) {
    for (const [reason, count] of Object.entries(one)) refusals[reason] = (refusals[reason] ?? 0) + count;
  }
  const value = sumOf(Object.values(refusals), (count) => count);
  return { metric: "throughput_failed", value, unit: "requests", atMost: 0, refusals };
}
