import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { build } from "./build.mjs";
import { hasTimeFor, partsLeft, recordToContinue, totals, withPart } from "./deepRecord.mjs";
import { DEEP_RUNS } from "./deepRuns.mjs";
import { rootPath } from "./runners.mjs";
import { sourcesHash, treesHash } from "./sourcesHash.mjs";

/** What a network's processes and their tests are made of: the sources of runs that name none. */
const PROGRAM = ["package-lock.json", "packages", "models", "test/e2e", "tools"];

/** `npm run deep -- <name>`: at most 30 minutes a run; run it again to go on where it stopped. */
const startedMs = Date.now();
const name = process.argv[2];
const chosen = DEEP_RUNS[name];
if (chosen === undefined) {
  const lines = Object.entries(DEEP_RUNS).map(([key, { says }]) => `  ${key}: ${says}`);
  console.error(`npm run deep -- <name>\n${lines.join("\n")}`);
  process.exit(2);
}
const file = rootPath("bench", "results", `deep-${name}.json`);
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: rootPath(), encoding: "utf8" }).trim();
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "cpu"}, Node ${process.version}`;
const kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
if (chosen.needsBuild !== false) await build();
const parts = typeof chosen.parts === "function" ? await chosen.parts() : chosen.parts;
const partNames = parts.map((part) => part.name);
const sources = chosen.sources === undefined ? treesHash(rootPath(), PROGRAM) : sourcesHash(rootPath(), chosen.sources);
let record = recordToContinue(kept, { deep: name, says: chosen.says, commit, sources, machine, partNames });

const elapsed = () => Math.round((Date.now() - startedMs) / 1000);
const waiting = partsLeft(record, partNames);

/** Runs parts one after another, as long as one is left and may end in time. */
async function work() {
  while (waiting.length > 0 && hasTimeFor(record, elapsed())) {
    const part = waiting.shift();
    console.log(`\n== ${name}: ${part} (${record.parts.length} of ${partNames.length} parts done)`);
    const beganSeconds = elapsed();
    const counts = await parts[partNames.indexOf(part)].run();
    record = withPart(record, { part, ...counts, seconds: elapsed() - beganSeconds });
    mkdirSync(rootPath("bench", "results"), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ ...record, ...totals(record) }, undefined, 2)}\n`);
  }
}
await Promise.all(Array.from({ length: chosen.atOnce ?? 1 }, work));

const left = partsLeft(record, partNames);
const { passed, failed } = totals(record);
if (left.length > 0) console.log(`${left.length} of ${partNames.length} parts left: run it again to go on`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 || left.length > 0 ? 1 : 0);
