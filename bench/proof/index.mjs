import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { ROOT } from "../../scripts/run.mjs";
import { readAccused } from "./accused.mjs";
import { measureCosts } from "./measureCosts.mjs";
import { FOUR_BITS_FORGED, measureDetection } from "./measureDetection.mjs";
import { keepRows } from "./results.mjs";

/**
 * What the check costs and finds, in parts that run by themselves: `npm run bench -- proof [part …] [--json]`, all of them unless some are named. Each
 * part's rows take the place of its last ones in `bench/results/proof.jsonl`.
 */
/** At which the embedded model's text leaves little to chance, and nothing. */
const LOW_TEMPERATURES = [0.2, 0];
const PARTS = {
  cost: measureCosts,
  Q8_0: (options) => measureDetection({ ...options, asked: "Q8_0" }),
  F16: (options) => measureDetection({ ...options, asked: "F16" }),
  lowEntropy: measureLowEntropy,
  tasks: (options) => measureDetection({ ...options, asked: "Q8_0", only: FOUR_BITS_FORGED }),
  accused: readAccused,
};

const isJson = process.argv.includes("--json");
const named = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const unknown = named.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`no part ${unknown.join(", ")}: npm run bench -- proof [${Object.keys(PARTS).join(" | ")}] [--json]`);
  process.exit(2);
}
const say = (line) => process.stderr.write(`${line}\n`);
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "cpu"}, Node ${process.version}`;
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
const round = (value) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value);
const rounded = (row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, round(value)]));

for (const part of named.length === 0 ? Object.keys(PARTS) : named) {
  const startedMs = Date.now();
  const rows = (await PARTS[part]({ say })).map((row) => ({ bench: "proof", ...rounded(row), part, machine, commit }));
  say(`${part}: ${((Date.now() - startedMs) / 60_000).toFixed(1)} minutes`);
  for (const row of rows) console.log(isJson ? JSON.stringify(row) : lineOf(row));
  keepRows(part, rows);
}

async function measureLowEntropy(options) {
  const rows = [];
  for (const temperature of LOW_TEMPERATURES) {
    rows.push(...(await measureDetection({ ...options, asked: "Q8_0", temperature })));
  }
  return rows;
}

function lineOf({ metric, value, unit, bench, machine, commit, part, ...rest }) {
  return `${metric}: ${value} ${unit} ${JSON.stringify(rest)}`;
}
