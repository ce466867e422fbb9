import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { type Bytes32, bytesToHex, type Hex, hexToBytes } from "@cortensor/protocol";
import type { Secret } from "@cortensor/runtime";
import { publicKeyFromRaw, rawPublicKey } from "@cortensor/wire";

/** A raw X25519 private key behind this prefix is a PKCS #8 document. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");
const KEY_BYTES = 32;
const TAG_BYTES = 16;
const SEALED_BYTES = KEY_BYTES + KEY_BYTES + TAG_BYTES;
const LABEL = Buffer.from("cortensor sealed secret v1");
/** A key seals one message only, so that its nonce never repeats. */
const NONCE = Buffer.alloc(12);

/** A node's X25519 key: what is sealed to its registered half only it can open. */
export type SealingKey = {
  readonly publicKey: Bytes32;
  /** Undefined when it was sealed to another key, for another context, or is no seal at all. */
  open(sealed: Hex, context: Bytes32): Bytes32 | undefined;
};

/** Any 32 bytes are a key. */
export function createSealingKey(secret: Secret<Hex>): SealingKey {
  const raw = hexToBytes(secret.expose());
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, raw]), format: "der", type: "pkcs8" });
  const publicKey = rawPublicKey(createPublicKey(key));
  return {
    publicKey: bytesToHex(publicKey),
    open: (sealed, context) => {
      const bytes = Buffer.from(hexToBytes(sealed));
      if (bytes.length !== SEALED_BYTES) return undefined;
      const ephemeral = bytes.subarray(0, KEY_BYTES);
      const shared = sharedSecret(key, publicKeyFromRaw("x25519", ephemeral));
      if (shared === undefined) return undefined;
      const decipher = createDecipheriv("aes-256-gcm", keyOf({ shared, ephemeral, publicKey }), NONCE);
      decipher.setAAD(hexToBytes(context));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const plain = decipher.update(bytes.subarray(KEY_BYTES, -TAG_BYTES));
      try {
        return bytesToHex(Buffer.concat([plain, decipher.final()]));
      } catch {
        // The one thing that can fail here is the tag.
        return undefined;
      }
    },
  };
}

/**
 * Seals a secret to a public key: an ephemeral X25519 key, HKDF-SHA256, AES-256-GCM bound to the context. Undefined when the key is a
 * point with which no secret can be shared.
 */
export function sealTo(
  publicKey: Bytes32,
  { secret, context }: { readonly secret: Bytes32; readonly context: Bytes32 },
): Hex | undefined {
  const pair = generateKeyPairSync("x25519");
  const raw = Buffer.from(hexToBytes(publicKey));
  const shared = sharedSecret(pair.privateKey, publicKeyFromRaw("x25519", raw));
  if (shared === undefined) return undefined;
  const ephemeral = rawPublicKey(pair.publicKey);
  const cipher = createCipheriv("aes-256-gcm", keyOf({ shared, ephemeral, publicKey: raw }), NONCE);
  cipher.setAAD(hexToBytes(context));
  const text = Buffer.concat([cipher.update(hexToBytes(secret)), cipher.final()]);
  return bytesToHex(Buffer.concat([ephemeral, text, cipher.getAuthTag()]));
}

function keyOf(parts: { readonly shared: Buffer; readonly ephemeral: Buffer; readonly publicKey: Buffer }): Buffer {
  const info = Buffer.concat([LABEL, parts.ephemeral, parts.publicKey]);
  return Buffer.from(hkdfSync("sha256", parts.shared, Buffer.alloc(0), info, KEY_BYTES));
}

/** Undefined for a point of low order: its shared secret is zero, whoever computes it. */
function sharedSecret(privateKey: KeyObject, publicKey: KeyObject): Buffer | undefined {
  try {
    return diffieHellman({ privateKey, publicKey });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_OSSL_FAILED_DURING_DERIVATION")
      return undefined;
    throw error;
  }
}
