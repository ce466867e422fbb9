import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createExactIndex, createLanceIndex } from "@cortensor/data";

const VECTORS = Number(process.env.BENCH_VECTORS ?? 100_000);
const QUERIES = Number(process.env.BENCH_QUERIES ?? 200);
/** Numbers of a vector: those of the embedded model's. */
const DIMENSION = 256;
/** Topics that texts are of. Vectors without any are all equally far from one another, as no texts are. */
const CLUSTERS = 500;
/** How far texts of one topic lie apart, against what topics do: as texts do, and so far that topics run into one another. */
const SPREADS = process.env.BENCH_SPREAD === undefined ? [0.6, 2] : [Number(process.env.BENCH_SPREAD)];
const NEIGHBOURS = 10;
const SEED = 6;

const say = (line) => process.stderr.write(`${line}\n`);

/**
 * recall@10 and latency of LanceDB's inverted lists over seeded, clustered vectors, beside its scan of all, and beside a comparison
 * with every vector in this process, which is the truth.
 */
export async function measureVectors() {
  const figures = [];
  for (const spread of SPREADS) figures.push(...(await measureSpread(spread)));
  return figures;
}

async function measureSpread(spread) {
  const random = seeded(SEED);
  const centres = Array.from({ length: CLUSTERS }, () => gaussian(random, 1));
  const draw = () => around(centres[Math.floor(random() * CLUSTERS)], spread, random);
  const vectors = Array.from({ length: VECTORS }, draw);
  const queries = Array.from({ length: QUERIES }, draw);
  const folder = mkdtempSync(path.join(tmpdir(), "cortensor-bench-data-"));
  try {
    const exact = await measure(createExactIndex(vectors), queries, "in memory");
    const scan = await measureLance({ folder, vectors, queries, isIndexed: false }, "LanceDB without an index");
    const indexed = await measureLance({ folder, vectors, queries, isIndexed: true }, "LanceDB with an index");
    const shape = {
      vectors: VECTORS,
      queries: QUERIES,
      dimension: DIMENSION,
      clusters: CLUSTERS,
      spread,
      seed: SEED,
    };
    const recall = (found) => recallOf(found.ids, exact.ids);
    return [
      { metric: "recall10", value: recall(indexed), unit: "share", atLeast: 0.95, index: "IVF, flat lists", ...shape },
      { metric: "recall10_unindexed", value: recall(scan), unit: "share", atLeast: 0.999, ...shape },
      { metric: "search_p50_ms", value: indexed.p50, unit: "ms", p99: indexed.p99, arm: "indexed", spread },
      { metric: "search_unindexed_p50_ms", value: scan.p50, unit: "ms", p99: scan.p99, arm: "LanceDB's scan", spread },
      {
        metric: "search_memory_p50_ms",
        value: exact.p50,
        unit: "ms",
        p99: exact.p99,
        arm: "all compared in this process",
        spread,
      },
      { metric: "index_seconds", value: indexed.builtSeconds, unit: "s", unindexed: scan.builtSeconds, spread },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureLance({ folder, vectors, queries, isIndexed }, name) {
  const startedMs = performance.now();
  const index = await createLanceIndex({ folder: path.join(folder, String(isIndexed)), vectors, isIndexed });
  const builtSeconds = (performance.now() - startedMs) / 1_000;
  const measured = await measure(index, queries, name);
  return { ...measured, builtSeconds: round(builtSeconds) };
}

async function measure(index, queries, name) {
  const ids = [];
  const times = [];
  for (const query of queries) {
    const startedMs = performance.now();
    const found = await index.search(query, NEIGHBOURS);
    times.push(performance.now() - startedMs);
    ids.push(found.map((neighbour) => neighbour.index));
  }
  await index.close();
  times.sort((a, b) => a - b);
  const at = (share) => round(times[Math.min(times.length - 1, Math.floor(times.length * share))]);
  say(`  ${name}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
  return { ids, p50: at(0.5), p99: at(0.99) };
}

function recallOf(found, truth) {
  const hits = truth.map((ids, at) => ids.filter((id) => found[at].includes(id)).length);
  return round(hits.reduce((sum, count) => sum + count, 0) / (truth.length * NEIGHBOURS));
}

function around(centre, spread, random) {
  const noise = gaussian(random, spread);
  return Float32Array.from(centre, (value, at) => value + noise[at]);
}

function gaussian(random, scale) {
  return Float32Array.from({ length: DIMENSION }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return scale * radius * Math.cos(2 * Math.PI * random());
  });
}

/** Mulberry32: one sequence for one seed. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function round(value) {
  return Math.round(value * 10_000) / 10_000;
}
