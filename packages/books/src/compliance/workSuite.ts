import {
  type Bytes32,
  begunOf,
  decodeWorkRecord,
  encodeWorkRecord,
  setEntryId,
  type WorkRecord,
  type WorkTask,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import type { Books } from "../books.js";
import { WORK_NOTE_BYTES_MAX } from "../limits.js";
import type { WorkNote } from "../workBooks.js";
import { MINER, word } from "./makers.js";

const CHAIN = 31_337;
const idOf = (name: string): Bytes32 => setEntryId(word(name));

function endedTask(name: string): WorkTask {
  const made = { nIn: 3, nOut: 20, tFirstMs: 5, tTotalMs: 50 };
  const part = {
    replica: 0,
    segment: 0,
    miner: MINER,
    kernelClass: word("class"),
    outcome: "delivered",
    ...made,
  } as const;
  return { id: idOf(name), modelId: word("model"), isSeeded: false, hasBegun: false, parts: [part] };
}

function aNote(writer: string, number: number, of: { begun?: readonly string[]; ended?: readonly string[] }): WorkNote {
  const begun = (of.begun ?? []).map(idOf).sort();
  const ended = (of.ended ?? []).map(endedTask).sort((left, right) => (left.id < right.id ? -1 : 1));
  const head = { chainId: CHAIN, lane: MINER, epoch: 0 };
  return { writer: word(writer), number, bytes: encodeWorkRecord({ ...head, begun, ended }).bytes };
}

/** What any books must keep of the work that is still to be made public. */
export function workSuite(books: () => Books): void {
  const seal = (epoch: number) => books().sealWork({ chainId: CHAIN, epoch });
  const read = (bytes: Uint8Array | undefined): WorkRecord => decodeWorkRecord(bytes ?? new Uint8Array());

  describe("work", () => {
    it("is in one record, whatever process noted it and however often", async () => {
      expect(await seal(1)).toBeUndefined();
      await books().noteWork(aNote("a", 0, { begun: ["one", "two"] }));
      await books().noteWork(aNote("b", 0, { begun: ["three"], ended: ["one"] }));
      await books().noteWork(aNote("a", 0, { begun: ["other bytes under the same number"] }));
      const sealed = await seal(2);
      expect(sealed).toMatchObject({ epoch: 2, begun: 3, ended: 1 });
      const record = read(sealed?.bytes);
      expect(record).toMatchObject({ chainId: CHAIN, epoch: 2, begun: [idOf("two"), idOf("three")].sort() });
      expect(record.ended.map(({ id, hasBegun }) => [id, hasBegun])).toEqual([[idOf("one"), true]]);
      expect(begunOf(record)).toBe(3);
      const kept = await books().findSettlementSet(sealed?.recordCid ?? "0x");
      expect(read(kept)).toEqual(record);
    });

    it("stays in the record that is on its way until that has ended", async () => {
      await books().noteWork(aNote("a", 1, { ended: ["two"] }));
      const open = await books().openWork();
      expect(open?.epoch).toBe(2);
      expect(await seal(3)).toEqual(open);
      await books().endWork(2, "posted");
      expect(await books().openWork()).toBeUndefined();
      expect(await seal(2)).toBeUndefined();
      expect(read((await seal(3))?.bytes).ended.map(({ id }) => id)).toEqual([idOf("two")]);
    });

    it("of a record that came to nothing is in the next, with what came meanwhile", async () => {
      await books().noteWork(aNote("a", 2, { ended: ["three"] }));
      await books().endWork(3, "dropped");
      await books().endWork(3, "posted");
      const next = await seal(5);
      expect(next).toMatchObject({ epoch: 5, begun: 0, ended: 2 });
      await books().endWork(5, "posted");
      expect(await seal(6)).toBeUndefined();
    });

    it("that was noted is noted once, also when it comes again after its record", async () => {
      await books().noteWork(aNote("a", 2, { ended: ["three"] }));
      expect(await seal(7)).toBeUndefined();
    });

    it("is refused where it is nothing or too much, or its number none", async () => {
      for (const length of [0, WORK_NOTE_BYTES_MAX + 1]) {
        const bytes = new Uint8Array(length);
        await expect(books().noteWork({ writer: word("a"), number: 9, bytes })).rejects.toThrow("BOOKS_OUT_OF_RANGE");
      }
      await expect(books().noteWork({ ...aNote("a", 0, {}), number: -1 })).rejects.toThrow("BOOKS_OUT_OF_RANGE");
    });
  });
}
