import { wordsOf } from "./bm25.js";

/** The share of an answer's own words that a chunk must have for its file to be cited. */
const SUPPORT_MIN = 0.5;
/** Words that say nothing of where an answer is from. */
const COMMON = new Set(
  "a an and are as at be by for from has have in is it its of on or that the their there they this to was were will with".split(
    " ",
  ),
);

export type Cited = { readonly file: string; readonly filename: string };

/**
 * Which files an answer is from, as far as its words show: those with a chunk that has at least half of the words which the answer adds to its question, or, where it
 * adds none, of all its words. It says that the words stand there, not that the model took them from there. The best supported first, each file once.
 */
export function citeSources(
  answer: string,
  { question, chunks }: { readonly question: string; readonly chunks: readonly (Cited & { readonly text: string })[] },
): readonly Cited[] {
  const asked = new Set(wordsOf(question));
  const said = [...new Set(wordsOf(answer))].filter((word) => !COMMON.has(word));
  const added = said.filter((word) => !asked.has(word));
  const words = added.length > 0 ? added : said;
  const support = new Map<string, { readonly cited: Cited; readonly share: number }>();
  for (const { file, filename, text } of chunks) {
    const own = new Set(wordsOf(text));
    const share = words.filter((word) => own.has(word)).length / Math.max(1, words.length);
    if (share > (support.get(file)?.share ?? 0)) support.set(file, { cited: { file, filename }, share });
  }
  return [...support.values()]
    .filter(({ share }) => share >= SUPPORT_MIN)
    .sort((a, b) => b.share - a.share)
    .map(({ cited }) => cited);
}
