import type { DataOwner } from "../files/dataOwner.js";
import type { RetrievalErrorData } from "../retrieval/retrievalError.js";
import type { Passage } from "../retrieval/retrievalTool.js";
import { type AttributeFilter, fits } from "./attributeFilter.js";
import type { Embed } from "./embed.js";
import { fuseRanks } from "./fuseRanks.js";
import type { LoadedStore, LoadedStores } from "./loadedStores.js";
import type { SourceDesk } from "./sourceDesk.js";
import type { StoreDesk } from "./storeDesk.js";
import { CANDIDATES } from "./vectorLimits.js";
import type { VectorStore } from "./vectorStore.js";

export type StoreQuery = {
  readonly text: string;
  readonly most: number;
  readonly filter: AttributeFilter | undefined;
  /** Results of a lower score are left out. */
  readonly scoreMin: number;
  /** `fused` joins words and vectors; `vectors` takes the cosine alone. */
  readonly ranker: "fused" | "vectors";
};

export type SearchResult = {
  readonly store: string;
  readonly file: string;
  readonly filename: string;
  readonly attributes: LoadedStore["entries"][number]["attributes"];
  readonly text: string;
  /** 0 … 1; of `fused` a share of the best place in both rankings. */
  readonly score: number;
};

export type SearchOutcome =
  | {
      readonly kind: "found";
      readonly results: readonly SearchResult[];
      /** Tasks that embedded the question, each with its receipt. */
      readonly taskIds: readonly string[];
    }
  | { readonly kind: "noStore"; readonly store: string }
  | { readonly kind: "expired"; readonly store: string }
  /** A client's own database didn't answer, or may not be asked. */
  | { readonly kind: "unread"; readonly store: string; readonly error: RetrievalErrorData }
  | { readonly kind: "failed"; readonly code: string; readonly message: string; readonly retryAfterSeconds?: number };

export type SearchDesk = {
  /** The best chunks of some stores of an owner's. The question is embedded on the network, once for each model, before anything is looked at. */
  search(owner: DataOwner, stores: readonly string[], asked: StoreQuery, signal: AbortSignal): Promise<SearchOutcome>;
};

export function createSearchDesk(parts: {
  readonly stores: Pick<StoreDesk, "find" | "touch">;
  readonly loaded: Pick<LoadedStores, "open">;
  readonly embed: Embed;
  readonly sources: SourceDesk;
  readonly nowMs: () => number;
}): SearchDesk {
  const { stores, loaded, embed, sources, nowMs } = parts;
  return {
    async search(owner, ids, asked, signal) {
      const found: VectorStore[] = [];
      for (const id of new Set(ids)) {
        const store = await stores.find(owner, id);
        if (store === undefined) return { kind: "noStore", store: id };
        if (store.status === "expired") return { kind: "expired", store: id };
        found.push(store);
      }
      const questions = new Map<string, Float32Array>();
      const taskIds: string[] = [];
      for (const model of new Set(found.filter(isByMeaning).map((store) => store.embeddingModel))) {
        const made = await embed(owner, { model, texts: [asked.text], isBackground: false }, signal);
        if (made.kind === "failed") return made;
        const [vector] = made.vectors;
        if (vector !== undefined) questions.set(model, vector);
        taskIds.push(made.taskId);
      }
      const results: SearchResult[] = [];
      for (const store of found) {
        const question = questions.get(store.embeddingModel);
        await stores.touch(store.id);
        if (store.source !== undefined) {
          const vector = isByMeaning(store) ? question : undefined;
          const answer = await sources.search(store.id, { text: asked.text, vector, most: asked.most }, signal);
          if (answer.kind === "unread") return { ...answer, store: store.id };
          if (answer.kind === "gone") return { kind: "expired", store: store.id };
          if (answer.kind === "busy") return BUSY;
          results.push(...resultsOf(answer.passages, { ...asked, store: store.id }));
          continue;
        }
        if (question === undefined) continue;
        const opened = await loaded.open(store.id, signal);
        const ranked = await rank(opened, { ...asked, question, nowSeconds: Math.floor(nowMs() / 1_000) });
        results.push(...ranked.map((one) => ({ ...one, store: store.id })));
      }
      return { kind: "found", results: best(results, asked), taskIds };
    },
  };
}

/** Whether the question's vector is needed. */
function isByMeaning({ source, counts }: VectorStore): boolean {
  return source === undefined ? counts.completed > 0 : source.place.kind === "vectors";
}

const BUSY: Extract<SearchOutcome, { kind: "failed" }> = {
  kind: "failed",
  code: "overloaded",
  message: "This router reads as many of its clients' databases as it reads at once.",
  retryAfterSeconds: 2,
};

/**
 * Rows of a client's own, as chunks are shown: the row's name stands for the file's. They have no attributes. Between stores only their places count, as for
 * chunks; a database's scores are its own.
 */
function resultsOf(
  passages: readonly Passage[],
  { store, filter, ranker }: StoreQuery & { readonly store: string },
): readonly SearchResult[] {
  if (filter !== undefined && !fits(filter, {})) return [];
  const places = passages.map((_, place) => place);
  return fuseRanks([places, places]).flatMap(({ index, score }) => {
    const passage = passages[index];
    if (passage === undefined) return [];
    const { source, text } = passage;
    const own = Math.max(0, Math.min(1, passage.score));
    return [{ store, file: source, filename: source, attributes: {}, text, score: ranker === "fused" ? score : own }];
  });
}

function best(results: readonly SearchResult[], { most, scoreMin }: StoreQuery): readonly SearchResult[] {
  const enough = results.filter(({ score }) => score >= scoreMin);
  return enough.sort((a, b) => b.score - a.score).slice(0, most);
}

async function rank(
  { entries, vectors, texts }: LoadedStore,
  asked: StoreQuery & { readonly question: Float32Array; readonly nowSeconds: number },
): Promise<readonly Omit<SearchResult, "store">[]> {
  const { filter, nowSeconds } = asked;
  const isWanted = (index: number): boolean => {
    const entry = entries[index];
    if (entry === undefined || (entry.expiresSeconds ?? Number.POSITIVE_INFINITY) <= nowSeconds) return false;
    return filter === undefined || fits(filter, entry.attributes);
  };
  const isAnyUnwanted = filter !== undefined || entries.some(({ expiresSeconds }) => expiresSeconds !== undefined);
  const wanted = isAnyUnwanted ? isWanted : undefined;
  const near = await vectors.search(asked.question, CANDIDATES, wanted);
  const ranked =
    asked.ranker === "vectors"
      ? near.map(({ index, similarity }) => ({ index, score: Math.max(0, Math.min(1, similarity)) }))
      : fuseRanks([
          near.map(({ index }) => index),
          texts.search(asked.text, CANDIDATES, wanted).map(({ index }) => index),
        ]);
  return ranked.flatMap(({ index, score }) => {
    const entry = entries[index];
    if (entry === undefined) return [];
    const { file, filename, attributes, text } = entry;
    return [{ file, filename, attributes, text, score }];
  });
}
