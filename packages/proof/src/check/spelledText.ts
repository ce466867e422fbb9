import type { TokenSpelling } from "@cortensor/engine";
import { StopScanner } from "@cortensor/protocol";

/**
 * What an answer's tokens from `from` on said as text, as its miner sent it: `whole` with what was held back in case a stop text was forming, `cut`
 * without. Spellings stand by position; end tokens say nothing.
 */
export function spelledText({
  output,
  spellings,
  stop,
  from = 0,
}: {
  readonly output: readonly number[];
  readonly spellings: readonly TokenSpelling[];
  readonly stop: readonly string[];
  readonly from?: number;
}): { readonly whole: string; readonly cut: string } {
  const scanner = new StopScanner(stop);
  let cut = "";
  for (const position of output.keys()) {
    const spelling = spellings[position];
    if (spelling === undefined || spelling.isEnd) continue;
    const { text } = scanner.push(spelling.bytes);
    if (position >= from) cut += text;
  }
  return { whole: cut + scanner.finish(), cut };
}
