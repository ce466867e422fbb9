import { FILE_BYTES_MAX } from "@cortensor/protocol";
import { z } from "zod";
import { cutAtLines } from "./cutAtLines.js";
import type { CallOptions, Http } from "./http.js";
import { readBytes } from "./readBytes.js";

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
  /** All of a store as JSON Lines, as it comes: its manifest, then an entry a line. */
  exportCollection(id: string, options?: CallOptions): AsyncGenerator<Uint8Array, void, undefined>;
  /**
   * Makes a store of an export of any size that its owner has room for: sent in pieces, one in memory at a time, which are deleted behind it. `onPiece` is
   * told how many bytes are sent.
   */
  importCollection(
    source: AsyncIterable<Uint8Array>,
    options?: CallOptions & { readonly name?: string; readonly onPiece?: (sentBytes: number) => void },
  ): Promise<SourcedStore>;
};

/** A router checks all of it before it answers. */
const IMPORT_MS = 600_000;
const uploaded = z.object({ id: z.string() });

const PATH = "/v1/vector_stores";
const FILES = "/v1/files";

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
    async *exportCollection(id, bounds = {}) {
      yield* readBytes(await http.open({ path: `${pathOf(id)}/collection/export`, ...(await bearing(bounds)) }));
    },
    async importCollection(source, { name = "", onPiece = () => undefined, ...bounds } = {}) {
      const collection: string[] = [];
      let sentBytes = 0;
      try {
        for await (const piece of cutAtLines(source, FILE_BYTES_MAX)) {
          const body = formOf(piece, `piece-${collection.length + 1}.jsonl`);
          const { value } = await http.json({ path: FILES, body, ...(await bearing(bounds)) }, uploaded);
          collection.push(value.id);
          sentBytes += piece.length;
          onPiece(sentBytes);
        }
        const whole = { timeoutMs: IMPORT_MS, ...(await bearing(bounds)) };
        return toStore((await http.json({ path: PATH, body: { name, collection }, ...whole }, store)).value);
      } finally {
        // Also where it was given up: what it was for is over.
        const { signal: _, ...kept } = bounds;
        for (const id of collection)
          await http
            .json({ method: "DELETE", path: `${FILES}/${id}`, ...(await bearing(kept)) }, deleted)
            .catch(() => undefined);
      }
    },
  };
}

function toStore({ id, name, status, cortensor }: z.output<typeof store>): SourcedStore {
  const { embedding_model: embeddingModel, source } = cortensor;
  return { id, name, status, embeddingModel, source };
}

function formOf(piece: Uint8Array<ArrayBuffer>, filename: string): FormData {
  const form = new FormData();
  form.set("purpose", "assistants");
  form.set("file", new Blob([piece], { type: "application/jsonl" }), filename);
  return form;
}
