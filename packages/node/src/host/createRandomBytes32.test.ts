import { describe, expect, it } from "vitest";
import { createRandomBytes32 } from "./createRandomBytes32.js";

describe("random words", () => {
  it("are each given once, in whole, and drawn many at a time", () => {
    let fills = 0;
    const next = createRandomBytes32((bytes) => {
      fills += 1;
      for (let at = 0; at < bytes.length; at += 32) bytes.writeUInt32BE(fills * 1_000 + at / 32, at);
    });
    const words = Array.from({ length: 300 }, next);
    expect(new Set(words).size).toBe(300);
    expect(fills).toBe(3);
    expect(words[0]).toBe(`0x${(1_000).toString(16).padStart(8, "0")}${"00".repeat(28)}`);
  });

  it("come from the machine's generator unless told otherwise", () => {
    const [one, other] = [createRandomBytes32()(), createRandomBytes32()()];
    expect(one).toMatch(/^0x[0-9a-f]{64}$/);
    expect(one).not.toBe(other);
  });
});
