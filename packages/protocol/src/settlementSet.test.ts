import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToHex, concatBytes, hexToBytes } from "./bytes.js";
import { setTree, verifySetChunk } from "./setTree.js";
import { decodeSettlementSet, encodeSettlementSet, type SetEntry } from "./settlementSet.js";

const wei = fc.bigInt({ min: 0n, max: (1n << 96n) - 1n });
const hexOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesToHex);
const entry: fc.Arbitrary<SetEntry> = fc.record({
  id: hexOf(32),
  resultsHash: hexOf(32),
  feeWei: wei,
  payees: fc.uniqueArray(fc.record({ payee: hexOf(20), netWei: wei }), {
    selector: ({ payee }) => payee,
    maxLength: 125,
  }),
});
const entries = fc.uniqueArray(entry, { selector: ({ id }) => id, minLength: 1, maxLength: 40 });

describe("a settlement set", () => {
  it("is read back as it was written, whatever the order it was given in", () => {
    fc.assert(
      fc.property(entries, fc.infiniteStream(fc.nat()), (given, places) => {
        const set = encodeSettlementSet(given);
        const shuffled = given.map((one) => ({ one, place: places.next().value })).sort((a, b) => a.place - b.place);
        expect(encodeSettlementSet(shuffled.map(({ one }) => one)).setCid).toBe(set.setCid);
        const read = decodeSettlementSet(set.bytes);
        expect(read.entries).toEqual(set.entries);
        expect([read.setCid, read.settlementRoot]).toEqual([set.setCid, set.settlementRoot]);
      }),
      { numRuns: 60 },
    );
  });

  it("is cut into whole entries, each chunk as full as it can be", () => {
    fc.assert(
      fc.property(entries, (given) => {
        const { chunks, bytes } = encodeSettlementSet(given);
        expect(bytesToHex(concatBytes(...chunks))).toBe(bytesToHex(bytes));
        for (const [index, chunk] of chunks.entries()) {
          expect(chunk.length).toBeLessThanOrEqual(4_096);
          const first = decodeSettlementSet(chunk).entries[0];
          const before = chunks[index - 1];
          if (before === undefined || first === undefined) continue;
          expect(before.length + 78 + 32 * first.payees.length).toBeGreaterThan(4_096);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("proves each of its chunks at its own place, and nowhere else", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(1_000), fc.nat(1_000), (count, pick, other) => {
        const chunks = Array.from({ length: count }, (_, index) => new Uint8Array([index, 7]));
        const { settlementRoot, pathOf } = setTree(chunks);
        const index = pick % count;
        const chunk = chunks[index] ?? new Uint8Array();
        const proof = { settlementRoot, count, index, chunk, path: pathOf(index) };
        expect(verifySetChunk(proof)).toBe(true);
        expect(verifySetChunk({ ...proof, count: count + 1 })).toBe(false);
        expect(verifySetChunk({ ...proof, chunk: new Uint8Array([index, 8]) })).toBe(false);
        expect(verifySetChunk({ ...proof, path: [...proof.path, settlementRoot] })).toBe(false);
        const elsewhere = other % count;
        if (elsewhere !== index) expect(verifySetChunk({ ...proof, index: elsewhere })).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it("has no place outside its chunks, and no tree without any", () => {
    const { pathOf, settlementRoot } = setTree([new Uint8Array([1])]);
    expect(() => pathOf(1)).toThrow("PROTOCOL_BAD_TREE");
    expect(() => setTree([])).toThrow("PROTOCOL_BAD_TREE");
    const proof = { settlementRoot, count: 1, chunk: new Uint8Array([1]), path: [] };
    for (const index of [-1, 1, 0.5, Number.NaN]) expect(verifySetChunk({ ...proof, index })).toBe(false);
    expect(verifySetChunk({ ...proof, index: 0, path: ["0xzz"] })).toBe(false);
  });
});

describe("bytes that are no settlement set", () => {
  const one: SetEntry = { id: `0x${"11".repeat(32)}`, resultsHash: `0x${"22".repeat(32)}`, feeWei: 5n, payees: [] };
  const low = { payee: `0x${"01".repeat(20)}`, netWei: 1n } as const;
  const high = { payee: `0x${"02".repeat(20)}`, netWei: 2n } as const;

  it("are refused wherever they are cut off or go on", () => {
    const { bytes } = encodeSettlementSet([{ ...one, payees: [low, high] }]);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeSettlementSet(bytes.subarray(0, length))).toThrow("PROTOCOL_BAD_SET");
    }
    expect(() => decodeSettlementSet(concatBytes(bytes, new Uint8Array(1)))).toThrow("PROTOCOL_BAD_SET");
  });

  it("are refused with ids or payees out of order, or twice", () => {
    const { bytes } = encodeSettlementSet([one]);
    const lower = encodeSettlementSet([{ ...one, id: `0x${"10".repeat(32)}` }]).bytes;
    expect(() => decodeSettlementSet(concatBytes(bytes, lower))).toThrow("its id is lower");
    expect(() => decodeSettlementSet(concatBytes(bytes, bytes))).toThrow("its id comes twice");
    const payees = encodeSettlementSet([{ ...one, payees: [low, high] }]).bytes.slice();
    payees.copyWithin(78 + 32, 78, 78 + 20);
    expect(() => decodeSettlementSet(payees)).toThrow("its payees are not each once, by address");
  });

  it("are refused with more payees than fit a chunk", () => {
    const many = hexToBytes(bytesToHex(encodeSettlementSet([one]).bytes));
    many[77] = 126;
    expect(() => decodeSettlementSet(concatBytes(many, new Uint8Array(126 * 32)))).toThrow("126 payees");
  });

  it("are never written: no entries, one twice, an amount beyond 96 bits", () => {
    expect(() => encodeSettlementSet([])).toThrow("PROTOCOL_BAD_SET");
    expect(() => encodeSettlementSet([one, one])).toThrow("its id comes twice");
    expect(() => encodeSettlementSet([{ ...one, payees: [low, low] }])).toThrow("PROTOCOL_BAD_SET");
    expect(() => encodeSettlementSet([{ ...one, feeWei: 1n << 96n }])).toThrow("PROTOCOL_OUT_OF_RANGE");
  });

  it("never crash the reader", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          expect(bytesToHex(decodeSettlementSet(bytes).bytes)).toBe(bytesToHex(bytes));
        } catch (error) {
          expect(String(error)).toContain("PROTOCOL_BAD_SET");
        }
      }),
      { numRuns: 300 },
    );
  });
});
