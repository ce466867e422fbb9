import {
  CodedError,
  type HostedDocument,
  isPinned,
  PROMPT_BYTES_MAX,
  type Prompt,
  rawCidOf,
  templatedPromptBytes,
} from "@cortensor/protocol";
import type { Verdict } from "./acceptTask.js";

/** A prompt with the texts of all its documents, or why its miner hasn't them. */
export type FetchedPrompt =
  | { readonly kind: "fetched"; readonly prompt: Prompt }
  | Extract<Verdict, { readonly kind: "refused" }>;

export type FetchDocuments = (prompt: Prompt, signal: AbortSignal) => Promise<FetchedPrompt>;

/** Of a miner whose operator lets it fetch nothing. */
export const FETCHES_NOTHING: FetchDocuments = async () => refused("HOSTING_OFF");

/** Fetches a prompt's documents, one after the other. The detail of a refusal is a code: where a document is may be a secret. */
export function createFetchDocuments(
  fetchOne: (document: HostedDocument, signal: AbortSignal) => Promise<string>,
): FetchDocuments {
  return async (prompt, signal) => {
    if (prompt.kind !== "chat" || prompt.documents === undefined) return { kind: "fetched", prompt };
    if (templatedPromptBytes(prompt) > 2 * PROMPT_BYTES_MAX) return refused("HOSTING_TOO_LARGE");
    const documents: HostedDocument[] = [];
    for (const document of prompt.documents) {
      const read = document.text === undefined ? await tryFetch(fetchOne, document, signal) : document;
      if (typeof read === "string") return refused(read);
      if (!isPinned(read)) return refused("HOSTING_WRONG_HASH");
      documents.push(read);
    }
    return { kind: "fetched", prompt: { ...prompt, documents } };
  };
}

/**
 * The document with its text, or the code that it failed with. From then on it goes by its CID: where the client keeps it is nothing that
 * evidence must tell, and nothing that was committed to.
 */
async function tryFetch(
  fetchOne: (document: HostedDocument, signal: AbortSignal) => Promise<string>,
  document: HostedDocument,
  signal: AbortSignal,
): Promise<HostedDocument | string> {
  try {
    const text = await fetchOne(document, signal);
    return { ...document, place: { kind: "cid", cid: rawCidOf(document.sha256) }, text };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CodedError) return error.code;
    throw error;
  }
}

function refused(detail: string): Extract<FetchedPrompt, { kind: "refused" }> {
  return { kind: "refused", code: "documentRefused", detail };
}
