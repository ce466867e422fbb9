import { must } from "./run.mjs";
import { rootPath } from "./runners.mjs";
import { sourcesHash } from "./sourcesHash.mjs";

/** What every verdict rests on: the contracts, what makes and tries mutants, and what tests are built from. */
const CONTRACTS = [
  "contracts/src",
  "contracts/mutants",
  "contracts/foundry.toml",
  "tools/forge/package.json",
  "packages/protocol/vectors",
  "contracts/test/support",
];
export const MUTANT_SOURCES = [...CONTRACTS, "contracts/test"];

/** Every mutant's verdict, in the order of the mutants. */
export const VERDICTS = ["bench", "results", "mutants.jsonl"];

/** Mutants in one part: a few minutes' work. */
const MUTANTS_EACH = 40;

/** Lays out and builds all mutants, which takes minutes the first time, and parts them. */
export async function mutantParts() {
  await must(process.execPath, ["tools/install.mjs", "forge"]);
  const { openRun, tally, tryAll } = await import("../contracts/mutants/mutantRun.mjs");
  const { openVerdicts } = await import("../contracts/mutants/verdicts.mjs");
  const hash = (names) => sourcesHash(rootPath(), names);
  const stamps = { contracts: hash(CONTRACTS), tests: hash(["contracts/test"]), hashOf: (file) => hash([file]) };
  const { find, note } = openVerdicts(rootPath(...VERDICTS), stamps);
  const { mutants, tryOne, tryNone } = openRun({ root: rootPath(), folder: rootPath("contracts", "cache", "mutants") });
  const tell = (verdict) => {
    console.log(`  ${verdict.verdict}${verdict.by ? ` by ${verdict.by}` : ""}: ${verdict.key}`);
    note(verdict, mutants);
  };
  const some = (from) => ({
    name: `${from + 1}…${Math.min(from + MUTANTS_EACH, mutants.length)}`,
    run: async () => tally(await tryAll(mutants.slice(from, from + MUTANTS_EACH), { tryOne, find, note: tell })),
  });
  const starts = Array.from({ length: Math.ceil(mutants.length / MUTANTS_EACH) }, (_, index) => index * MUTANTS_EACH);
  return [{ name: "none", run: () => passesWithout(tryNone) }, ...starts.map(some)];
}

/** With no mutant on, every test passes: what fails under one fails because of it. */
async function passesWithout(tryNone) {
  const { verdict, by } = await tryNone();
  console.log(`  no mutant: ${verdict === "survived" ? "every test passes" : `${by ?? "forge"} fails`}`);
  return { passed: 0, failed: verdict === "survived" ? 0 : 1 };
}
