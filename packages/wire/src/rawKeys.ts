import { createPublicKey, type KeyObject } from "node:crypto";

/** X25519 and Ed25519 public keys travel as 32 raw bytes; node:crypto takes and gives them behind these DER prefixes. */
const SPKI_PREFIX = {
  x25519: Buffer.from("302a300506032b656e032100", "hex"),
  ed25519: Buffer.from("302a300506032b6570032100", "hex"),
} as const;

export function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" }).subarray(-32);
}

export function publicKeyFromRaw(kind: keyof typeof SPKI_PREFIX, raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX[kind], raw]), format: "der", type: "spki" });
}
