import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256OfTenWords } from "./sha256Block.js";

const word = fc.integer({ min: -0x80000000, max: 0x7fffffff });

describe("the hash of ten words", () => {
  it("equals SHA-256 of their bytes, whichever tenth word came before", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 9, maxLength: 9 }), fc.array(word, { minLength: 1 }), (nine, tenths) => {
        const hashWith = sha256OfTenWords(Int32Array.from(nine));
        const out = new Uint32Array(2);
        for (const tenth of tenths) {
          const message = new DataView(new ArrayBuffer(40));
          for (const [index, value] of [...nine, tenth].entries()) message.setInt32(index * 4, value);
          const whole = sha256(new Uint8Array(message.buffer));
          const view = new DataView(whole.buffer, whole.byteOffset);
          hashWith(tenth, out);
          expect([...out]).toEqual([view.getUint32(0), view.getUint32(4)]);
        }
      }),
    );
  });
});
