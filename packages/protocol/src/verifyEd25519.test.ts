import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, it } from "vitest";
import { createEd25519, portableEd25519 } from "./verifyEd25519.js";

const secret = new Uint8Array(32).fill(7);
const publicKey = ed25519.getPublicKey(secret);
const message = new Uint8Array(32).fill(9);
const signature = ed25519.sign(message, secret);
/** A platform that has WebCrypto and not this algorithm in it. */
const without = Object.assign(Object.create(crypto.subtle), {
  importKey: async () => {
    throw new DOMException("not here", "NotSupportedError");
  },
});

describe.each([
  ["in JavaScript", portableEd25519],
  ["by the platform", createEd25519()],
  ["where the platform doesn't know it", createEd25519(without)],
])("an Ed25519 signature, verified %s", (_name, verify) => {
  it("is its key's, of its message", async () => {
    for (let times = 0; times < 2; times += 1) expect(await verify({ publicKey, message, signature })).toBe(true);
  });

  it("is nobody's otherwise, also where lengths and points are those of no key", async () => {
    const wrong = [
      { publicKey: ed25519.getPublicKey(message), message, signature },
      { publicKey, message: secret, signature },
      { publicKey, message, signature: signature.toReversed() },
      { publicKey, message, signature: signature.slice(1) },
      { publicKey: publicKey.slice(1), message, signature },
      { publicKey: new Uint8Array(32).fill(0xff), message, signature },
    ];
    for (const claim of wrong) expect(await verify(claim)).toBe(false);
  });
});
