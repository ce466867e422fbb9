import { bytesToHex, writeHex } from "./bytes.js";
import { assert, ProtocolError } from "./errors.js";
import { keccak256Bytes } from "./keccak.js";
import type { Address, Bytes32 } from "./primitives.js";

const WORD = 32;
const TWO_32 = 4_294_967_296;
const MASK_64 = (1n << 64n) - 1n;
const LARGEST_96 = (1n << 96n) - 1n;

/**
 * Packs one struct into 32-byte words and hashes it. One buffer, reused for every hash: nothing awaits in between, so two
 * hashes never interleave. Every value is checked against its width: a number that doesn't fit throws
 * PROTOCOL_OUT_OF_RANGE rather than hash as another.
 */
export class WordWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(wordsMax: number) {
    this.#bytes = new Uint8Array(wordsMax * WORD);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Starts a struct with its type hash. */
  begin(typeHash: Uint8Array): this {
    this.#bytes.fill(0);
    this.#bytes.set(typeHash, 0);
    this.#offset = WORD;
    return this;
  }

  bytes32(value: Bytes32): this {
    writeHex(this.#bytes, this.#next(), value, WORD);
    return this;
  }

  address(value: Address): this {
    writeHex(this.#bytes, this.#next() + 12, value, 20);
    return this;
  }

  uint8(field: string, value: number): this {
    return this.#small(field, value, 0xff);
  }

  uint16(field: string, value: number): this {
    return this.#small(field, value, 0xffff);
  }

  uint32(field: string, value: number): this {
    return this.#small(field, value, 0xffffffff);
  }

  /** A whole number up to 2^53 in a 64-bit field. */
  uint64(field: string, value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) refuse(field, value, "0…2^53−1");
    const offset = this.#next();
    this.#view.setUint32(offset + 24, Math.floor(value / TWO_32));
    this.#view.setUint32(offset + 28, value % TWO_32);
    return this;
  }

  uint96(field: string, value: bigint): this {
    if (value < 0n || value > LARGEST_96) refuse(field, value, "0…2^96−1");
    const offset = this.#next();
    this.#view.setUint32(offset + 20, Number(value >> 64n));
    this.#view.setBigUint64(offset + 24, value & MASK_64);
    return this;
  }

  /** Keccak-256 of the words written since `begin`. */
  hash(): Bytes32 {
    return bytesToHex(keccak256Bytes(this.#bytes.subarray(0, this.#offset)));
  }

  #small(field: string, value: number, largest: number): this {
    if (!Number.isInteger(value) || value < 0 || value > largest) refuse(field, value, `0…${largest}`);
    this.#view.setUint32(this.#next() + 28, value);
    return this;
  }

  #next(): number {
    const offset = this.#offset;
    assert(offset + WORD <= this.#bytes.length, "a struct has no more words than its writer");
    this.#offset = offset + WORD;
    return offset;
  }
}

function refuse(field: string, value: number | bigint, range: string): never {
  throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field, value: String(value), range });
}
