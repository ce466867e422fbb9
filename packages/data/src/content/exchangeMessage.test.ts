import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WANTS_PER_MESSAGE_MAX } from "./contentLimits.js";
import { decodeMessage, encodeMessage } from "./exchangeMessage.js";
import { codeOf } from "./test/madeBytes.js";

const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
const message = fc.record({
  wants: fc.array(
    fc.record({ cid: bytes, kind: fc.constantFrom("block", "have", "cancel"), sendDontHave: fc.boolean() }),
    { maxLength: 5 },
  ),
  blocks: fc.array(fc.record({ prefix: bytes, data: bytes }), { maxLength: 5 }),
  presences: fc.array(fc.record({ cid: bytes, has: fc.boolean() }), { maxLength: 5 }),
});

describe("messages of the exchange", () => {
  it("are read as they were written", () => {
    fc.assert(
      fc.property(message, (given) => {
        expect(decodeMessage(encodeMessage(given))).toEqual(given);
      }),
    );
  });

  it("are written as other implementations write them", () => {
    const want = { cid: Uint8Array.of(1, 85), kind: "have", sendDontHave: true } as const;
    expect(Buffer.from(encodeMessage({ wants: [want] })).toString("hex")).toBe("0a0c0a0a0a020155100120012801");
    const block = { prefix: Uint8Array.of(1, 85), data: Uint8Array.of(9) };
    expect(Buffer.from(encodeMessage({ blocks: [block] })).toString("hex")).toBe("1a070a020155120109");
  });

  it("are refused by name when they are noise, and never otherwise", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        try {
          decodeMessage(noise);
        } catch (error) {
          expect(error).toMatchObject({ code: "CONTENT_BAD_MESSAGE" });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("are refused with more entries than one may have", async () => {
    const wants = Array.from({ length: WANTS_PER_MESSAGE_MAX + 1 }, () => ({
      cid: Uint8Array.of(1),
      kind: "block" as const,
      sendDontHave: false,
    }));
    const encoded = encodeMessage({ wants });
    expect(await codeOf((async () => decodeMessage(encoded))())).toBe("CONTENT_BAD_MESSAGE");
  });
});
