import { VectorError } from "./vectorError.js";
import { COLLECTION_LINE_BYTES_MAX } from "./vectorLimits.js";

const LINE_END = 0x0a;

/** A source's lines, without their ends, at most one of them held beside what came with it. Throws VECTORS_MALFORMED for one that is too long, or isn't ended. */
export async function* linesOfSource(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const piece of source) {
    const all = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let from = 0;
    for (let end = all.indexOf(LINE_END); end !== -1; end = all.indexOf(LINE_END, from)) {
      held.push(all.subarray(from, end));
      if (bytes + end - from > COLLECTION_LINE_BYTES_MAX) throw malformed("a line that is too long");
      yield Buffer.concat(held).toString("utf8");
      held = [];
      bytes = 0;
      from = end + 1;
    }
    held.push(all.subarray(from));
    bytes += all.length - from;
    if (bytes > COLLECTION_LINE_BYTES_MAX) throw malformed("a line that is too long");
  }
  if (bytes > 0) throw malformed("no whole lines");
}

function malformed(reason: string): VectorError {
  return new VectorError({ code: "VECTORS_MALFORMED", reason });
}
