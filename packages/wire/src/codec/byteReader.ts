import { isUtf8 } from "node:buffer";
import type { Hex } from "@cortensor/protocol";
import { malformed } from "./codecError.js";

/** Reads big-endian values from a buffer, never past its end. Everything it refuses throws `WIRE_MALFORMED`. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;
  readonly #end: number;

  constructor(bytes: Buffer, from = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = end;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  u8(): number {
    const at = this.#advance(1);
    return this.#bytes.readUInt8(at);
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#advance(4));
  }

  /** Refuses a longer form than needed, so that each value has one encoding. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (let index = 0; index < 8; index += 1) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (byte === 0 && index > 0) throw malformed("an integer is padded");
        if (value > Number.MAX_SAFE_INTEGER) throw malformed("an integer is above 2^53");
        return value;
      }
      scale *= 0x80;
    }
    throw malformed("an integer is above 2^53");
  }

  u96(): bigint {
    const at = this.#advance(12);
    return (BigInt(this.#bytes.readUInt32BE(at)) << 64n) | this.#bytes.readBigUInt64BE(at + 4);
  }

  i64(): bigint {
    return this.#bytes.readBigInt64BE(this.#advance(8));
  }

  f32(): number {
    return finite(this.#bytes.readFloatBE(this.#advance(4)));
  }

  f64(): number {
    return finite(this.#bytes.readDoubleBE(this.#advance(8)));
  }

  hex(bytes: number): Hex {
    const at = this.#advance(bytes);
    return `0x${this.#bytes.toString("hex", at, at + bytes)}`;
  }

  text(bytesMax: number): string {
    const bytes = this.varint();
    if (bytes > bytesMax) throw malformed(`a text has ${bytes} bytes, at most ${bytesMax} are allowed`);
    const at = this.#advance(bytes);
    const slice = this.#bytes.subarray(at, at + bytes);
    if (!isUtf8(slice)) throw malformed("a text is not UTF-8");
    return slice.toString("utf8");
  }

  /** A view, not a copy. */
  raw(bytes: number): Buffer {
    const at = this.#advance(bytes);
    return this.#bytes.subarray(at, at + bytes);
  }

  /** A reader of the next bytes alone. */
  part(bytes: number): ByteReader {
    const at = this.#advance(bytes);
    return new ByteReader(this.#bytes, at, at + bytes);
  }

  /** A number of items, each of which takes at least one byte: a lie about it can't make the reader allocate. */
  count(max: number): number {
    const count = this.varint();
    if (count > max) throw malformed(`a list has ${count} items, at most ${max} are allowed`);
    if (count > this.remaining) throw malformed("a list is longer than its message");
    return count;
  }

  expectEnd(): void {
    if (this.remaining !== 0) throw malformed(`${this.remaining} bytes are left over`);
  }

  #advance(bytes: number): number {
    const at = this.#at;
    if (bytes > this.#end - at) throw malformed("the message ends too early");
    this.#at = at + bytes;
    return at;
  }
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw malformed("a number is not finite");
  return value;
}
