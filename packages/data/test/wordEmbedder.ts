import { createHash } from "node:crypto";
import type { Embed } from "../src/index.js";

const DIMENSION = 64;

/** Makes vectors of the words of a text, and remembers which texts it was paid for. `refuse` makes it refuse, or hang. */
export type WordEmbedder = {
  readonly embed: Embed;
  readonly texts: string[];
  readonly payers: string[];
  refuse: ((signal: AbortSignal) => Promise<{ readonly code: string } | undefined>) | undefined;
};

export function createWordEmbedder(): WordEmbedder {
  const embedder: WordEmbedder = {
    texts: [],
    payers: [],
    refuse: undefined,
    async embed(payer, { texts }, signal) {
      const refused = await embedder.refuse?.(signal);
      if (refused !== undefined) return { kind: "failed", message: "Refused.", ...refused };
      embedder.texts.push(...texts);
      embedder.payers.push(payer.id);
      return { kind: "vectors", vectors: texts.map(vectorOf), taskId: `0x${"aa".repeat(32)}`, nIn: texts.length };
    },
  };
  return embedder;
}

function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(DIMENSION);
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    const at = (createHash("sha256").update(word).digest()[0] ?? 0) % DIMENSION;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  return vector;
}
