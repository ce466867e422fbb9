import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToHex } from "./bytes.js";
import { ByteWriter } from "./byteWriter.js";

const hexOf = (value: bigint, bytes: number): string =>
  BigInt.asUintN(8 * bytes, value)
    .toString(16)
    .padStart(2 * bytes, "0");

describe("packed bytes", () => {
  it("stand one after another as they were written, however many", () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 400 }).map((bytes) => ({ kind: "bytes" as const, bytes })),
      fc
        .tuple(fc.integer({ min: 1, max: 12 }), fc.bigInt({ min: 0n, max: 2n ** 96n - 1n }))
        .map(([bytes, value]) => ({ kind: "uint" as const, bytes, value: BigInt.asUintN(8 * bytes, value) })),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const writer = new ByteWriter();
        let expected = "0x";
        for (const one of parts) {
          if (one.kind === "bytes") {
            writer.bytes(one.bytes);
            expected += Buffer.from(one.bytes).toString("hex");
          } else {
            const isSafe = one.value <= BigInt(Number.MAX_SAFE_INTEGER);
            writer.uint("field", isSafe ? Number(one.value) : one.value, one.bytes);
            expected += hexOf(one.value, one.bytes);
          }
        }
        expect(bytesToHex(writer.toBytes())).toBe(expected);
      }),
    );
  });

  it("hold signed numbers as two's complement", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(bytesToHex(new ByteWriter().int("field", value, 8).toBytes())).toBe(`0x${hexOf(value, 8)}`);
      }),
    );
  });

  it("refuse what doesn't fit", () => {
    for (const value of [-1, 256, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => new ByteWriter().uint("field", value, 1)).toThrow("PROTOCOL_OUT_OF_RANGE");
    }
    expect(() => new ByteWriter().uint("field", 2n ** 96n, 12)).toThrow("PROTOCOL_OUT_OF_RANGE");
    expect(() => new ByteWriter().uint("field", 2 ** 53, 8)).toThrow("PROTOCOL_OUT_OF_RANGE");
    expect(() => new ByteWriter().int("field", 128, 1)).toThrow("PROTOCOL_OUT_OF_RANGE");
    expect(() => new ByteWriter().hex("0x12", 2)).toThrow("PROTOCOL_BAD_HEX");
  });
});
