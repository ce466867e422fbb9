import { sha256 } from "@noble/hashes/sha2.js";
import { ProtocolError } from "./errors.js";
import { keccak256Bytes } from "./keccak.js";
import type { Bytes32, Hex } from "./primitives.js";

const HEX_OF_BYTE: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const NOT_HEX = 0xff;
const NIBBLE_OF_CHAR = nibbleTable();
const encoder = new TextEncoder();

/** Decodes prefixed hex of either case. Throws PROTOCOL_BAD_HEX on an odd length, a missing prefix or another character. */
export function hexToBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(Math.max(0, (hex.length - 2) >> 1));
  writeHex(bytes, 0, hex, bytes.length);
  return bytes;
}

/** Writes exactly `length` bytes of prefixed hex into `target` at `offset`. Throws PROTOCOL_BAD_HEX on any other length. */
export function writeHex(target: Uint8Array, offset: number, hex: string, length: number): void {
  if (hex.length !== 2 + 2 * length || hex.charCodeAt(0) !== 48 || hex.charCodeAt(1) !== 120) refuse(length);
  let bad = 0;
  for (let index = 0, at = 2; index < length; index += 1, at += 2) {
    const high = NIBBLE_OF_CHAR[hex.charCodeAt(at)] ?? NOT_HEX;
    const low = NIBBLE_OF_CHAR[hex.charCodeAt(at + 1)] ?? NOT_HEX;
    bad |= high | low;
    target[offset + index] = (high << 4) | low;
  }
  if (bad > 15) refuse(length);
}

/** Lower-case hex with its prefix. */
export function bytesToHex(bytes: Uint8Array): Hex {
  let text = "0x";
  for (let index = 0; index < bytes.length; index += 1) text += HEX_OF_BYTE[bytes[index] ?? 0];
  return text as Hex;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** UTF-8 of a text; a lone surrogate becomes U+FFFD. */
export function utf8ToBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Whether two byte strings are equal. Takes the same time wherever they differ. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index += 1) difference |= (left[index] ?? 0) ^ (right[index] ?? 0);
  return difference === 0;
}

export function keccak256(bytes: Uint8Array): Bytes32 {
  return bytesToHex(keccak256Bytes(bytes));
}

/** SHA-256 as raw bytes. */
export function sha256Bytes(bytes: Uint8Array): Uint8Array {
  return sha256(bytes);
}

function nibbleTable(): Uint8Array {
  const table = new Uint8Array(128).fill(NOT_HEX);
  for (let value = 0; value < 16; value += 1) {
    const char = value.toString(16);
    table[char.charCodeAt(0)] = value;
    table[char.toUpperCase().charCodeAt(0)] = value;
  }
  return table;
}

function refuse(length: number): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_HEX", expected: `${length} bytes of prefixed hex` });
}
