import { report } from "../report.mjs";
import { measureBatches } from "./batches.mjs";
import { measureCrossings } from "./crossings.mjs";
import { measureOnce } from "./once.mjs";
import { measureThroughput } from "./throughput.mjs";

/** Each by its name on the command line. */
const PARTS = {
  crossings: measureCrossings,
  batches: measureBatches,
  once: measureOnce,
  throughput: measureThroughput,
};
/** Their presence makes a run another than the one of record. */
const COUNTS = ["SEEDS", "BATCH", "BATCHES", "SESSIONS", "REQUESTS", "REPEATS"];

/**
 * What it costs to cross from one layer to another, alone and among others, whether each message has its effect once, and how many inferences settle on an L2
 * with L3s beside it. `npm run bench -- layers batches` measures one part; the whole, at its own counts, is kept as the result of record.
 */
const named = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const unknown = named.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`layers has no ${unknown.join(", ")}; it has ${Object.keys(PARTS).join(", ")}`);
  process.exit(2);
}
const figures = [];
for (const [name, measure] of Object.entries(PARTS)) {
  if (named.length === 0 || named.includes(name)) figures.push(...(await measure()));
}
const isOfRecord = named.length === 0 && COUNTS.every((count) => process.env[`BENCH_${count}`] === undefined);
report("layers", figures, { isOfRecord });
