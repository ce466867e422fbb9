import type { AttributeFilter, Attributes } from "@cortensor/data";
import {
  ATTRIBUTE_NAME_CHARS_MAX,
  ATTRIBUTE_VALUE_CHARS_MAX,
  ATTRIBUTES_MAX,
  AUTO_CHUNKING,
  BATCH_FILES_MAX,
  CHUNK_TOKENS_MAX,
  CHUNK_TOKENS_MIN,
  EXPIRY_DAYS_MAX,
  FILTER_DEPTH_MAX,
  FILTER_NODES_MAX,
  QUERY_CHARS_MAX,
  RESULTS_DEFAULT,
  RESULTS_MAX,
} from "@cortensor/protocol";
import { z } from "zod";
import { COLLECTION_PIECES_MAX, MODEL_CHARS_MAX, SOURCE_URL_CHARS_MAX } from "../limits.js";

const ID_CHARS_MAX = 128;
const id = z.string().min(1).max(ID_CHARS_MAX);
const attributeName = z.string().min(1).max(ATTRIBUTE_NAME_CHARS_MAX);
const attributeText = z.string().max(ATTRIBUTE_VALUE_CHARS_MAX);

export const attributes: z.ZodType<Attributes> = z
  .record(attributeName, z.union([attributeText, z.number(), z.boolean()]))
  .refine((all) => Object.keys(all).length <= ATTRIBUTES_MAX, `at most ${ATTRIBUTES_MAX} attributes`);
const metadata = z
  .record(attributeName, attributeText)
  .refine((all) => Object.keys(all).length <= ATTRIBUTES_MAX, `at most ${ATTRIBUTES_MAX} entries`);

export const chunking = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("auto") }),
    z.strictObject({
      type: z.literal("static"),
      static: z
        .strictObject({
          max_chunk_size_tokens: z.int().min(CHUNK_TOKENS_MIN).max(CHUNK_TOKENS_MAX),
          chunk_overlap_tokens: z.int().min(0),
        })
        .refine((sizes) => 2 * sizes.chunk_overlap_tokens <= sizes.max_chunk_size_tokens, {
          message: "an overlap is at most half of a chunk",
        }),
    }),
  ])
  .nullish()
  .transform((given) => {
    if (given === null || given === undefined || given.type === "auto") return { ...AUTO_CHUNKING, isAuto: true };
    const { max_chunk_size_tokens: maxTokens, chunk_overlap_tokens: overlapTokens } = given.static;
    return { maxTokens, overlapTokens, isAuto: false };
  });

const expiresAfter = z
  .strictObject({ anchor: z.literal("last_active_at"), days: z.int().min(1).max(EXPIRY_DAYS_MAX) })
  .nullish();
const name = z.string().max(ATTRIBUTE_VALUE_CHARS_MAX).nullish();

/** A place in a client's own Postgres; which, is read by the data's own room. */
const source = z.strictObject({ url: z.string().min(1).max(SOURCE_URL_CHARS_MAX), place: z.unknown() });

/** `POST /v1/vector_stores`. `embedding_model`, `source` and `collection` aren't OpenAI's. */
export const createStore = z.object({
  name,
  file_ids: z.array(id).max(BATCH_FILES_MAX).nullish(),
  metadata: metadata.nullish(),
  expires_after: expiresAfter,
  chunking_strategy: chunking,
  embedding_model: z.string().min(1).max(MODEL_CHARS_MAX).nullish(),
  source: source.nullish(),
  /** An uploaded file that is an export of a store, or the files of its pieces in their order. */
  collection: z.union([id, z.array(id).min(1).max(COLLECTION_PIECES_MAX)]).nullish(),
});
export const modifyStore = z.object({ name, metadata: metadata.nullish(), expires_after: expiresAfter });

const attached = { attributes: attributes.nullish(), chunking_strategy: chunking };
export const attachFile = z.object({ file_id: id, ...attached });
export const describeFile = z.object({ attributes: attributes.nullable() });
const withIds = z.object({ file_ids: z.array(id).min(1).max(BATCH_FILES_MAX), ...attached });
const withFiles = z.object({ files: z.array(attachFile).min(1).max(BATCH_FILES_MAX) });
export const openBatch = z.union([withFiles, withIds]);

const value = z.union([attributeText, z.number(), z.boolean()]);
const listed = z.array(z.union([attributeText, z.number()])).max(ATTRIBUTES_MAX * 4);
const comparison = z.union([
  z.strictObject({ type: z.enum(["eq", "ne", "gt", "gte", "lt", "lte"]), key: attributeName, value }),
  z.strictObject({ type: z.enum(["in", "nin"]), key: attributeName, value: listed }),
]);
const anyFilter: z.ZodType<AttributeFilter> = z.lazy(() =>
  z.union([
    comparison,
    z.strictObject({ type: z.enum(["and", "or"]), filters: z.array(anyFilter).min(1).max(FILTER_NODES_MAX) }),
  ]),
);

/** Looked at before it is parsed: a filter is as deep as its sender makes it. */
export const filters = z
  .unknown()
  .refine((given) => given === undefined || given === null || isBounded(given), {
    message: `at most ${FILTER_NODES_MAX} comparisons, ${FILTER_DEPTH_MAX} deep`,
    abort: true,
  })
  .pipe(anyFilter.nullish())
  .optional();

export const rankingOptions = z
  .object({
    ranker: z.enum(["auto", "none", "default-2024-11-15", "default_2024_08_21"]).nullish(),
    score_threshold: z.number().min(0).max(1).nullish(),
  })
  .nullish();

export const searchStore = z.object({
  query: z.union([
    z.string().min(1).max(QUERY_CHARS_MAX),
    z.array(z.string().min(1).max(QUERY_CHARS_MAX)).length(1, "one question at a time"),
  ]),
  filters,
  max_num_results: z.int().min(1).max(RESULTS_MAX).default(RESULTS_DEFAULT),
  ranking_options: rankingOptions,
  rewrite_query: z.literal(false, "questions aren't rewritten here").nullish(),
});

export const fileSearchTool = z.strictObject({
  type: z.literal("file_search"),
  vector_store_ids: z.array(id).min(1).max(8),
  max_num_results: z.int().min(1).max(RESULTS_MAX).nullish(),
  filters,
  ranking_options: rankingOptions,
});

function isBounded(filter: unknown): boolean {
  let nodes = 0;
  const look = (given: unknown, depth: number): boolean => {
    nodes += 1;
    if (nodes > FILTER_NODES_MAX || depth > FILTER_DEPTH_MAX) return false;
    if (typeof given !== "object" || given === null || !("filters" in given) || !Array.isArray(given.filters))
      return true;
    return given.filters.every((inner: unknown) => look(inner, depth + 1));
  };
  return look(filter, 1);
}
