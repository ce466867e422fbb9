import { bytesToHex, hexToBytes } from "../bytes.js";
import { ProtocolError } from "../errors.js";
import type { Address, Bytes32, Hex } from "../primitives.js";
import { recoverSigner } from "../secp256k1.js";

const BYTES = 64;
const PARITY_BIT = 0x80;

/** A signature in 64 bytes (EIP-2098): r ‖ s, the parity of v in the highest bit of s. Of `signDigest`'s 65 bytes. */
export function toCompactSignature(signature: Hex): Hex {
  const bytes = hexToBytes(signature);
  const v = bytes[BYTES];
  if (bytes.length !== BYTES + 1 || (v !== 27 && v !== 28)) refuse("not r ‖ s ‖ v");
  if (((bytes[32] ?? 0) & PARITY_BIT) !== 0) refuse("high s");
  const compact = bytes.slice(0, BYTES);
  if (v === 28) compact[32] = (compact[32] ?? 0) | PARITY_BIT;
  return bytesToHex(compact);
}

/** The address that signed a digest. Throws PROTOCOL_BAD_SIGNATURE as `recoverSigner` does: one form for each signature. */
export function recoverCompact(digest: Bytes32, compact: Hex): Address {
  const bytes = hexToBytes(compact);
  if (bytes.length !== BYTES) refuse("not 64 bytes");
  const full = new Uint8Array(BYTES + 1);
  full.set(bytes);
  const high = bytes[32] ?? 0;
  full[32] = high & ~PARITY_BIT;
  full[BYTES] = (high & PARITY_BIT) === 0 ? 27 : 28;
  return recoverSigner(digest, bytesToHex(full));
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_SIGNATURE", reason });
}
