import type { Hex } from "@cortensor/protocol";
import { unencodable } from "./codecError.js";

const FIRST_BYTES = 4 * 1024;
const U32_MAX = 0xffff_ffff;
const U64_LOW = 0xffff_ffff_ffff_ffffn;

/** Grows a buffer and writes big-endian values into it. `take` hands the bytes over and starts anew. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes written so far. They stay valid: the next write begins a new buffer. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.allocUnsafe(Math.max(FIRST_BYTES, Math.min(this.#bytes.length, 128 * 1024)));
    this.#length = 0;
    return taken;
  }

  /** Forgets what was written from `length` on. */
  truncate(length: number): void {
    this.#length = length;
  }

  u8(value: number): void {
    checkInteger(value, 0xff);
    this.#reserve(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  u32(value: number): void {
    checkInteger(value, U32_MAX);
    this.#reserve(4);
    this.#bytes.writeUInt32BE(value, this.#length);
    this.#length += 4;
  }

  /** Overwrites four bytes at `offset`: lengths that are known only afterwards. */
  patchU32(offset: number, value: number): void {
    this.#bytes.writeUInt32BE(value, offset);
  }

  /** An integer of 0…2^53 − 1, seven bits a byte, low bits first. */
  varint(value: number): void {
    checkInteger(value, Number.MAX_SAFE_INTEGER);
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length] = (rest % 0x80) | 0x80;
      this.#length += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length] = rest;
    this.#length += 1;
  }

  u96(value: bigint): void {
    if (value < 0n || value >> 96n !== 0n) throw unencodable("an unsigned 96-bit integer", String(value));
    this.#reserve(12);
    this.#bytes.writeUInt32BE(Number(value >> 64n), this.#length);
    this.#bytes.writeBigUInt64BE(value & U64_LOW, this.#length + 4);
    this.#length += 12;
  }

  i64(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw unencodable("a signed 64-bit integer", String(value));
    this.#reserve(8);
    this.#bytes.writeBigInt64BE(value, this.#length);
    this.#length += 8;
  }

  f32(value: number): void {
    if (!Number.isFinite(value)) throw unencodable("a finite number", String(value));
    this.#reserve(4);
    this.#bytes.writeFloatBE(value, this.#length);
    this.#length += 4;
  }

  f64(value: number): void {
    if (!Number.isFinite(value)) throw unencodable("a finite number", String(value));
    this.#reserve(8);
    this.#bytes.writeDoubleBE(value, this.#length);
    this.#length += 8;
  }

  /** A hex string of exactly `bytes` bytes, as raw bytes. */
  hex(value: Hex, bytes: number): void {
    this.#reserve(bytes);
    const isWhole = value.length === 2 + 2 * bytes && value.startsWith("0x");
    if (!isWhole || this.#bytes.write(value.slice(2), this.#length, bytes, "hex") !== bytes) {
      throw unencodable(`${bytes} bytes of hex`, `${value.length} characters`);
    }
    this.#length += bytes;
  }

  /** Length in bytes, then UTF-8. */
  text(value: string): void {
    const bytes = Buffer.byteLength(value, "utf8");
    this.varint(bytes);
    this.#reserve(bytes);
    this.#length += this.#bytes.write(value, this.#length, bytes, "utf8");
  }

  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

function checkInteger(value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) {
    throw unencodable(`an integer of 0…${max}`, String(value));
  }
}
