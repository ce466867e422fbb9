import {
  type ClientSource,
  type DataOwner,
  RetrievalError,
  readClientSource,
  VectorError,
  type VectorStore,
} from "@cortensor/data";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { invalidRequest, refusalError, UNAVAILABLE } from "../apiError.js";
import { clientSignal } from "../clientSignal.js";
import { STORES_LISTED_DEFAULT, STORES_LISTED_MAX } from "../limits.js";
import { type RefusedRequest, refused } from "../parsedRequest.js";
import { schemaError } from "../schemaError.js";
import {
  type Answered,
  type DataParts,
  dataRoute,
  fileNotFound,
  json,
  quotaReached,
  refuse,
  storeExpired,
  storeNotFound,
} from "./dataRoute.js";
import { toStoreQuery } from "./fileSearch.js";
import { listBody, parsePage } from "./pageQuery.js";
import { refuseAttachment } from "./refuseAttachment.js";
import { refuseSearch } from "./refuseSearch.js";
import { createStore, modifyStore, searchStore } from "./storeBodies.js";
import { POLL_MS, resultObject, storeObject } from "./storeObjects.js";

/** Time for an import: thousands of small writes, and each vector hashed. */
const IMPORT_MS = 600_000;

type OfStore = FastifyRequest<{ Params: { store: string } }>;

/** `/v1/vector_stores`, as OpenAI has it: files cut up, embedded on the network, and searched by words and by meaning. */
export function addStoreRoutes(server: FastifyInstance, parts: DataParts): void {
  const { desk } = parts.data;
  const { stores } = desk;
  server.post(
    "/v1/vector_stores",
    dataRoute(parts, (owner, request) => create(parts, owner, request.body)),
  );
  server.get(
    "/v1/vector_stores",
    dataRoute(parts, async (owner, request) => {
      const read = parsePage(request.query, { most: STORES_LISTED_MAX, fallback: STORES_LISTED_DEFAULT });
      if (read.kind === "refused") return refuse(read.error);
      const { limit } = read.page;
      const found = await stores.list(owner, { ...read.page, limit: limit + 1 });
      return json(listBody(found.map(storeObject), limit));
    }),
  );
  server.get<{ Params: { store: string } }>(
    "/v1/vector_stores/:store",
    dataRoute(parts, async (owner, { params }: OfStore) =>
      showStore(await stores.find(owner, params.store), params.store),
    ),
  );
  server.post<{ Params: { store: string } }>(
    "/v1/vector_stores/:store",
    dataRoute(parts, async (owner, { params, body }: OfStore) => {
      const parsed = parse(modifyStore, body);
      if (parsed.kind === "refused") return refuse(parsed.error);
      const { name, metadata, expires_after: expiry } = parsed.value;
      const store = await stores.modify(owner, params.store, {
        ...(name === undefined ? {} : { name: name ?? "" }),
        ...(metadata === undefined ? {} : { metadata: metadata ?? {} }),
        ...(expiry === undefined ? {} : { expiresAfterDays: expiry?.days }),
      });
      if (store?.status === "expired") return refuse(storeExpired(params.store));
      return showStore(store, params.store);
    }),
  );
  server.delete<{ Params: { store: string } }>(
    "/v1/vector_stores/:store",
    dataRoute(parts, async (owner, { params }: OfStore) => {
      const isGone = await stores.remove(owner, params.store);
      if (!isGone) return refuse(storeNotFound(params.store));
      return json({ id: params.store, object: "vector_store.deleted", deleted: true });
    }),
  );
  addSearch(server, parts);
  addCollection(server, parts);
}

function addSearch(server: FastifyInstance, parts: DataParts): void {
  server.post<{ Params: { store: string } }>(
    "/v1/vector_stores/:store/search",
    dataRoute(parts, async (owner, { params, body }: OfStore, reply) => {
      const parsed = parse(searchStore, body);
      if (parsed.kind === "refused") return refuse(parsed.error);
      const { query, ...asked } = parsed.value;
      const [text = ""] = typeof query === "string" ? [query] : query;
      const outcome = await parts.data.desk.search(
        owner,
        [params.store],
        toStoreQuery(text, asked),
        clientSignal(reply),
      );
      if (outcome.kind !== "found") return refuse(refuseSearch(outcome));
      return json({
        object: "vector_store.search_results.page",
        search_query: [text],
        data: outcome.results.map(resultObject),
        has_more: false,
        next_page: null,
        cortensor: { tasks: outcome.taskIds },
      });
    }),
  );
}

/** Not OpenAI's: what a store consists of, with the root over its vectors, and all of it as JSON Lines. */
function addCollection(server: FastifyInstance, parts: DataParts): void {
  const { desk } = parts.data;
  server.get<{ Params: { store: string } }>(
    "/v1/vector_stores/:store/collection",
    dataRoute(parts, async (owner, { params }: OfStore, reply) => {
      const collection = await desk.collect(owner, params.store, clientSignal(reply));
      return collection === undefined ? refuse(storeNotFound(params.store)) : json(collection.manifest);
    }),
  );
  let exports = 0;
  server.get<{ Params: { store: string } }>(
    "/v1/vector_stores/:store/collection/export",
    dataRoute(parts, async (owner, { params }: OfStore, reply) => {
      if (exports > 0) return refuse(UNAVAILABLE);
      exports += 1;
      // Counted until the answer is gone: it opens the whole store.
      reply.raw.once("close", () => {
        exports -= 1;
      });
      const collection = await desk.collect(owner, params.store, clientSignal(reply));
      if (collection === undefined) return refuse(storeNotFound(params.store));
      return { kind: "stream", bytes: collection.export(), type: "application/jsonl" };
    }),
  );
}

