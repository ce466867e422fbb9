import type { ClientSource } from "../retrieval/clientSource.js";
import type { Attributes } from "./attributeFilter.js";
import type { Chunking } from "./chunkText.js";

export const FILE_STATUSES = ["in_progress", "completed", "cancelled", "failed"] as const;
export type IndexStatus = (typeof FILE_STATUSES)[number];

/** Files of a store, or of a batch, by how far they are. */
export type FileCounts = Readonly<Record<IndexStatus, number>> & { readonly total: number };

export type VectorStore = {
  readonly id: string;
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly embeddingModel: string;
  readonly createdSeconds: number;
  readonly activeSeconds: number;
  /** Days without use after which it is emptied. */
  readonly expiresAfterDays: number | undefined;
  readonly expiresSeconds: number | undefined;
  readonly status: "in_progress" | "completed" | "expired";
  readonly bytes: number;
  readonly counts: FileCounts;
  /** What of its owner's own database it stands for; then it has no files. */
  readonly source: Pick<ClientSource, "name" | "place"> | undefined;
};

export type StoreNotes = Pick<VectorStore, "name" | "metadata" | "expiresAfterDays">;

/** A file's place in a store. */
export type StoreFile = {
  readonly file: string;
  readonly store: string;
  readonly createdSeconds: number;
  readonly status: IndexStatus;
  readonly errorCode: IndexFault | undefined;
  readonly chunking: Chunking & { readonly isAuto: boolean };
  readonly attributes: Attributes;
  readonly bytes: number;
};

/** Why a file couldn't be embedded: OpenAI's words. What a router refused the embedding for is in its log. */
export type IndexFault = "server_error" | "unsupported_file" | "invalid_file";

export type FileBatch = {
  readonly id: string;
  readonly store: string;
  readonly createdSeconds: number;
  readonly status: "in_progress" | "completed" | "cancelled";
  readonly counts: FileCounts;
};

/** A file that is attached. */
export type Attachment = {
  readonly file: string;
  readonly attributes: Attributes;
  readonly chunking: Chunking & { readonly isAuto: boolean };
};

export type Page = { readonly limit: number; readonly order: "asc" | "desc"; readonly after: string | undefined };
