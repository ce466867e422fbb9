import { ContentError } from "./contentError.js";

/** One field of a protobuf message: a number, or bytes. */
export type ProtoField = { readonly field: number; readonly value: number | Uint8Array };

const VARINT = 0;
const BYTES = 2;
/** Bytes of a field that nobody here reads, by its wire type. */
const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
const VARINT_BYTES_MAX = 10;

/** Reads a message's fields in order, without copying. Throws CONTENT_BAD_MESSAGE for anything cut off or malformed. */
export function* readFields(bytes: Uint8Array): Generator<ProtoField> {
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    at = tag.next;
    const field = Math.floor(tag.value / 8);
    const type = tag.value % 8;
    if (type === VARINT) {
      const { value, next } = readVarint(bytes, at);
      at = next;
      yield { field, value };
      continue;
    }
    const length = type === BYTES ? readVarint(bytes, at) : { value: FIXED[type], next: at };
    if (length.value === undefined) throw malformed("a field of an unknown type");
    const end = length.next + length.value;
    if (end > bytes.length) throw malformed("cut off");
    if (type === BYTES) yield { field, value: bytes.subarray(length.next, end) };
    at = end;
  }
}

/** Writes fields in order. Numbers are whole and not negative. */
export function writeFields(fields: readonly ProtoField[]): Uint8Array {
  const parts = fields.flatMap(({ field, value }) =>
    typeof value === "number"
      ? [writeVarint(field * 8 + VARINT), writeVarint(value)]
      : [writeVarint(field * 8 + BYTES), writeVarint(value.length), value],
  );
  return new Uint8Array(Buffer.concat(parts));
}

/** Reads a number at a place; beyond 2^53 it isn't exact, and nobody here reads one that large. */
export function readVarint(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let scale = 1;
  for (let index = 0; index < VARINT_BYTES_MAX; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) throw malformed("cut off");
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: at + index + 1 };
    scale *= 0x80;
  }
  throw malformed("a number without an end");
}

function writeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function malformed(problem: string): ContentError {
  return new ContentError({ code: "CONTENT_BAD_MESSAGE", problem });
}
