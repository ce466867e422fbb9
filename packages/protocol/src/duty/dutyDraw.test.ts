import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hexToBytes } from "../bytes.js";
import { aWord } from "../test/aTask.js";
import { PPM } from "./auditRate.js";
import { dutyBound, dutyDraw, isBelow, isDuty } from "./dutyDraw.js";

const SECRET = aWord("secret");
const toBigInt = (bytes: Uint8Array): bigint => bytes.reduce((whole, byte) => (whole << 8n) | BigInt(byte), 0n);
const toWord = (whole: bigint): Uint8Array => hexToBytes(`0x${whole.toString(16).padStart(64, "0")}`);
const ALL = 1n << 256n;

describe("the draw of duties", () => {
  it("is everybody's to recompute, and nobody's to foresee without the secret", () => {
    const draw = dutyDraw(SECRET);
    const task = hexToBytes(aWord("task"));
    expect(draw(task)).toEqual(draw(task));
    expect(draw(task)).not.toEqual(draw(hexToBytes(aWord("another"))));
    expect(dutyDraw(aWord("another"))(task)).not.toEqual(draw(task));
    expect(() => draw(new Uint8Array(31))).toThrow("PROTOCOL_OUT_OF_RANGE");
  });

  it("compares all 256 bits, up to the bounds themselves", () => {
    const anyBound = fc.bigInt({ min: 0n, max: ALL });
    const anyPoint = fc.bigInt({ min: 0n, max: ALL - 1n });
    fc.assert(
      fc.property(anyPoint, anyBound, (point, other) => {
        for (const bound of [other, point, point + 1n]) {
          const bytes = hexToBytes(`0x${bound.toString(16).padStart(66, "0")}`);
          expect(isBelow(toWord(point), bytes)).toBe(point < bound);
        }
      }),
    );
  });

  it("has the bound that the rate and the weight say, rounded down, and all of it for all", () => {
    const anyWeight = fc.bigInt({ min: 0n, max: 1n << 96n });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: PPM }), anyWeight, anyWeight, (ratePpm, weight, rest) => {
        const total = weight + rest + 1n;
        const bound = toBigInt(dutyBound(ratePpm, { weight, total }));
        const exact = ALL * BigInt(ratePpm) * weight;
        expect(bound * BigInt(PPM) * total).toBeLessThanOrEqual(exact);
        expect((bound + 1n) * BigInt(PPM) * total).toBeGreaterThan(exact);
      }),
    );
    const whole = { secret: SECRET, ratePpm: PPM, weight: { weight: 1n, total: 1n } };
    fc.assert(fc.property(fc.nat(), (task) => isDuty({ ...whole, taskId: aWord(`task ${task}`) })));
    expect(isDuty({ ...whole, ratePpm: 0, taskId: aWord("task") })).toBe(false);
  });

  it("gives a validator that splits its weight no fewer duties and no more", () => {
    const whole = toBigInt(dutyBound(50_000, { weight: 6n, total: 10n }));
    const parts = [1n, 2n, 3n].map((weight) => toBigInt(dutyBound(50_000, { weight, total: 10n })));
    expect(whole - parts.reduce((sum, part) => sum + part, 0n)).toBeLessThan(3n);
  });

  it("refuses rates and weights that can't be", () => {
    const seventh = { weight: 1n, total: 7n };
    for (const ratePpm of [PPM + 1, -1, 0.5, Number.NaN])
      expect(() => dutyBound(ratePpm, seventh)).toThrow("PROTOCOL_OUT_OF_RANGE");
    for (const [weight, total] of [
      [2n, 1n],
      [0n, 0n],
      [-1n, 1n],
    ] as const)
      expect(() => dutyBound(1, { weight, total })).toThrow("PROTOCOL_OUT_OF_RANGE");
  });
});
