const LINE_END = 0x0a;

/** Pieces of at most so many bytes, each ending where a line does; a line that is longer is cut. One piece is in memory at a time. */
export async function* cutAtLines(
  source: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const held = new Uint8Array(most);
  let filled = 0;
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; ) {
      const taken = Math.min(chunk.length - from, most - filled);
      held.set(chunk.subarray(from, from + taken), filled);
      filled += taken;
      from += taken;
      if (filled < most) continue;
      const end = held.lastIndexOf(LINE_END) + 1 || most;
      yield held.slice(0, end);
      held.copyWithin(0, end, most);
      filled = most - end;
    }
  }
  if (filled > 0) yield held.slice(0, filled);
}
