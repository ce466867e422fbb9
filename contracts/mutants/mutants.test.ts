import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installTool } from "../../tools/install.mjs";
import { makeMutants } from "./makeMutants.mjs";
import { openRun, tryAll } from "./mutantRun.mjs";
import { OPERATORS } from "./operators.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const BUILD_MS = 600_000;
const SAMPLE = 12;
/** Which twelve: another each time that this is raised. */
const SEED = 1;
/** Stands alone: its tests build nothing else. Most others take minutes to build. */
const RATES = [
  "contracts/src/l2/Rates.sol",
  "contracts/src/interfaces/IRates.sol",
  "contracts/src/mutants/",
  "contracts/test/Rates/",
  "contracts/test/support/Assertions.sol",
  "contracts/test/support/Vm.sol",
];

beforeAll(() => installTool("forge"), BUILD_MS);

describe("the mutants of the money contracts", () => {
  let mutants: ReturnType<typeof makeMutants>["mutants"];
  beforeAll(() => {
    ({ mutants } = makeMutants(root));
  });

  it("are of every operator, each told apart by what it changes", () => {
    expect(new Set(mutants.map(({ operator }) => operator))).toEqual(new Set(Object.keys(OPERATORS)));
    expect(new Set(mutants.map(({ key }) => key)).size).toBe(mutants.length);
    expect(mutants.map(({ number }) => number)).toEqual(mutants.map((_, index) => index + 1));
  });
  it("are 300 at least that compile", () => {
    expect(mutants.filter(({ compiles }) => compiles).length).toBeGreaterThanOrEqual(300);
  });
});

describe("a sample of them", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "cortensor-mutants-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(
    "is killed by the contracts' tests, which pass without",
    async () => {
      const isWanted = (file: string) => RATES.some((wanted) => file.startsWith(wanted));
      const { mutants, tryOne, tryNone } = openRun({ root, folder, isWanted, money: ["l2/Rates.sol"] });
      expect(await tryNone()).toEqual({ verdict: "survived" });
      const reasons = JSON.parse(readFileSync(path.join(import.meta.dirname, "reasons.json"), "utf8"));
      const killable = mutants.filter(({ key }) => reasons[key] === undefined);
      const step = Math.floor(killable.length / SAMPLE);
      const sample = killable.filter((_, index) => index % step === SEED % step).slice(0, SAMPLE);
      const verdicts = await tryAll(sample, { tryOne });
      expect(verdicts.filter(({ verdict }) => verdict !== "killed")).toEqual([]);
      expect(verdicts).toHaveLength(SAMPLE);
    },
    BUILD_MS,
  );
});
