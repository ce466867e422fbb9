import { tokenRootOf } from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenLog } from "./tokenLog.js";

describe("the token log", () => {
  it("knows the running root at every position, however the tokens came", () => {
    const ids = fc.array(fc.array(fc.nat(0xffffffff), { maxLength: 70 }), { maxLength: 6 });
    fc.assert(
      fc.property(ids, (parts) => {
        const log = new TokenLog();
        for (const part of parts) log.push(part);
        const all = parts.flat();
        expect(log.ids).toEqual(all);
        for (let position = 0; position <= all.length; position += 1) {
          expect(log.rootAt(position)).toBe(tokenRootOf(all.slice(0, position)));
        }
        expect(log.rootAt(all.length + 1)).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });
});
