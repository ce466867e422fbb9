import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToHex } from "../bytes.js";
import { mergeWork } from "./mergeWork.js";
import { anyRecord, aPart, aTask, HEAD, wordOf } from "./test/makeWork.js";
import { decodeWorkRecord, encodeWorkRecord } from "./workCodec.js";
import { begunOf, type WorkRecord } from "./workRecord.js";

const record = (of: Partial<WorkRecord> = {}): WorkRecord => ({ ...HEAD, begun: [], ended: [], ...of });

describe("a work record", () => {
  it("is read back as it was written", () => {
    fc.assert(
      fc.property(anyRecord, (given) => {
        expect(decodeWorkRecord(encodeWorkRecord(given).bytes)).toEqual(given);
      }),
      { numRuns: 60 },
    );
  });

  it("has one encoding: other bytes that look like it are refused", () => {
    fc.assert(
      fc.property(anyRecord, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, place, change) => {
        const { bytes } = encodeWorkRecord(given);
        const other = bytes.slice();
        const at = place % bytes.length;
        other[at] = (other[at] ?? 0) ^ change;
        expect(() => decodeWorkRecord(bytes.subarray(0, -1))).toThrow("PROTOCOL_BAD_RECORD");
        expect(() => decodeWorkRecord(new Uint8Array([...bytes, 0]))).toThrow("PROTOCOL_BAD_RECORD");
        let read: WorkRecord | undefined;
        try {
          read = decodeWorkRecord(other);
        } catch (error) {
          expect(String(error)).toContain("PROTOCOL_BAD_RECORD");
        }
        if (read !== undefined) expect(bytesToHex(encodeWorkRecord(read).bytes)).toBe(bytesToHex(other));
      }),
      { numRuns: 200 },
    );
  });

  it("refuses what is twice, out of order, or a word where none belongs", () => {
    const [low, high] = [aTask(1), aTask(2)].sort((left, right) => (left.id < right.id ? -1 : 1));
    if (low === undefined || high === undefined) throw new Error("two tasks");
    const refused = (of: Partial<WorkRecord>) =>
      expect(() => encodeWorkRecord(record(of))).toThrow("PROTOCOL_BAD_RECORD");
    refused({ ended: [high, low] });
    refused({ ended: [low, low] });
    refused({ begun: [high.id, low.id] });
    refused({ begun: [low.id], ended: [low] });
    refused({ ended: [{ ...low, parts: [aPart({ segment: 1 }), aPart({ segment: 0 })] }] });
    refused({ ended: [{ ...low, parts: [aPart(), aPart()] }] });
    refused({ ended: [{ ...low, parts: [aPart({ word: wordOf(1) })] }] });
    const foreign = { ...wordOf(1), proof: { ...wordOf(1).proof, signer: `0x${"99".repeat(20)}` as const } };
    refused({ ended: [{ ...low, parts: [aPart({ outcome: "died", word: foreign })] }] });
  });

  it("of several pieces is one, whatever way they are cut", () => {
    fc.assert(
      fc.property(anyRecord, fc.infiniteStream(fc.nat(2)), (given, places) => {
        const pieces = [0, 1, 2].map(() => ({
          begun: [] as `0x${string}`[],
          ended: [] as WorkRecord["ended"][number][],
        }));
        const pieceOf = () => pieces[places.next().value] ?? { begun: [], ended: [] };
        for (const id of given.begun) pieceOf().begun.push(id);
        for (const task of given.ended) {
          if (task.hasBegun) pieceOf().begun.push(task.id);
          pieceOf().ended.push({ ...task, hasBegun: false });
        }
        const merged = mergeWork(HEAD, [...pieces, ...pieces]);
        expect(merged).toEqual(given);
        expect(begunOf(merged)).toBe(given.begun.length + given.ended.filter(({ hasBegun }) => hasBegun).length);
      }),
      { numRuns: 60 },
    );
  });
});
