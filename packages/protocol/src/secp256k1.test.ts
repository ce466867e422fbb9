import { secp256k1 } from "@noble/curves/secp256k1.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToHex, hexToBytes, keccak256, utf8ToBytes } from "./bytes.js";
import type { Hex } from "./primitives.js";
import { addressOfPrivateKey, recoverSigner, signDigest } from "./secp256k1.js";

const KEY: Hex = `0x${"11".repeat(32)}`;
const DIGEST = keccak256(utf8ToBytes("digest"));

describe("signatures", () => {
  it("recover the address of their key", () => {
    const word = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(word, word, (key, digest) => {
        fc.pre(secp256k1.utils.isValidSecretKey(key));
        const privateKey = bytesToHex(key);
        const signature = signDigest(bytesToHex(digest), privateKey);
        expect(recoverSigner(bytesToHex(digest), signature)).toBe(addressOfPrivateKey(privateKey));
      }),
      { numRuns: 20 },
    );
  });

  it("name another signer for another digest", () => {
    const other = keccak256(utf8ToBytes("other"));
    expect(recoverSigner(other, signDigest(DIGEST, KEY))).not.toBe(addressOfPrivateKey(KEY));
  });

  it("are refused with a high s", () => {
    const bytes = hexToBytes(signDigest(DIGEST, KEY));
    const high = secp256k1.Point.Fn.ORDER - BigInt(bytesToHex(bytes.subarray(32, 64)));
    bytes.set(hexToBytes(`0x${high.toString(16).padStart(64, "0")}`), 32);
    bytes[64] = bytes[64] === 27 ? 28 : 27;
    expect(() => recoverSigner(DIGEST, bytesToHex(bytes))).toThrow("PROTOCOL_BAD_SIGNATURE: reason=high s");
  });

  const signature = signDigest(DIGEST, KEY);
  it.each<[string, Hex]>([
    ["64 bytes", signature.slice(0, -2) as Hex],
    ["66 bytes", `${signature}00`],
    ["v of 0", `${signature.slice(0, -2)}00` as Hex],
    ["v of 29", `${signature.slice(0, -2)}1d` as Hex],
    ["r of 0", `0x${"00".repeat(32)}${signature.slice(66)}`],
    ["r beyond the curve", `0x${"ff".repeat(32)}${signature.slice(66)}`],
    ["s of 0", `${signature.slice(0, 66)}${"00".repeat(32)}1b` as Hex],
  ])("are refused with %s", (_what, broken) => {
    expect(() => recoverSigner(DIGEST, broken)).toThrow("PROTOCOL_BAD_SIGNATURE");
  });

  it("are refused where no point has that r", () => {
    const absent = `0x${"00".repeat(31)}05${"00".repeat(31)}011b` as const;
    expect(() => recoverSigner(DIGEST, absent)).toThrow("no key could have made it");
  });
});

describe("private keys", () => {
  it.each<Hex>(["0x", `0x${"00".repeat(32)}`, `0x${"ff".repeat(32)}`, `0x${"11".repeat(31)}`])(
    "are refused when %s, without being repeated",
    (key) => {
      expect(() => addressOfPrivateKey(key)).toThrow("PROTOCOL_BAD_KEY: reason=not a secp256k1 private key");
      expect(() => signDigest(DIGEST, key)).toThrow("PROTOCOL_BAD_KEY");
    },
  );
});
