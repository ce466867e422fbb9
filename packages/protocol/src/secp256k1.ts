import { secp256k1 } from "@noble/curves/secp256k1.js";
import { bytesToHex, hexToBytes } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { keccak256Bytes } from "./keccak.js";
import type { Address, Bytes32, Hex } from "./primitives.js";

const SIGNATURE_BYTES = 65;

/** Signs a digest: 65 bytes r ‖ s ‖ v, low s, v 27 or 28. Deterministic (RFC 6979). Throws PROTOCOL_BAD_KEY. */
export function signDigest(digest: Bytes32, privateKey: Hex): Hex {
  const key = keyBytes(privateKey);
  const signed = secp256k1.sign(hexToBytes(digest), key, { prehash: false, lowS: true, format: "recovered" });
  const signature = new Uint8Array(SIGNATURE_BYTES);
  signature.set(signed.subarray(1), 0);
  signature[64] = 27 + (signed[0] ?? 0);
  return bytesToHex(signature);
}

/**
 * The address that signed a digest. Throws PROTOCOL_BAD_SIGNATURE for another length, another v than 27 or 28, a high s
 * (each signature has one form only), or values that no key could have made.
 */
export function recoverSigner(digest: Bytes32, signature: Hex): Address {
  const parsed = parseSignature(signature);
  const message = hexToBytes(digest);
  if (message.length !== 32) throw new ProtocolError({ code: "PROTOCOL_BAD_HEX", expected: "32 bytes" });
  try {
    return addressOfPoint(parsed.recoverPublicKey(message).toBytes(false));
  } catch (cause) {
    throw badSignature("no key could have made it", cause);
  }
}

/** The address of a private key, lower case. Throws PROTOCOL_BAD_KEY. */
export function addressOfPrivateKey(privateKey: Hex): Address {
  return addressOfPoint(secp256k1.getPublicKey(keyBytes(privateKey), false));
}

function parseSignature(signature: Hex) {
  if (signature.length !== 2 + 2 * SIGNATURE_BYTES) throw badSignature("not 65 bytes");
  const bytes = hexToBytes(signature);
  const v = bytes[64];
  if (v !== 27 && v !== 28) throw badSignature("v is neither 27 nor 28");
  const parsed = readPair(bytes.subarray(0, 64)).addRecoveryBit(v - 27);
  if (parsed.hasHighS()) throw badSignature("high s");
  return parsed;
}

function readPair(compact: Uint8Array) {
  try {
    return secp256k1.Signature.fromBytes(compact, "compact");
  } catch (cause) {
    throw badSignature("r or s is out of range", cause);
  }
}

function keyBytes(privateKey: Hex): Uint8Array {
  const isKey = /^0x[0-9a-fA-F]{64}$/.test(privateKey) && secp256k1.utils.isValidSecretKey(hexToBytes(privateKey));
  if (!isKey) throw new ProtocolError({ code: "PROTOCOL_BAD_KEY", reason: "not a secp256k1 private key" });
  return hexToBytes(privateKey);
}

/** From an uncompressed point: 0x04 ‖ x ‖ y. */
function addressOfPoint(point: Uint8Array): Address {
  return bytesToHex(keccak256Bytes(point.subarray(1)).subarray(12));
}

function badSignature(reason: string, cause?: unknown): ProtocolError {
  return new ProtocolError({ code: "PROTOCOL_BAD_SIGNATURE", reason }, { cause });
}
