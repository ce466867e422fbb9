import { TOKEN_CHARS } from "./vectorLimits.js";

export type Chunking = { readonly maxTokens: number; readonly overlapTokens: number };

/** A piece of a text and where it begins, in UTF-16 units. */
export type TextChunk = { readonly from: number; readonly text: string };

/** A word, a run of marks, or what is between: never half of a surrogate pair. */
type Piece = { readonly from: number; readonly to: number; readonly tokens: number };

/** A piece longer than this is cut: one word without end must not become one chunk. */
const PIECE_CHARS_MAX = 64;

/**
 * Cuts a text into chunks of at most `maxTokens`, each beginning `overlapTokens` before the end of the one before. A chunk ends behind a paragraph, else a sentence, else a
 * word, wherever its last third has one. The same text and numbers always give the same chunks. A token here is four characters of a word, or a mark: the
 * model's own count differs, and is what is paid.
 */
export function chunkText(text: string, { maxTokens, overlapTokens }: Chunking): readonly TextChunk[] {
  const pieces = cutPieces(text);
  const chunks: TextChunk[] = [];
  let first = 0;
  while (first < pieces.length) {
    const end = endOfChunk(text, pieces, { first, maxTokens });
    const chunk = trimmed(text, pieces[first]?.from ?? 0, pieces[end - 1]?.to ?? text.length);
    if (chunk !== undefined) chunks.push(chunk);
    if (end >= pieces.length) break;
    first = startOfNext(pieces, { first, end, overlapTokens });
  }
  return chunks;
}

/** Tokens of a text, as chunks count them. */
export function countTokens(text: string): number {
  return cutPieces(text).reduce((sum, { tokens }) => sum + tokens, 0);
}

function cutPieces(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const { index, 0: word } of text.matchAll(/[\p{L}\p{N}\p{M}_]+|\s+|[^\p{L}\p{N}\p{M}_\s]/gu)) {
    const isSpace = /^\s/.test(word);
    for (let from = 0; from < word.length; ) {
      const to = safeEnd(word, Math.min(word.length, from + PIECE_CHARS_MAX));
      pieces.push({ from: index + from, to: index + to, tokens: isSpace ? 0 : Math.ceil((to - from) / TOKEN_CHARS) });
      from = to;
    }
  }
  return pieces;
}

function safeEnd(word: string, end: number): number {
  const isHalf = end < word.length && /[\uD800-\uDBFF]/.test(word[end - 1] ?? "");
  return isHalf ? end + 1 : end;
}

/** The piece behind the chunk's last. At least one is in it. */
function endOfChunk(
  text: string,
  pieces: readonly Piece[],
  { first, maxTokens }: { readonly first: number; readonly maxTokens: number },
): number {
  let tokens = 0;
  let end = first;
  while (end < pieces.length && (end === first || tokens + (pieces[end]?.tokens ?? 0) <= maxTokens)) {
    tokens += pieces[end]?.tokens ?? 0;
    end += 1;
  }
  if (end === pieces.length) return end;
  const earliest = first + Math.max(1, Math.ceil(((end - first) * 2) / 3));
  for (const isBreak of [isParagraphEnd, isSentenceEnd, isSpaceBehind]) {
    for (let at = end; at >= earliest; at -= 1) if (isBreak(text, pieces, at)) return at;
  }
  return end;
}

function isParagraphEnd(text: string, pieces: readonly Piece[], at: number): boolean {
  const piece = pieces[at - 1];
  return piece !== undefined && /\n\s*\n/.test(text.slice(piece.from, piece.to));
}

function isSentenceEnd(text: string, pieces: readonly Piece[], at: number): boolean {
  const [last, next] = [pieces[at - 1], pieces[at]];
  if (last === undefined || next === undefined) return false;
  return /[.!?。！？\n]$/.test(text.slice(last.from, last.to)) && /\s/.test(text.slice(next.from, next.from + 1));
}

function isSpaceBehind(text: string, pieces: readonly Piece[], at: number): boolean {
  const next = pieces[at];
  return next !== undefined && /\s/.test(text.slice(next.from, next.from + 1));
}

/** Goes back by the overlap, and never to where the chunk began. */
function startOfNext(
  pieces: readonly Piece[],
  { first, end, overlapTokens }: { readonly first: number; readonly end: number; readonly overlapTokens: number },
): number {
  let tokens = 0;
  let start = end;
  while (start - 1 > first && tokens + (pieces[start - 1]?.tokens ?? 0) <= overlapTokens) {
    start -= 1;
    tokens += pieces[start]?.tokens ?? 0;
  }
  return start;
}

function trimmed(text: string, from: number, to: number): TextChunk | undefined {
  const whole = text.slice(from, to);
  const inner = whole.trim();
  return inner === "" ? undefined : { from: from + whole.indexOf(inner), text: inner };
}
