import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openVerdicts } from "./verdicts.mjs";

const mutants = [{ key: "a" }, { key: "b" }];
const stamps = { contracts: "c1", tests: "t1", hashOf: (file: string) => `hash of ${file}` };
const killed = { key: "a", verdict: "killed", by: "test_A", in: "a.t.sol" };
const survivor = { key: "b", verdict: "survived" };

describe("verdicts that are kept", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "cortensor-verdicts-"));
    file = path.join(folder, "verdicts.jsonl");
    const verdicts = openVerdicts(file, stamps);
    verdicts.note(survivor, mutants);
    verdicts.note(killed, mutants);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("hold while nothing changes", () => {
    const { find } = openVerdicts(file, stamps);
    expect([find("a")?.verdict, find("b")?.verdict, find("c")]).toEqual(["killed", "survived", undefined]);
  });
  it("let a survivor stand up to a new test, and leave the killed be", () => {
    const { find } = openVerdicts(file, { ...stamps, tests: "t2" });
    expect([find("a")?.verdict, find("b")]).toEqual(["killed", undefined]);
  });
  it("try a killed one again when the file of the test that killed it changes", () => {
    const { find } = openVerdicts(file, { ...stamps, hashOf: () => "another" });
    expect([find("a"), find("b")?.verdict]).toEqual([undefined, "survived"]);
  });
  it("hold no longer when the contracts change", () => {
    const { find } = openVerdicts(file, { ...stamps, contracts: "c2" });
    expect([find("a"), find("b")]).toEqual([undefined, undefined]);
  });
  it("never keep one that is undecided, nor one of a mutant that is none any more", () => {
    const { note, find } = openVerdicts(file, stamps);
    note({ key: "b", verdict: "undecided" }, [{ key: "b" }]);
    expect([find("b"), openVerdicts(file, stamps).find("a")]).toEqual([undefined, undefined]);
  });
});
