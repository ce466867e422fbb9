import { MOVED_TESTS, sourceOf } from "../contracts/mutants/moneySources.mjs";
import { must } from "./run.mjs";
import { rootPath } from "./runners.mjs";
import { sourcesHash } from "./sourcesHash.mjs";

/** What makes and tries a mutant. */
const MACHINERY = [
  "solidity",
  "assembly.mjs",
  "declarations.mjs",
  "findConstants.mjs",
  "literals.mjs",
  "makeMutants.mjs",
  "operators.mjs",
  "readSources.mjs",
  "renderer.mjs",
  "switchSource.mjs",
  "tryMutant.mjs",
  "workshop.mjs",
];

/** What every verdict rests on, beside a test: the contracts, what their tests are built from, and the machinery. */
const CONTRACTS = [
  "contracts/src",
  "contracts/test/support",
  "contracts/foundry.toml",
  "packages/protocol/vectors",
  "tools/forge/package.json",
  "tools/forge/compileParts.cjs",
  ...MACHINERY.map((name) => `contracts/mutants/${name}`),
];
const TESTS = ["contracts/test", ...MOVED_TESTS];
export const MUTANT_SOURCES = [...CONTRACTS, ...TESTS];

/** Every mutant's verdict, in the order of the mutants. */
export const VERDICTS = ["bench", "results", "mutants.jsonl"];

/** Of some forty mutants each. A part takes every 36th, so that a record that isn't whole is a fair sample. */
const PARTS = 36;

/** Lays out and builds all mutants, which takes minutes the first time, and parts them. */
export async function mutantParts() {
  await must(process.execPath, ["tools/install.mjs", "forge"]);
  const { openRun, tally, tryAll } = await import("../contracts/mutants/mutantRun.mjs");
  const { openVerdicts } = await import("../contracts/mutants/verdicts.mjs");
  const hash = (names) => sourcesHash(rootPath(), names);
  const stamps = { contracts: hash(CONTRACTS), tests: hash(TESTS), hashOf: (file) => hash([sourceOf(file)]) };
  const { find, note } = openVerdicts(rootPath(...VERDICTS), stamps);
  const { mutants, tryOne, tryNone } = openRun({ root: rootPath(), folder: rootPath("contracts", "cache", "mutants") });
  const tell = (verdict) => {
    console.log(`  ${verdict.verdict}${verdict.by ? ` by ${verdict.by}` : ""}: ${verdict.key}`);
    note(verdict, mutants);
  };
  const parts = Array.from({ length: PARTS }, (_, first) => ({
    name: `every ${PARTS}th from ${first + 1}`,
    run: async () => {
      const some = mutants.filter((_mutant, index) => index % PARTS === first);
      return tally(await tryAll(some, { tryOne, find, note: tell }));
    },
  }));
  return [{ name: "none", run: () => passesWithout(tryNone) }, ...parts];
}

/** With no mutant on, every test passes: what fails under one fails because of it. */
async function passesWithout(tryNone) {
  const { verdict, by } = await tryNone();
  console.log(`  no mutant: ${verdict === "survived" ? "every test passes" : `${by ?? "forge"} fails`}`);
  return { passed: 0, failed: verdict === "survived" ? 0 : 1 };
}
