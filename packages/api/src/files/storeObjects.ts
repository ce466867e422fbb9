import type { FileBatch, IndexFault, SearchResult, StoreFile, VectorStore } from "@cortensor/data";

/** Time after which it pays to look again while files are embedded. */
export const POLL_MS = 300;

export function storeObject(store: VectorStore) {
  return {
    id: store.id,
    object: "vector_store",
    created_at: store.createdSeconds,
    name: store.name,
    usage_bytes: store.bytes,
    file_counts: store.counts,
    status: store.status,
    expires_after:
      store.expiresAfterDays === undefined ? null : { anchor: "last_active_at", days: store.expiresAfterDays },
    expires_at: store.expiresSeconds ?? null,
    last_active_at: store.activeSeconds,
    metadata: store.metadata,
    cortensor: {
      embedding_model: store.embeddingModel === "" ? null : store.embeddingModel,
      source: store.source === undefined ? null : { name: store.source.name, place: store.source.place },
    },
  };
}

export function storeFileObject(file: StoreFile) {
  const { maxTokens, overlapTokens } = file.chunking;
  return {
    id: file.file,
    object: "vector_store.file",
    created_at: file.createdSeconds,
    vector_store_id: file.store,
    status: file.status,
    last_error: file.errorCode === undefined ? null : { code: file.errorCode, message: FAULTS[file.errorCode] },
    usage_bytes: file.bytes,
    attributes: file.attributes,
    chunking_strategy: {
      type: "static",
      static: { max_chunk_size_tokens: maxTokens, chunk_overlap_tokens: overlapTokens },
    },
  };
}

const FAULTS: Readonly<Record<IndexFault, string>> = {
  server_error: "The file could not be embedded: no model served it, or the session couldn't pay for it.",
  unsupported_file: "Files of this type can't be read here.",
  invalid_file: "The file has no text, or more than the store or the model takes.",
};

export function batchObject(batch: FileBatch) {
  return {
    id: batch.id,
    object: "vector_store.files_batch",
    created_at: batch.createdSeconds,
    vector_store_id: batch.store,
    status: batch.status,
    file_counts: batch.counts,
  };
}

export function resultObject(result: SearchResult) {
  return {
    file_id: result.file,
    filename: result.filename,
    score: result.score,
    attributes: result.attributes,
    content: [{ type: "text", text: result.text }],
  };
}
