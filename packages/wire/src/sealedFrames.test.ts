import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { FrameOpener, FrameSealer, SEAL_BYTES } from "./sealedFrames.js";

const KEY = Buffer.alloc(32, 7);

describe("sealed frames", () => {
  it("open in the order they were sealed, over a change of keys", () => {
    const sealer = new FrameSealer(KEY, 3);
    const opener = new FrameOpener(KEY, 3);
    for (let index = 0; index < 10; index += 1) {
      const plain = randomBytes(index * 100);
      const sealed = sealer.seal(plain);
      expect(sealed.length).toBe(plain.length + SEAL_BYTES);
      expect(opener.open(sealed).equals(plain)).toBe(true);
    }
  });

  it("refuse any changed byte", () => {
    const sealed = new FrameSealer(KEY).seal(Buffer.from("thirty-two tokens of an answer"));
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => new FrameOpener(KEY).open(changed), `byte ${index}`).toThrow("frameTampered");
    }
  });

  it("refuse one that is repeated, left out, cut short or sealed by another key", () => {
    const sealer = new FrameSealer(KEY);
    const first = sealer.seal(Buffer.from("first"));
    const second = sealer.seal(Buffer.from("second"));
    const opener = new FrameOpener(KEY);
    opener.open(first);
    expect(() => opener.open(first)).toThrow("frameTampered");
    expect(() => new FrameOpener(KEY).open(second)).toThrow("frameTampered");
    expect(() => new FrameOpener(KEY).open(first.subarray(0, 10))).toThrow("frameTampered");
    expect(() => new FrameOpener(Buffer.alloc(32, 8)).open(first)).toThrow("frameTampered");
  });
});
