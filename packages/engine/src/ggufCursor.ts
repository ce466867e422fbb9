import { refuseGguf, refuseTruncatedGguf } from "./ggufRefusal.js";

/** Thrown when the prefix ends before the file does; never leaves the parser. */
class RanOut extends Error {}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Reads little-endian values from a prefix of a file. Nothing is read or allocated beyond what the file can hold. */
export class GgufCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #fileBytes: number;
  #offset = 0;

  constructor(bytes: Uint8Array, fileBytes: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fileBytes = fileBytes;
  }

  get offset(): number {
    return this.#offset;
  }

  /** Whether `cause` only says that a longer prefix is needed. */
  ranOut(cause: unknown): boolean {
    return cause instanceof RanOut;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }
  i8(): number {
    return this.#view.getInt8(this.#take(1));
  }
  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }
  i16(): number {
    return this.#view.getInt16(this.#take(2), true);
  }
  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }
  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }
  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }
  i64(): bigint {
    return this.#view.getBigInt64(this.#take(8), true);
  }
  f32(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }
  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  bool(key: string): boolean {
    const value = this.u8();
    if (value > 1) refuseGguf(`metadata ${JSON.stringify(key)} is a boolean of ${value}`);
    return value === 1;
  }

  latin1(length: number): string {
    const start = this.#take(length);
    return String.fromCharCode(...this.#bytes.subarray(start, start + length));
  }

  /** A 64-bit count that must not pass `most`. */
  count(what: string, most: number): number {
    const value = this.u64();
    if (value > BigInt(most)) refuseGguf(`its ${what} is ${value}, more than ${most}`);
    return Number(value);
  }

  /** A string with its 64-bit length; refuses bytes that aren't UTF-8. */
  text(what: string, bytesMax: number): string {
    const length = this.count(`length of ${what}`, bytesMax);
    const start = this.#take(length);
    try {
      return UTF8.decode(this.#bytes.subarray(start, start + length));
    } catch (cause) {
      return refuseGguf(`${what} is not UTF-8`, cause);
    }
  }

  #take(length: number): number {
    const start = this.#offset;
    if (start + length > this.#fileBytes)
      refuseTruncatedGguf({ neededBytes: start + length, fileBytes: this.#fileBytes });
    if (start + length > this.#bytes.length) throw new RanOut();
    this.#offset = start + length;
    return start;
  }
}
