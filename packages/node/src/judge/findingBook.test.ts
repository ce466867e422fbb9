import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keccak256, NO_DIFF, utf8ToBytes, type VerdictOutcome } from "@cortensor/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRecordStore, type RecordStore } from "../host/index.js";
import { type CaseFinding, openFindingBook } from "./findingBook.js";

const NETWORK = { judge: `0x${"aa".repeat(20)}`, chainId: 31_337, guards: `0x${"c0".repeat(20)}` } as const;
const word = (name: string) => keccak256(utf8ToBytes(name));
const found = (outcome: VerdictOutcome, salt = "salt"): CaseFinding => ({
  ...{ outcome, stats: word("stats"), firstDiff: outcome === "failed" ? 7 : NO_DIFF, salt: word(salt) },
});

let folder: string;
let store: RecordStore;
const open = (chainId: number = NETWORK.chainId) => openFindingBook({ store, ...NETWORK, chainId });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "findings-"));
  store = openRecordStore(folder);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a judge's book", () => {
  it("keeps the first finding of a sitting with its salt, also when it is opened again", async () => {
    const place = { number: 3, sitting: "round 1" } as const;
    expect(await open().keep(place, found("failed"))).toEqual(found("failed"));
    expect(await open().keep(place, found("passed", "another"))).toEqual(found("failed"));
    expect(open().find(place)).toEqual(found("failed"));
    expect(open().find({ ...place, sitting: "jury" })).toBeUndefined();
    expect(open(1).find(place)).toBeUndefined();
  });

  it("knows whether it has spoken in a sitting", async () => {
    const place = { number: 3, sitting: "jury" } as const;
    expect(open().hasSpoken(place)).toBe(false);
    await open().markSpoken(place);
    expect(open().hasSpoken(place)).toBe(true);
    expect(open().hasSpoken({ ...place, number: 4 })).toBe(false);
  });

  it("gives a later sitting what was decided to the bit, and not that nobody showed it", async () => {
    await open().keep({ number: 3, sitting: "round 2" }, found("withheld"));
    expect(open().findDecided(3)).toBeUndefined();
    await open().keep({ number: 3, sitting: "jury" }, found("passed"));
    expect(open().findDecided(3)).toEqual(found("passed"));
    expect(open().findDecided(4)).toBeUndefined();
  });

  it("refuses a record that it didn't write", async () => {
    const place = { number: 3, sitting: "round 1" } as const;
    await open().keep(place, found("failed"));
    const [key] = [...store.getKeys({ start: "finding.", end: "finding/" })];
    await store.put(key ?? "", Buffer.from([1]));
    expect(() => open().find(place)).toThrow(expect.objectContaining({ code: "JUDGE_BAD_RECORD" }));
  });
});
