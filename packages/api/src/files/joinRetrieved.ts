import type { SearchResult } from "@cortensor/data";
import type { ChatMessage } from "@cortensor/protocol";

/** Characters of one token at the worst, as far as the texts go that are found: what is left over is the router's to refuse. */
const CHARS_OF_TOKEN = 2;
/** Tokens kept for the template's own words. */
const RESERVE_TOKENS = 64;

/**
 * Puts what was found before the last message, best first, as much of it as has room beside the answer and the messages themselves. What doesn't fit is left
 * out whole. Passages are given as quoted text: a document can still say what it likes to the model.
 */
export function joinRetrieved(
  messages: readonly ChatMessage[],
  results: readonly SearchResult[],
  room: { readonly tokens: number },
): { readonly messages: readonly ChatMessage[]; readonly used: readonly SearchResult[] } {
  const last = messages.at(-1);
  if (last === undefined || results.length === 0) return { messages, used: [] };
  const own = messages.reduce((sum, { content }) => sum + content.length, 0);
  let left = (room.tokens - RESERVE_TOKENS) * CHARS_OF_TOKEN - own;
  const used: SearchResult[] = [];
  for (const result of results) {
    if (result.text.length > left && used.length > 0) continue;
    left -= result.text.length;
    used.push(result);
  }
  const passages = used.map(({ text }) => text).join("\n");
  const content = `Answer from the text. ${passages}\nQuestion: ${last.content}`;
  return { messages: [...messages.slice(0, -1), { ...last, content }], used };
}
