import { utf8ToBytes, writeHex } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import type { Hex } from "./primitives.js";

const FIRST_BYTES = 256;
/** Bytes of a whole number that fits a double with room to divide exactly. */
const NUMBER_BYTES_MAX = 6;

/** Packs values one after another, big-endian, for hashes that aren't EIP-712. Refuses what doesn't fit. */
export class ByteWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  bytes(value: Uint8Array): this {
    const at = this.#take(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  /** Exactly `length` bytes of hex. */
  hex(value: Hex, length: number): this {
    const at = this.#take(length);
    writeHex(this.#bytes, at, value, length);
    return this;
  }

  /** An unsigned whole number of `length` bytes. */
  uint(field: string, value: number | bigint, length: number): this {
    if (typeof value === "number" && length <= NUMBER_BYTES_MAX) return this.#small(field, value, length);
    return this.#whole(field, toBigInt(field, value), length, 0n, (1n << BigInt(8 * length)) - 1n);
  }

  /** A signed whole number of `length` bytes, two's complement. */
  int(field: string, value: number | bigint, length: number): this {
    const half = 1n << BigInt(8 * length - 1);
    return this.#whole(field, toBigInt(field, value), length, -half, half - 1n);
  }

  /** The text's length in UTF-8 bytes (4 bytes), then the bytes. */
  text(value: string): this {
    const bytes = utf8ToBytes(value);
    return this.uint("textBytes", bytes.length, 4).bytes(bytes);
  }

  /** A text without its length, for fixed prefixes. */
  tag(value: string): this {
    return this.bytes(utf8ToBytes(value));
  }

  /** A view of what was written: valid until more is. */
  toBytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #small(field: string, value: number, length: number): this {
    const end = 256 ** length;
    if (!Number.isSafeInteger(value) || value < 0 || value >= end) refuse(field, value, `0…${end - 1}`);
    const at = this.#take(length);
    let rest = value;
    for (let index = at + length - 1; index >= at; index -= 1) {
      this.#bytes[index] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    return this;
  }

  #whole(field: string, value: bigint, length: number, lowest: bigint, highest: bigint): this {
    if (value < lowest || value > highest) refuse(field, value, `${lowest}…${highest}`);
    const at = this.#take(length);
    let rest = BigInt.asUintN(8 * length, value);
    for (let index = at + length - 1; index >= at; index -= 1) {
      this.#bytes[index] = Number(rest & 0xffn);
      rest >>= 8n;
    }
    return this;
  }

  /** Makes room for as many bytes, and gives their place. */
  #take(length: number): number {
    const at = this.#length;
    const needed = at + length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    this.#length = needed;
    return at;
  }
}

function toBigInt(field: string, value: number | bigint): bigint {
  if (typeof value === "number" && !Number.isSafeInteger(value)) refuse(field, value, "a whole number");
  return BigInt(value);
}

function refuse(field: string, value: number | bigint, range: string): never {
  throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field, value: String(value), range });
}
