import type { Address, Bytes32, Hex } from "@cortensor/protocol";
import type { ByteReader } from "./byteReader.js";
import type { ByteWriter } from "./byteWriter.js";
import { malformed, unencodable } from "./codecError.js";

/** How one value stands on the wire. `read` refuses everything that `write` can't have made. */
export type Field<Value> = {
  write(writer: ByteWriter, value: Value): void;
  read(reader: ByteReader): Value;
};

/** An unsigned integer up to `max`, at most 2^53 − 1. */
export function integer(max: number): Field<number> {
  return {
    write: (writer, value) => {
      if (value > max) throw unencodable(`an integer of 0…${max}`, String(value));
      writer.varint(value);
    },
    read: (reader) => {
      const value = reader.varint();
      if (value > max) throw malformed(`${value} is above ${max}`);
      return value;
    },
  };
}

export const uint8 = integer(0xff);
export const uint16 = integer(0xffff);
export const uint32 = integer(0xffff_ffff);
export const uint53 = integer(Number.MAX_SAFE_INTEGER);
export const uint96: Field<bigint> = {
  write: (writer, value) => writer.u96(value),
  read: (reader) => reader.u96(),
};
export const int64: Field<bigint> = {
  write: (writer, value) => writer.i64(value),
  read: (reader) => reader.i64(),
};
export const float64: Field<number> = {
  write: (writer, value) => writer.f64(value),
  read: (reader) => reader.f64(),
};
/** Bytes of exactly this length. */
export function fixedBytes(length: number): Field<Hex> {
  return {
    write: (writer, value) => writer.hex(value, length),
    read: (reader) => reader.hex(length),
  };
}

export const bytes32: Field<Bytes32> = fixedBytes(32);
export const address: Field<Address> = fixedBytes(20);
export const signature: Field<Hex> = fixedBytes(65);
export const flag: Field<boolean> = {
  write: (writer, value) => writer.u8(value ? 1 : 0),
  read: (reader) => {
    const value = reader.u8();
    if (value > 1) throw malformed("a flag is neither 0 nor 1");
    return value === 1;
  },
};

/** Raw bytes behind their number. Read as a copy: what was received is free again. */
export function byteString(bytesMax: number): Field<Uint8Array> {
  return {
    write: (writer, value) => {
      if (value.length > bytesMax) throw unencodable(`at most ${bytesMax} bytes`, `${value.length}`);
      writer.varint(value.length);
      writer.raw(value);
    },
    read: (reader) => new Uint8Array(reader.raw(reader.count(bytesMax))),
  };
}

/** UTF-8 of at most `bytesMax` bytes. */
export function text(bytesMax: number): Field<string> {
  return {
    write: (writer, value) => {
      if (Buffer.byteLength(value) > bytesMax) throw unencodable(`a text of at most ${bytesMax} bytes`, "a longer one");
      writer.text(value);
    },
    read: (reader) => reader.text(bytesMax),
  };
}

/** One of a list of words, by its index. */
export function word<const Words extends readonly string[]>(words: Words): Field<Words[number]> {
  return {
    write: (writer, value) => {
      const index = words.indexOf(value);
      if (index < 0) throw unencodable(`one of ${words.join(", ")}`, value);
      writer.u8(index);
    },
    read: (reader) => {
      const value: Words[number] | undefined = words[reader.u8()];
      if (value === undefined) throw malformed(`none of ${words.join(", ")}`);
      return value;
    },
  };
}

export function list<Item>(item: Field<Item>, countMax: number): Field<readonly Item[]> {
  return {
    write: (writer, values) => {
      if (values.length > countMax) throw unencodable(`at most ${countMax} items`, `${values.length}`);
      writer.varint(values.length);
      for (const value of values) item.write(writer, value);
    },
    read: (reader) => {
      const count = reader.count(countMax);
      const values: Item[] = [];
      for (let index = 0; index < count; index += 1) values.push(item.read(reader));
      return values;
    },
  };
}

/** Numbers kept as 32-bit floats: log-probabilities. */
export function float32List(countMax: number): Field<readonly number[]> {
  return list({ write: (writer, value) => writer.f32(value), read: (reader) => reader.f32() }, countMax);
}

/** A vector of 32-bit floats, low byte first, as typed arrays hold them on every machine Node runs a model on. */
export function vector(lengthMax: number): Field<Float32Array> {
  return {
    write: (writer, value) => {
      if (value.length > lengthMax) throw unencodable(`at most ${lengthMax} dimensions`, `${value.length}`);
      if (!value.every(Number.isFinite)) throw unencodable("finite numbers", "others");
      writer.varint(value.length);
      writer.raw(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    },
    read: (reader) => {
      const length = reader.count(lengthMax);
      const value = new Float32Array(length);
      new Uint8Array(value.buffer).set(reader.raw(length * 4));
      if (!value.every(Number.isFinite)) throw malformed("a number is not finite");
      return value;
    },
  };
}
