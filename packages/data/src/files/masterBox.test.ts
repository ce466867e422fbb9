import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createMasterBox } from "./masterBox.js";

const nonce = () => randomBytes(12);
const KEY = Buffer.alloc(32, 7);

describe("what is sealed under the master key", () => {
  it("opens at its place alone, under its key alone, and with no bit turned", () => {
    const box = createMasterBox(KEY, nonce);
    const sealed = box.seal(Buffer.from("a name"), "row/1");
    expect(box.open(sealed, "row/1").toString()).toBe("a name");
    expect(sealed.includes(Buffer.from("name"))).toBe(false);
    expect(() => box.open(sealed, "row/2")).toThrow("FILES_UNREADABLE");
    expect(() => createMasterBox(Buffer.alloc(32, 8), nonce).open(sealed, "row/1")).toThrow("FILES_UNREADABLE");
    for (let at = 0; at < sealed.length; at += 1) {
      const turned = Buffer.from(sealed);
      turned[at] = (turned[at] ?? 0) ^ 1;
      expect(() => box.open(turned, "row/1")).toThrow("FILES_UNREADABLE");
    }
    expect(() => box.open(sealed.subarray(0, 20), "row/1")).toThrow("FILES_UNREADABLE");
  });

  it("needs a key of 32 bytes", () => {
    expect(() => createMasterBox(Buffer.alloc(31), nonce)).toThrow("FILES_BAD_KEY");
  });
});