function showStore(store: VectorStore | undefined, id: string): Answered {
  if (store === undefined) return refuse(storeNotFound(id));
  return json(storeObject(store), store.status === "in_progress" ? POLL_MS : undefined);
}

async function create({ data }: Pick<DataParts, "data">, owner: DataOwner, body: unknown): Promise<Answered> {
  const parsed = parse(createStore, body);
  if (parsed.kind === "refused") return refuse(parsed.error);
  const { name, metadata, file_ids: ids, expires_after: expiry, chunking_strategy: chunking } = parsed.value;
  if (parsed.value.source !== undefined && parsed.value.source !== null)
    return createSourced({ data }, owner, { ...parsed.value, source: parsed.value.source });
  if (parsed.value.collection !== undefined && parsed.value.collection !== null)
    return importCollection({ data }, owner, { ...parsed.value, pieces: parsed.value.collection });
  const embeddingModel = parsed.value.embedding_model ?? data.embeddingModel();
  if (embeddingModel === undefined) return refuse(NO_MODEL);
  const { stores, storeFiles } = data.desk;
  const made = await stores.create(owner, {
    ...{ name: name ?? "", metadata: metadata ?? {}, expiresAfterDays: expiry?.days, embeddingModel },
  });
  if (made.kind === "full") return refuse(quotaReached("the vector stores that you have"));
  const { id } = made.store;
  const files = [...new Set(ids ?? [])];
  if (files.length === 0) return json(storeObject(made.store));
  const attachments = files.map((file) => ({ file, attributes: {}, chunking }));
  const attached = await storeFiles.attach(owner, id, attachments);
  if (attached.kind !== "attached") {
    await stores.remove(owner, id);
    return refuse(refuseAttachment(attached, id));
  }
  data.onAttached();
  return showStore(await stores.find(owner, id), id);
}

/** A store of an export: held against its own root, and nothing embedded for it. */
async function importCollection(
  { data }: Pick<DataParts, "data">,
  owner: DataOwner,
  asked: z.output<typeof createStore> & { readonly pieces: string | readonly string[] },
): Promise<Answered> {
  const { pieces, name, metadata, file_ids: ids, embedding_model: model, expires_after: expiry } = asked;
  if ((ids !== undefined && ids !== null && ids.length > 0) || (model !== undefined && model !== null))
    return refuse(
      invalidRequest("A collection brings its own texts and names its own model.", "invalid_value", "collection"),
    );
  const notes = { name: name ?? "", metadata: metadata ?? {}, expiresAfterDays: expiry?.days };
  try {
    const files = typeof pieces === "string" ? [pieces] : pieces;
    const made = await data.desk.importStore(owner, { ...notes, files }, AbortSignal.timeout(IMPORT_MS));
    if (made.kind === "noFile") return refuse(fileNotFound(made.file));
    return made.kind === "full" ? refuse(quotaReached(made.most)) : json(storeObject(made.store));
  } catch (error) {
    if (!(error instanceof VectorError)) throw error;
    const message = `The file isn't a collection as it says that it is: ${error.code}.`;
    return refuse(invalidRequest(message, "invalid_value", "collection"));
  }
}

/** A store that stands for a place in its owner's own database: nothing is embedded for it but questions. */
async function createSourced(
  { data }: Pick<DataParts, "data">,
  owner: DataOwner,
  asked: z.output<typeof createStore> & { readonly source: { readonly url: string; readonly place?: unknown } },
): Promise<Answered> {
  const { name, metadata, file_ids: ids, expires_after: expiry, embedding_model: embeddingModel } = asked;
  if (ids !== undefined && ids !== null && ids.length > 0)
    return refuse(invalidRequest("A store with a source takes no files.", "invalid_value", "file_ids"));
  const read = readSource({ url: asked.source.url, place: asked.source.place });
  if (read.kind === "refused") return refuse(read.error);
  const { source } = read;
  if (source.place.kind === "vectors" && !embeddingModel) return refuse(NO_NAMED_MODEL);
  const made = await data.desk.stores.create(owner, {
    ...{ name: name ?? "", metadata: metadata ?? {}, expiresAfterDays: expiry?.days, source },
    embeddingModel: source.place.kind === "vectors" ? (embeddingModel ?? "") : "",
  });
  return made.kind === "full" ? refuse(quotaReached("the vector stores that you have")) : json(storeObject(made.store));
}

function readSource(
  given: Parameters<typeof readClientSource>[0],
): { readonly kind: "read"; readonly source: ClientSource } | RefusedRequest {
  try {
    return { kind: "read", source: readClientSource(given) };
  } catch (error) {
    if (error instanceof RetrievalError && error.data.code === "RETRIEVAL_BAD_CONFIG")
      return refused(invalidRequest(`Invalid value for 'source': ${error.data.reason}.`, "invalid_value", "source"));
    throw error;
  }
}

/** A body by its schema, refused with the field's name. */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): { readonly kind: "parsed"; readonly value: z.output<Schema> } | RefusedRequest {
  const parsed = schema.safeParse(body ?? {});
  return parsed.success ? { kind: "parsed", value: parsed.data } : refused(schemaError(parsed.error, body ?? {}));
}

const NO_NAMED_MODEL = invalidRequest(
  "A table of vectors needs 'embedding_model': the model that made them.",
  "missing_required_parameter",
  "embedding_model",
);
const NO_MODEL = refusalError({ code: "no_miner", message: "No model that makes embeddings is offered now." });
