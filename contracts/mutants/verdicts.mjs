import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * The verdicts so far, one JSON object a line. A killed mutant stays killed as long as the contracts and the file of the test
 * that killed it stay as they are; a survivor has to stand up to every new test.
 * @param {string} file
 * @param {{ contracts: string, tests: string, hashOf: (file: string) => string }} stamps Hashes: of what every verdict rests
 * on, of all tests, of one file.
 */
export function openVerdicts(file, { contracts, tests, hashOf }) {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  const kept = new Map(lines.map((line) => JSON.parse(line)).map((verdict) => [verdict.key, verdict]));

  const stampOf = (verdict) => `${contracts} ${verdict.in === undefined ? tests : hashOf(verdict.in)}`;
  const isCurrent = (verdict) => verdict.verdict !== "undecided" && verdict.stamp === stampOf(verdict);

  return {
    /** What is known of a mutant and still holds. */
    find: (key) => {
      const verdict = kept.get(key);
      return verdict !== undefined && isCurrent(verdict) ? verdict : undefined;
    },
    /** Notes a verdict, and forgets those of mutants that are none any more. */
    note(verdict, mutants) {
      kept.set(verdict.key, { ...verdict, stamp: stampOf(verdict) });
      const ordered = mutants.map(({ key }) => kept.get(key)).filter((each) => each !== undefined);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, `${ordered.map((each) => JSON.stringify(each)).join("\n")}\n`);
    },
  };
}
