import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToHex } from "./bytes.js";

/** What is verified: 32 bytes of key, 64 of signature. */
export type Ed25519Claim = {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
};

/** Whether a key signed a message. False, too, for what is no key or no signature. */
export type VerifyEd25519 = (claim: Ed25519Claim) => Promise<boolean>;

/** Keys that stay imported: one for each life of a router's process. The oldest goes first. */
const KEYS_MAX = 64;

/** In JavaScript, where the platform has none: a millisecond. */
export const portableEd25519: VerifyEd25519 = async ({ publicKey, message, signature }) => {
  try {
    return ed25519.verify(signature, message, publicKey);
  } catch {
    // Lengths and points that no key has: the library says so by errors.
    return false;
  }
};

/** By the platform's WebCrypto, which Node and today's browsers have: a tenth of that. */
export function createEd25519(subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle): VerifyEd25519 {
  if (subtle === undefined) return portableEd25519;
  const keys = new Map<string, Promise<CryptoKey>>();
  const keyOf = (publicKey: Uint8Array): Promise<CryptoKey> => {
    const name = bytesToHex(publicKey);
    const known = keys.get(name);
    if (known !== undefined) return known;
    const imported = subtle.importKey("raw", publicKey.slice(), "Ed25519", false, ["verify"]);
    keys.set(name, imported);
    for (const oldest of keys.keys()) {
      if (keys.size <= KEYS_MAX) break;
      keys.delete(oldest);
    }
    return imported;
  };
  return async (claim) => {
    try {
      const { publicKey, message, signature } = claim;
      return await subtle.verify("Ed25519", await keyOf(publicKey), signature.slice(), message.slice());
    } catch (error) {
      // Any other error says that it is no key.
      return error instanceof Error && error.name === "NotSupportedError" ? portableEd25519(claim) : false;
    }
  };
}
