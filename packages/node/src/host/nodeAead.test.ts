import { portableAead } from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeAead } from "./nodeAead.js";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe("the platform's AEAD", () => {
  it("seals to the same bytes as the portable one, and opens them; not with a bit changed", () => {
    fc.assert(
      fc.property(
        bytes(32),
        bytes(12),
        fc.uint8Array({ maxLength: 40 }),
        fc.uint8Array({ maxLength: 600 }),
        fc.nat(),
        (key, nonce, aad, data, at) => {
          const sealed = nodeAead.seal(key, { nonce, aad, data });
          expect(sealed).toEqual(portableAead.seal(key, { nonce, aad, data }));
          expect(nodeAead.open(key, { nonce, aad, data: sealed })).toEqual(data);
          const altered = sealed.slice();
          altered[at % sealed.length] = (sealed[at % sealed.length] ?? 0) ^ 1;
          expect(nodeAead.open(key, { nonce, aad, data: altered })).toBeUndefined();
          expect(nodeAead.open(key, { nonce, aad, data: sealed.subarray(0, 15) })).toBeUndefined();
        },
      ),
    );
  });
});
