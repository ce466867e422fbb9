import { report } from "../report.mjs";
import { measureChainBytes } from "./chainBytes.mjs";
import { measureContent } from "./content.mjs";
import { measureSealed } from "./sealed.mjs";
import { measureVectors } from "./vectors.mjs";

/** Each by its name on the command line. */
const PARTS = {
  vectors: measureVectors,
  sealed: measureSealed,
  content: measureContent,
  chain: measureChainBytes,
};
/** Their presence makes a run another than the one of record. */
const COUNTS = [
  "VECTORS",
  "QUERIES",
  "SPREAD",
  "REPEATS",
  "SESSIONS",
  "ENGINE",
  "REQUESTS",
  "SECONDS",
  "OBJECTS",
  "TASKS",
  "QUEUED",
];

/**
 * What data costs: vectors with an index and without, sealing, content among peers, bytes on chain. `npm run bench -- data sealed` measures one
 * part; the whole, at its own counts, is kept as the result of record.
 */
const named = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const unknown = named.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`data has no ${unknown.join(", ")}; it has ${Object.keys(PARTS).join(", ")}`);
  process.exit(2);
}
const figures = [];
for (const [name, measure] of Object.entries(PARTS)) {
  if (named.length === 0 || named.includes(name)) figures.push(...(await measure()));
}
const isOfRecord = named.length === 0 && COUNTS.every((count) => process.env[`BENCH_${count}`] === undefined);
report("data", figures, { isOfRecord });
