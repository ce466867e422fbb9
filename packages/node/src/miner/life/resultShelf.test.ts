import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address, Bytes32 } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { type MinerStore, openStore } from "../store.js";
import { openResultShelf } from "./resultShelf.js";

const word = (number: number): Bytes32 => `0x${number.toString(16).padStart(64, "0")}`;
const TASKS: Address = `0x${"0a".repeat(20)}`;
const RESULT = { salt: word(1), resultHash: word(2) };
const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "results-"));
  ending.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
const shelfIn = (store: MinerStore, networkTasks = TASKS) => {
  let nowMs = 0;
  return openResultShelf({ store, chainId: 1, networkTasks, nowMs: () => ++nowMs });
};

describe("a shelf of results", () => {
  it("still has a result when its store is opened again, and none of another contract's tasks", async () => {
    const folder = await aFolder();
    const first = openStore(folder);
    await shelfIn(first).put(word(7), RESULT);
    await first.close();
    const second = openStore(folder);
    ending.push(() => second.close());
    expect(shelfIn(second).find(word(7))).toEqual(RESULT);
    expect(shelfIn(second).find(word(8))).toBeUndefined();
    expect(shelfIn(second, `0x${"0b".repeat(20)}`).find(word(7))).toBeUndefined();
  });

  it("lets the oldest go", async () => {
    const store = openStore(await aFolder());
    ending.push(() => store.close());
    const shelf = shelfIn(store);
    for (let task = 0; task <= 128; task += 1) await shelf.put(word(task), RESULT);
    expect(shelf.find(word(0))).toBeUndefined();
    expect(shelf.find(word(1))).toEqual(RESULT);
  });
});
