import { concatBytes, hexToBytes, utf8ToBytes } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import type { Hex } from "./primitives.js";

/** Packs values one after another, big-endian, for hashes that aren't EIP-712. Refuses what doesn't fit. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  bytes(value: Uint8Array): this {
    this.#parts.push(value);
    return this;
  }

  /** Exactly `length` bytes of hex. */
  hex(value: Hex, length: number): this {
    const bytes = hexToBytes(value);
    if (bytes.length !== length) throw new ProtocolError({ code: "PROTOCOL_BAD_HEX", expected: `${length} bytes` });
    return this.bytes(bytes);
  }

  /** An unsigned whole number of `length` bytes. */
  uint(field: string, value: number | bigint, length: number): this {
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

  toBytes(): Uint8Array {
    return concatBytes(...this.#parts);
  }

  #whole(field: string, value: bigint, length: number, lowest: bigint, highest: bigint): this {
    if (value < lowest || value > highest) refuse(field, value, `${lowest}…${highest}`);
    const bytes = new Uint8Array(length);
    let rest = BigInt.asUintN(8 * length, value);
    for (let index = length - 1; index >= 0; index -= 1) {
      bytes[index] = Number(rest & 0xffn);
      rest >>= 8n;
    }
    return this.bytes(bytes);
  }
}

function toBigInt(field: string, value: number | bigint): bigint {
  if (typeof value === "number" && !Number.isSafeInteger(value)) refuse(field, value, "a whole number");
  return BigInt(value);
}

function refuse(field: string, value: number | bigint, range: string): never {
  throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field, value: String(value), range });
}
