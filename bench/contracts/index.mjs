import { existsSync, readFileSync } from "node:fs";
import { VERDICTS } from "../../scripts/mutantParts.mjs";
import { must, run } from "../../scripts/run.mjs";
import { rootPath } from "../../scripts/runners.mjs";
import { report } from "../report.mjs";
import { brokenFigure, mutantsFigure } from "./figures.mjs";

/**
 * Invariants under a million calls, and mutants of the money contracts. Goes on with both deep runs, which keep what still holds
 * of the present sources, and takes up to an hour where nothing does; it prints no figure until both are whole.
 */
for (const name of ["invariants", "mutants"]) {
  const { code } = await run(process.execPath, ["scripts/deep.mjs", name], { toStderr: true });
  const record = readRecord(name);
  if (code !== 0 && record?.parts.length !== record?.of) {
    console.error(`deep -- ${name} has parts left: run this again to go on`);
    process.exit(1);
  }
}
await must(process.execPath, ["contracts/mutants/writePage.mjs"], { toStderr: true });
const verdicts = readFileSync(rootPath(...VERDICTS), "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line));
report("contracts", [brokenFigure(readRecord("invariants")), mutantsFigure(verdicts)]);

function readRecord(name) {
  const file = rootPath("bench", "results", `deep-${name}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}
