import { encodeSettlementSet, keccak256, setEntryId, utf8ToBytes } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import type { BlockRange, GuardBlock } from "../guardChain.js";
import { createReadSettled } from "./readSettled.js";

const wordOf = (text: string) => keccak256(utf8ToBytes(text));
const T0 = 1_000;
const FINALITY = 5;

/** A block each 10 s; the one settlement that there is stands in block 30. */
function readerAt(head: number, options: { readonly isHidden?: boolean; readonly isCondemned?: boolean } = {}) {
  const entry = { id: setEntryId(wordOf("task")), resultsHash: wordOf("results"), feeWei: 7n, payees: [] };
  const set = encodeSettlementSet([entry]);
  const { settlementRoot, setCid } = set;
  const leaf = { lane: "0xaa", settlementId: wordOf("settlement"), settlementRoot, setCid, debitedWei: 7n } as const;
  const blockAt = (number: number): GuardBlock => ({
    number,
    time: T0 + 10 * number,
    hash: wordOf(`${number}`),
    stateRoot: wordOf("state"),
  });
  return createReadSettled({
    chain: {
      times: { t0: T0, epochSeconds: 60 },
      firstBlock: 0,
      readHead: async () => blockAt(head),
      readBlock: async (number) => (number <= head ? blockAt(number) : undefined),
      readSettlements: async ({ fromBlock, toBlock }: BlockRange) => (fromBlock <= 30 && 30 <= toBlock ? [leaf] : []),
      readCondemned: async () => new Set(options.isCondemned ? [leaf.settlementId] : []),
    },
    fetchSet: async () => (options.isHidden ? undefined : set.bytes),
    finalityBlocks: FINALITY,
    signal: new AbortController().signal,
  });
}

const span = (after: number, before: number) => ({ after: T0 + after, before: T0 + before });
const ID = setEntryId(wordOf("task"));

describe("what was settled in a span of time", () => {
  it("is what stands in its blocks, before its end and not before its beginning", async () => {
    const read = readerAt(100);
    expect((await read(span(0, 400)))?.get(ID)).toMatchObject({ resultsHash: wordOf("results"), feeWei: 7n });
    expect((await read(span(0, 301)))?.has(ID)).toBe(true);
    expect((await read(span(0, 300)))?.has(ID)).toBe(false);
    expect((await read(span(320, 400)))?.has(ID)).toBe(false);
  });

  it("isn't known before the span's last block is final, nor while a set is shown by nobody", async () => {
    expect(await readerAt(39 + FINALITY - 1)(span(0, 400))).toBeUndefined();
    expect((await readerAt(39 + FINALITY)(span(0, 400)))?.has(ID)).toBe(true);
    expect(await readerAt(20)(span(0, 400))).toBeUndefined();
    expect(await readerAt(100, { isHidden: true })(span(0, 400))).toBeUndefined();
    expect((await readerAt(100, { isHidden: true, isCondemned: true })(span(0, 400)))?.size).toBe(0);
  });
});
