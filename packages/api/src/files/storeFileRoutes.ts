import type { DataOwner, VectorStore } from "@cortensor/data";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { invalidRequest } from "../apiError.js";
import { clientSignal } from "../clientSignal.js";
import { STORES_LISTED_DEFAULT, STORES_LISTED_MAX } from "../limits.js";
import {
  type Answered,
  batchNotFound,
  type DataParts,
  dataRoute,
  fileNotFound,
  json,
  refuse,
  storeExpired,
  storeNotFound,
} from "./dataRoute.js";
import { listBody, parsePage } from "./pageQuery.js";
import { refuseAttachment } from "./refuseAttachment.js";
import { attachFile, describeFile, openBatch } from "./storeBodies.js";
import { batchObject, POLL_MS, storeFileObject } from "./storeObjects.js";
import { parse } from "./storeRoutes.js";

type Of = FastifyRequest<{ Params: { store: string; file: string; batch: string } }>;
type Act = (owner: DataOwner, store: VectorStore, request: Of, signal: AbortSignal) => Promise<Answered>;

/** The files of vector stores, one by one and in batches. */
export function addStoreFileRoutes(server: FastifyInstance, parts: DataParts): void {
  const { desk } = parts.data;
  const { storeFiles } = desk;
  /** A route of a store that is there, and isn't over. */
  const ofStore = (act: Act) =>
    dataRoute(parts, async (owner, request: Of, reply) => {
      const { store: id } = request.params;
      const store = await desk.stores.find(owner, id);
      if (store === undefined) return refuse(storeNotFound(id));
      return store.status === "expired" ? refuse(storeExpired(id)) : act(owner, store, request, clientSignal(reply));
    });
  server.post("/v1/vector_stores/:store/files", ofStore(attachOne(parts)));
  server.get("/v1/vector_stores/:store/files", ofStore(listFiles(parts)));
  server.get(
    "/v1/vector_stores/:store/files/:file",
    ofStore(async (_owner, store, { params }) => {
      const file = await storeFiles.find(store.id, params.file);
      if (file === undefined) return refuse(fileNotFound(params.file));
      return json(storeFileObject(file), file.status === "in_progress" ? POLL_MS : undefined);
    }),
  );
  server.post(
    "/v1/vector_stores/:store/files/:file",
    ofStore(async (_owner, store, { params, body }) => {
      const parsed = parse(describeFile, body);
      if (parsed.kind === "refused") return refuse(parsed.error);
      const file = await storeFiles.describe(store.id, params.file, parsed.value.attributes ?? {});
      return file === undefined ? refuse(fileNotFound(params.file)) : json(storeFileObject(file));
    }),
  );
  server.get(
    "/v1/vector_stores/:store/files/:file/content",
    ofStore(async (owner, store, { params }, signal) => {
      const attached = await storeFiles.find(store.id, params.file);
      const text = attached === undefined ? undefined : await desk.text(owner, params.file, signal);
      if (text === undefined) return refuse(fileNotFound(params.file));
      const object = "vector_store.file_content.page";
      return json({ object, data: [{ type: "text", text }], has_more: false, next_page: null });
    }),
  );
  server.delete(
    "/v1/vector_stores/:store/files/:file",
    ofStore(async (_owner, store, { params }) => {
      const isGone = await storeFiles.detach(store.id, params.file);
      if (!isGone) return refuse(fileNotFound(params.file));
      return json({ id: params.file, object: "vector_store.file.deleted", deleted: true });
    }),
  );
  addBatches(server, parts, ofStore);
}

function addBatches(
  server: FastifyInstance,
  parts: DataParts,
  ofStore: (act: Act) => ReturnType<typeof dataRoute<Of>>,
): void {
  const { batches } = parts.data.desk;
  server.post("/v1/vector_stores/:store/file_batches", ofStore(attachMany(parts)));
  server.get(
    "/v1/vector_stores/:store/file_batches/:batch",
    ofStore(async (_owner, store, { params }) => {
      const batch = await batches.find(store.id, params.batch);
      if (batch === undefined) return refuse(batchNotFound(params.batch));
      return json(batchObject(batch), batch.status === "in_progress" ? POLL_MS : undefined);
    }),
  );
  server.post(
    "/v1/vector_stores/:store/file_batches/:batch/cancel",
    ofStore(async (_owner, store, { params }) => {
      const batch = await batches.cancel(store.id, params.batch);
      return batch === undefined ? refuse(batchNotFound(params.batch)) : json(batchObject(batch));
    }),
  );
  server.get("/v1/vector_stores/:store/file_batches/:batch/files", ofStore(listFiles(parts)));
}

function attachOne({ data }: DataParts): Act {
  return async (owner, store, { body }) => {
    const parsed = parse(attachFile, body);
    if (parsed.kind === "refused") return refuse(parsed.error);
    const { file_id: file, attributes, chunking_strategy: chunking } = parsed.value;
    const one = { file, attributes: attributes ?? {}, chunking };
    const outcome = await data.desk.storeFiles.attach(owner, store.id, [one]);
    if (outcome.kind !== "attached") return refuse(refuseAttachment(outcome, store.id));
    data.onAttached();
    const [attached] = outcome.files;
    return attached === undefined ? refuse(fileNotFound(file)) : json(storeFileObject(attached), POLL_MS);
  };
}

function attachMany({ data }: DataParts): Act {
  return async (owner, store, { body }) => {
    const parsed = parse(openBatch, body);
    if (parsed.kind === "refused") return refuse(parsed.error);
    const { value } = parsed;
    const given = "files" in value ? value.files : value.file_ids.map((id) => ({ ...value, file_id: id }));
    const files = given.map(({ file_id: file, attributes, chunking_strategy: chunking }) => {
      return { file, attributes: attributes ?? {}, chunking };
    });
    if (new Set(files.map(({ file }) => file)).size < files.length) return refuse(TWICE);
    const outcome = await data.desk.batches.open(owner, store.id, files);
    if (outcome.kind !== "opened") return refuse(refuseAttachment(outcome, store.id));
    data.onAttached();
    return json(batchObject(outcome.batch), POLL_MS);
  };
}

function listFiles({ data }: DataParts): Act {
  return async (_owner, store, { query, params }) => {
    const read = parsePage(query, { most: STORES_LISTED_MAX, fallback: STORES_LISTED_DEFAULT });
    if (read.kind === "refused") return refuse(read.error);
    const wanted = z
      .object({ filter: z.enum(["in_progress", "completed", "failed", "cancelled"]).optional() })
      .safeParse(query);
    if (!wanted.success) return refuse(invalidRequest("Invalid value for 'filter'.", "invalid_value", "filter"));
    const { batch } = params;
    if (batch !== undefined && (await data.desk.batches.find(store.id, batch)) === undefined) {
      return refuse(batchNotFound(batch));
    }
    const { limit } = read.page;
    const found = await data.desk.storeFiles.list(store.id, {
      ...{ ...read.page, limit: limit + 1, status: wanted.data.filter },
      ...(batch === undefined ? {} : { batch }),
    });
    return json(listBody(found.map(storeFileObject), limit));
  };
}

const TWICE = invalidRequest("A file is named twice.", "invalid_value", "file_ids");
