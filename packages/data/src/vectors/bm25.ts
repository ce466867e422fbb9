/** How soon more of one word stops counting, and how much a long text's length counts against it: the usual values. */
const K1 = 1.2;
const B = 0.75;

/** Which texts say the words of a question, by how rarely each word is said at all (BM25). */
export type TextIndex = {
  /** The best texts first, those with none of the words left out; equal ones in their order. */
  search(query: string, most: number, isWanted?: (index: number) => boolean): readonly RankedText[];
};
export type RankedText = { readonly index: number; readonly score: number };

/** Words of a text in lower case, without marks; accents are as none. */
export function wordsOf(text: string): readonly string[] {
  return (
    text
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

export function createTextIndex(texts: readonly string[]): TextIndex {
  const postings = new Map<string, { readonly index: number; readonly count: number }[]>();
  const lengths: number[] = [];
  for (const [index, text] of texts.entries()) {
    const counts = new Map<string, number>();
    const words = wordsOf(text);
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    lengths.push(words.length);
    for (const [word, count] of counts) {
      const list = postings.get(word);
      if (list === undefined) postings.set(word, [{ index, count }]);
      else list.push({ index, count });
    }
  }
  const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  return {
    search(query, most, isWanted = () => true) {
      const scores = new Map<number, number>();
      for (const word of new Set(wordsOf(query))) {
        const list = postings.get(word) ?? [];
        const rarity = Math.log(1 + (texts.length - list.length + 0.5) / (list.length + 0.5));
        for (const { index, count } of list) {
          if (!isWanted(index)) continue;
          const length = (lengths[index] ?? 0) / Math.max(1, mean);
          const gain = (rarity * count * (K1 + 1)) / (count + K1 * (1 - B + B * length));
          scores.set(index, (scores.get(index) ?? 0) + gain);
        }
      }
      return [...scores]
        .map(([index, score]) => ({ index, score }))
        .sort((a, b) => b.score - a.score || a.index - b.index)
        .slice(0, most);
    },
  };
}
