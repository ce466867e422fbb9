import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ZERO_BYTES32 } from "./primitives.js";
import { TokenRoot, tokenRootOf } from "./tokenRoot.js";

const anyIds = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 120 });

describe("TokenRoot", () => {
  it("goes on from its last block as if it had never stopped", () => {
    fc.assert(
      fc.property(anyIds, fc.nat(120), (ids, cut) => {
        const first = new TokenRoot();
        for (const id of ids.slice(0, cut)) first.push(id);
        const block = first.lastBlock();
        const resumed = new TokenRoot(block);
        for (const id of ids.slice(block.position)) resumed.push(id);
        expect(resumed.root()).toBe(tokenRootOf(ids));
        expect(resumed.position).toBe(ids.length);
      }),
    );
  });

  it("differs for every prefix and every changed token", () => {
    const ids = Array.from({ length: 70 }, (_, index) => index);
    const running = new TokenRoot();
    const roots = ids.map((id) => {
      running.push(id);
      return running.root();
    });
    expect(new Set(roots).size).toBe(70);
    expect(tokenRootOf(ids.with(40, 99))).not.toBe(roots.at(-1));
  });

  it("is zero at position 0, and asking for it changes nothing", () => {
    const running = new TokenRoot();
    expect(running.root()).toBe(ZERO_BYTES32);
    running.push(5);
    expect(running.root()).toBe(running.root());
    expect(running.root()).toBe(tokenRootOf([5]));
  });

  it("refuses a start inside a block and a token that is no 32-bit id", () => {
    for (const position of [31, -32, 0.5]) {
      expect(() => new TokenRoot({ position, root: ZERO_BYTES32 })).toThrow("field=position");
    }
    for (const id of [-1, 1.5, 2 ** 32]) expect(() => new TokenRoot().push(id)).toThrow("field=tokenId");
  });
});
