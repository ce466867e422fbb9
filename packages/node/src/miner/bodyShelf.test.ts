import { type Address, hashResult, type SegmentBody } from "@cortensor/protocol";
import { silentLogger } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { BODY_KEPT_MS, openBodyShelf } from "./bodyShelf.js";
import { type MinerStore, openStore } from "./store.js";
import { aSegmentBody } from "./test/aSegmentBody.js";
import { outboxFolder, removeFolders } from "./test/testMiner.js";

const OPERATOR: Address = `0x${"0e".repeat(20)}`;
const STRANGER: Address = `0x${"0f".repeat(20)}`;
const addressOf = ({ result }: SegmentBody) => hashResult(result);

const stores: MinerStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  await removeFolders();
});

let nowMs = 1_700_000_000_000;
async function openShelf(folder?: string, limits: { bytesMax?: number; keptMs?: number } = {}) {
  const path = folder ?? (await outboxFolder());
  const store = openStore(path);
  stores.push(store);
  return { path, store, shelf: openBodyShelf({ store, nowMs: () => nowMs, log: silentLogger, ...limits }) };
}

describe("a miner's bodies", () => {
  it("are found by what their result hashes to, for the operator whose task it was, and for no other", async () => {
    const { shelf } = await openShelf();
    const body = aSegmentBody("one");
    await shelf.put(OPERATOR, body);
    expect(shelf.find(OPERATOR, addressOf(body))).toEqual(body);
    expect(shelf.find(STRANGER, addressOf(body))).toBeUndefined();
    expect(shelf.find(OPERATOR, addressOf(aSegmentBody("two")))).toBeUndefined();
  });

  it("are there again when the store is opened anew", async () => {
    const { path, store, shelf } = await openShelf();
    const bodies = [aSegmentBody("one"), aSegmentBody("two", 40)];
    for (const body of bodies) await shelf.put(OPERATOR, body);
    const { bytes } = shelf;
    await store.close();
    const again = await openShelf(path);
    expect(again.shelf).toMatchObject({ size: 2, bytes });
    for (const body of bodies) expect(again.shelf.find(OPERATOR, addressOf(body))).toEqual(body);
    for (const body of bodies) expect(again.shelf.findOwn(addressOf(body))).toEqual(body);
  });

  it("of the same result are one, however often it is put", async () => {
    const { shelf } = await openShelf();
    await shelf.put(OPERATOR, aSegmentBody("one"));
    const { bytes } = shelf;
    nowMs += 5;
    await shelf.put(OPERATOR, aSegmentBody("one"));
    expect(shelf).toMatchObject({ size: 1, bytes });
  });

  it("are shown until the dispute window is over, and leave the disk with the next one", async () => {
    const { store, shelf } = await openShelf();
    const [old, young] = [aSegmentBody("old"), aSegmentBody("young")];
    await shelf.put(OPERATOR, old);
    nowMs += BODY_KEPT_MS - 1;
    expect(shelf.find(OPERATOR, addressOf(old))).toEqual(old);
    nowMs += 1;
    expect(shelf.find(OPERATOR, addressOf(old))).toBeUndefined();
    await shelf.put(OPERATOR, young);
    expect(shelf.size).toBe(1);
    expect([...store.getKeys()]).toHaveLength(1);
  });

  it("never take more bytes than they may: the oldest go", async () => {
    const { store, shelf } = await openShelf(undefined, { bytesMax: 20_000 });
    const bodies = Array.from({ length: 30 }, (_, at) => aSegmentBody(`body ${at}`, 60));
    for (const body of bodies) {
      nowMs += 1;
      await shelf.put(OPERATOR, body);
      expect(shelf.bytes).toBeLessThanOrEqual(20_000);
    }
    expect(shelf.size).toBeGreaterThan(5);
    expect([...store.getKeys()]).toHaveLength(shelf.size);
    const kept = bodies.filter((body) => shelf.find(OPERATOR, addressOf(body)) !== undefined);
    expect(kept).toEqual(bodies.slice(-shelf.size));
  });
});
