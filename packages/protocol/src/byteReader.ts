import { bytesToHex } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import type { Hex } from "./primitives.js";

const TEXT_LENGTH_BYTES = 4;
/** A mark at a text's start is a character like any other: it was hashed. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads what `ByteWriter` packed, strictly. Throws PROTOCOL_BAD_RECORD, naming what was read, for bytes that are short or go on. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  hex(length: number): Hex {
    return bytesToHex(this.#take(length));
  }

  /** So many bytes, as a copy. */
  bytes(length: number): Uint8Array {
    return this.#take(length).slice();
  }

  /** An unsigned whole number of `length` bytes, at most 2^53 − 1. */
  uint(field: string, length: number): number {
    const value = this.#take(length).reduce((whole, byte) => (whole << 8n) | BigInt(byte), 0n);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.refuse(`${field} is above 2^53 − 1`);
    return Number(value);
  }

  /** A signed whole number of `length` bytes, two's complement. */
  int(length: number): bigint {
    const value = this.#take(length).reduce((whole, byte) => (whole << 8n) | BigInt(byte), 0n);
    return BigInt.asIntN(8 * length, value);
  }

  /** A text behind its length in bytes (4 bytes). Refuses what isn't UTF-8. */
  text(): string {
    const bytes = this.#take(this.uint("textBytes", TEXT_LENGTH_BYTES));
    try {
      return UTF8.decode(bytes);
    } catch {
      return this.refuse("a text isn't UTF-8");
    }
  }

  /** Refuses bytes beyond what was read. */
  end(): void {
    if (this.#at !== this.#bytes.length) this.refuse("it goes on beyond its end");
  }

  refuse(reason: string): never {
    throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: this.#what, reason });
  }

  #take(length: number): Uint8Array {
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) this.refuse("it is too short");
    return this.#bytes.subarray(from, this.#at);
  }
}
