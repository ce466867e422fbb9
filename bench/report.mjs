import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import path from "node:path";
import { ROOT } from "../scripts/run.mjs";

/**
 * Prints a bench's figures, one JSON object a line with `--json`, and keeps them as results of record. The process ends with 1
 * when one misses what it must reach.
 * @param {string} bench
 * @param {{ metric: string, value: number, unit: string, atMost?: number, atLeast?: number }[]} figures And whatever explains them.
 * @param {{ isOfRecord?: boolean }} [options] Whether it is the whole bench at its own counts. What isn't is printed and not kept.
 */
export function report(bench, figures, { isOfRecord = true } = {}) {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "cpu"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const lines = figures.map((figure) => JSON.stringify({ bench, ...figure, commit, machine })).join("\n");
  if (process.argv.includes("--json")) process.stdout.write(`${lines}\n`);
  else for (const figure of figures) process.stdout.write(`${bench}/${describe(figure)}\n`);
  if (isOfRecord) {
    mkdirSync(path.join(ROOT, "bench", "results"), { recursive: true });
    writeFileSync(path.join(ROOT, "bench", "results", `${bench}.jsonl`), `${lines}\n`);
  }
  if (!figures.every(isReached)) process.exitCode = 1;
}

/** Whether a figure is within its bound. */
export function isReached({ value, atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY }) {
  return value >= atLeast && value <= atMost;
}

function describe({ metric, value, unit, atMost, atLeast, adversary, text }) {
  const of = [adversary, text].filter((one) => one !== undefined).join(", ");
  const bounds = [
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
  ];
  const must = bounds.length === 0 ? "" : `  (must be ${bounds.join(" and ")})`;
  return `${metric}${of === "" ? "" : ` of ${of}`}  ${value ?? "none"} ${unit}${must}`;
}
