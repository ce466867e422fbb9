import type { Hex } from "@cortensor/protocol";

export function toBuffer(hex: Hex): Buffer {
  return Buffer.from(hex.slice(2), "hex");
}

export function toHex(bytes: Buffer): Hex {
  return `0x${bytes.toString("hex")}`;
}

/**
 * A parameter of type `bytea[]`, as text. The driver would do the same from buffers, at several times the cost: a router
 * writes ten thousand receipts a second.
 */
export function toByteaArray(values: readonly (Hex | null)[]): string {
  return `{${values.map((hex) => (hex === null ? "NULL" : `"\\\\x${hex.slice(2)}"`)).join(",")}}`;
}

/** A parameter of a number type's array, as text. */
export function toNumberArray(values: readonly (number | bigint | string)[]): string {
  return `{${values.join(",")}}`;
}

/** Several words as one. */
export function joinHex(words: readonly Hex[]): Hex {
  return `0x${words.map((hex) => hex.slice(2)).join("")}`;
}

/** An amount as twelve bytes, big-endian. */
export function writeUint96(bytes: Buffer, value: bigint, at: number): void {
  bytes.writeUInt32BE(Number(value >> 64n), at);
  bytes.writeBigUInt64BE(value & 0xffff_ffff_ffff_ffffn, at + 4);
}

export function readUint96(bytes: Buffer, at: number): bigint {
  return (BigInt(bytes.readUInt32BE(at)) << 64n) | bytes.readBigUInt64BE(at + 4);
}
