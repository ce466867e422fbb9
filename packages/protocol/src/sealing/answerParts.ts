import { ByteReader } from "../byteReader.js";
import { concatBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import { OUTPUT_TOKENS_MAX } from "../limits.js";
import { FINISH_REASONS, type FinishReason } from "../result.js";

/** What a sealed answer's bytes say, one after another. */
export type AnswerPart =
  /** Ids from a position on, with the text that they add: it may be empty while a character forms. */
  | { readonly kind: "tokens"; readonly from: number; readonly ids: readonly number[]; readonly text: string }
  /** The last part. The client holds count and text against the result's commitments before its next debit. */
  | { readonly kind: "end"; readonly finish: FinishReason; readonly nIn: number; readonly nOut: number };

/** Ids of one part: four checkpoints. */
export const PART_TOKENS_MAX = 128;
/** Bytes of one part: its ids, and a text of 256 bytes for each. */
export const PART_BYTES_MAX: number = 16 + PART_TOKENS_MAX * (4 + 256);
const KINDS = ["tokens", "end"] as const satisfies readonly AnswerPart["kind"][];
const HEAD_BYTES = 5;
const WHAT = "answer part";

/** kind u8 (0 tokens, 1 end) ‖ length u32 ‖ for tokens: from u32 ‖ count u16 ‖ ids u32 each ‖ text (length u32, UTF-8); for the end: finish u8 ‖ nIn u32 ‖ nOut u32. Big-endian. */
export function encodeAnswerPart(part: AnswerPart): Uint8Array {
  const body = bodyOf(part);
  if (body.length > PART_BYTES_MAX) refuse(`more than ${PART_BYTES_MAX} bytes`);
  const writer = new ByteWriter().uint("kind", KINDS.indexOf(part.kind), 1).uint("length", body.length, 4);
  return writer.bytes(body).toBytes().slice();
}

/** Reads parts out of bytes that come in pieces, cut anywhere. Throws PROTOCOL_BAD_RECORD; holds at most one unfinished part. */
export class AnswerReader {
  #held = new Uint8Array(0);
  #hasEnded = false;

  /** The parts that are whole with these bytes. */
  push(bytes: Uint8Array): readonly AnswerPart[] {
    let rest = concatBytes(this.#held, bytes);
    const parts: AnswerPart[] = [];
    for (let whole = wholePart(rest); whole !== undefined; whole = wholePart(rest)) {
      if (this.#hasEnded) refuse("parts behind the end");
      const part = decodeAnswerPart(rest.subarray(0, whole));
      this.#hasEnded = part.kind === "end";
      parts.push(part);
      rest = rest.subarray(whole);
    }
    this.#held = rest.slice();
    return parts;
  }

  /** Refuses an answer without an end, or with bytes behind it. */
  end(): void {
    if (!this.#hasEnded || this.#held.length > 0) refuse("an answer isn't whole");
  }
}

/** Bytes of the first part; undefined until all of it is there. */
function wholePart(bytes: Uint8Array): number | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(1);
  if (length > PART_BYTES_MAX) refuse(`more than ${PART_BYTES_MAX} bytes`);
  return bytes.length < HEAD_BYTES + length ? undefined : HEAD_BYTES + length;
}

function decodeAnswerPart(bytes: Uint8Array): AnswerPart {
  const reader = new ByteReader(bytes, WHAT);
  const kind = KINDS[reader.uint("kind", 1)] ?? reader.refuse("an unknown kind");
  reader.uint("length", 4);
  const part = kind === "tokens" ? readTokens(reader) : readEnd(reader);
  reader.end();
  return part;
}

function bodyOf(part: AnswerPart): Uint8Array {
  const writer = new ByteWriter();
  if (part.kind === "end") {
    writer.uint("finish", FINISH_REASONS.indexOf(part.finish), 1).uint("nIn", part.nIn, 4).uint("nOut", part.nOut, 4);
    return writer.toBytes();
  }
  if (part.ids.length > PART_TOKENS_MAX) refuse(`more than ${PART_TOKENS_MAX} tokens`);
  writer.uint("from", part.from, 4).uint("count", part.ids.length, 2);
  for (const id of part.ids) writer.uint("id", id, 4);
  return writer.text(part.text).toBytes();
}

function readTokens(reader: ByteReader): AnswerPart {
  const from = reader.uint("from", 4);
  const count = reader.uint("count", 2);
  if (count > PART_TOKENS_MAX || from + count > OUTPUT_TOKENS_MAX) reader.refuse("more tokens than there may be");
  const ids = Array.from({ length: count }, () => reader.uint("id", 4));
  return { kind: "tokens", from, ids, text: reader.text() };
}

function readEnd(reader: ByteReader): AnswerPart {
  const finish = FINISH_REASONS[reader.uint("finish", 1)] ?? reader.refuse("an unknown finish");
  return { kind: "end", finish, nIn: reader.uint("nIn", 4), nOut: reader.uint("nOut", 4) };
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}
