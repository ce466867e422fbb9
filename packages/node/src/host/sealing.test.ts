import { type Bytes32, type Hex, ZERO_BYTES32 } from "@cortensor/protocol";
import { Secret } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { createSealingKey, sealTo } from "./sealing.js";

const word = (byte: string): Bytes32 => `0x${byte.repeat(32)}`;
const keyOf = (byte: string) => createSealingKey(new Secret<Hex>(word(byte)));
const own = keyOf("11");
const sealed = (publicKey: Bytes32, context = word("cc")): Hex => {
  const made = sealTo(publicKey, { secret: word("5e"), context });
  if (made === undefined) throw new Error("a good key can be sealed to");
  return made;
};

describe("a sealed secret", () => {
  it("is opened by the key it was sealed to, and looks another each time", () => {
    const [one, other] = [sealed(own.publicKey), sealed(own.publicKey)];
    expect(one).toHaveLength(2 + 2 * 80);
    expect(one).not.toBe(other);
    expect(own.open(one, word("cc"))).toBe(word("5e"));
    expect(own.open(other, word("cc"))).toBe(word("5e"));
  });

  it("isn't opened by another key, in another context, or when a byte of it is another", () => {
    const made = sealed(own.publicKey);
    expect(keyOf("12").open(made, word("cc"))).toBeUndefined();
    expect(own.open(made, word("cd"))).toBeUndefined();
    for (let at = 0; at < 80; at += 1) {
      const bytes = Buffer.from(made.slice(2), "hex");
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      expect(own.open(`0x${bytes.toString("hex")}`, word("cc"))).toBeUndefined();
    }
    expect(own.open(`0x${made.slice(4)}`, word("cc"))).toBeUndefined();
  });

  it("can't be made for a point of low order, nor opened from one", () => {
    const lowest = [ZERO_BYTES32, `0x01${"00".repeat(31)}`] as const;
    for (const point of lowest) {
      expect(sealTo(point, { secret: word("5e"), context: word("cc") })).toBeUndefined();
      expect(own.open(`0x${point.slice(2)}${"00".repeat(48)}`, word("cc"))).toBeUndefined();
    }
  });
});

describe("a sealing key", () => {
  it("has the public half that RFC 7748 gives for Alice", () => {
    const secret = "0x77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
    const alice = createSealingKey(new Secret<Hex>(secret));
    expect(alice.publicKey).toBe("0x8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  });
});
