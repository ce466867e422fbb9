import { z } from "zod";
import type { CallOptions, Http } from "./http.js";

/** A place of one's own Postgres that a vector store stands for: see docs/FILES.md. */
export type StoreSource = { readonly url: string; readonly place: Readonly<Record<string, string | number>> };

const store = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(["in_progress", "completed", "expired"]),
  cortensor: z.object({
    embedding_model: z.string().nullable(),
    source: z.object({ name: z.string(), place: z.record(z.string(), z.union([z.string(), z.number()])) }).nullable(),
  }),
});
const deleted = z.object({ id: z.string(), deleted: z.literal(true) });

/** A vector store, as far as it says what it stands for. Of a source nothing is shown that its credentials are in. */
export type SourcedStore = {
  readonly id: string;
  readonly name: string;
  readonly status: "in_progress" | "completed" | "expired";
  readonly embeddingModel: string | null;
  readonly source: { readonly name: string; readonly place: Readonly<Record<string, string | number>> } | null;
};

export type VectorStoreCalls = {
  /** Makes a store that stands for a place: `embeddingModel` made the vectors of a table that has some. */
  addSource(
    asked: { readonly name?: string; readonly source: StoreSource; readonly embeddingModel?: string },
    options?: CallOptions,
  ): Promise<SourcedStore>;
  show(id: string, options?: CallOptions): Promise<SourcedStore>;
  /** With it go its source's credentials. */
  remove(id: string, options?: CallOptions): Promise<void>;
};

const PATH = "/v1/vector_stores";

export function vectorStoreCalls(parts: {
  readonly http: Http;
  readonly bearer: (bounds: CallOptions) => Promise<string | undefined>;
}): VectorStoreCalls {
  const { http } = parts;
  const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;
  const bearing = async (bounds: CallOptions) => ({ ...bounds, bearer: await parts.bearer(bounds) });
  return {
    async addSource({ name, source, embeddingModel: model }, bounds = {}) {
      const body = { name: name ?? "", source, ...(model === undefined ? {} : { embedding_model: model }) };
      return toStore((await http.json({ path: PATH, body, ...(await bearing(bounds)) }, store)).value);
    },
    show: async (id, bounds = {}) =>
      toStore((await http.json({ path: pathOf(id), ...(await bearing(bounds)) }, store)).value),
    async remove(id, bounds = {}) {
      await http.json({ method: "DELETE", path: pathOf(id), ...(await bearing(bounds)) }, deleted);
    },
  };
}

function toStore({ id, name, status, cortensor }: z.output<typeof store>): SourcedStore {
  const { embedding_model: embeddingModel, source } = cortensor;
  return { id, name, status, embeddingModel, source };
}
