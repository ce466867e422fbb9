import { isBytes32 } from "@cortensor/protocol";
import { z } from "zod";
import type { DataOwner } from "../files/dataOwner.js";
import type { MasterBox } from "../files/masterBox.js";
import { openSource } from "../retrieval/clientSource.js";
import type { Attributes } from "./attributeFilter.js";
import { FILE_STATUSES, type FileCounts, type IndexFault, type StoreFile, type VectorStore } from "./vectorStore.js";

export type StoreRow = {
  readonly id: string;
  readonly owner: string;
  readonly account: string;
  readonly key_hash: string | null;
  readonly notes: Buffer;
  readonly model: string;
  readonly created_s: string;
  readonly active_s: string;
  readonly expires_days: number | null;
  readonly is_expired: boolean;
  readonly version: string;
  readonly source: Buffer | null;
};

export type CountRow = {
  readonly store: string;
  readonly status: string;
  readonly files: string;
  readonly bytes: string;
};

export type StoreFileRow = {
  readonly store: string;
  readonly file: string;
  readonly created_s: string;
  readonly status: string;
  readonly error_code: string | null;
  readonly chunk_tokens: number;
  readonly overlap_tokens: number;
  readonly is_auto: boolean;
  readonly attributes: Buffer;
  readonly bytes: string;
};

const DAY_SECONDS = 86_400;
const notesSchema = z.object({ name: z.string(), metadata: z.record(z.string(), z.string()) });
const attributesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** When a store ends, unless it is used. */
export function expiryOf(row: Pick<StoreRow, "active_s" | "expires_days">): number | undefined {
  return row.expires_days === null ? undefined : Number(row.active_s) + row.expires_days * DAY_SECONDS;
}

export function isExpired(
  row: Pick<StoreRow, "active_s" | "expires_days" | "is_expired">,
  nowSeconds: number,
): boolean {
  return row.is_expired || (expiryOf(row) ?? Number.POSITIVE_INFINITY) <= nowSeconds;
}

export function toStore(
  row: StoreRow,
  {
    box,
    counts,
    nowSeconds,
  }: { readonly box: MasterBox; readonly counts: readonly CountRow[]; readonly nowSeconds: number },
): VectorStore {
  const { name, metadata } = notesSchema.parse(JSON.parse(box.open(row.notes, notesOf(row.id)).toString("utf8")));
  const own = counts.filter(({ store }) => store === row.id);
  const all = countsOf(own);
  const expired = isExpired(row, nowSeconds);
  const source = row.source === null ? undefined : openSource(box, row.id, row.source);
  return {
    ...{ id: row.id, name, metadata, embeddingModel: row.model, counts: all },
    createdSeconds: Number(row.created_s),
    activeSeconds: Number(row.active_s),
    expiresAfterDays: row.expires_days ?? undefined,
    expiresSeconds: expiryOf(row),
    status: expired ? "expired" : all.in_progress > 0 ? "in_progress" : "completed",
    source: source && { name: source.name, place: source.place },
    bytes: own.reduce((sum, { bytes }) => sum + Number(bytes), 0),
  };
}

export function countsOf(rows: readonly Pick<CountRow, "status" | "files">[]): FileCounts {
  const of = (status: string): number =>
    rows.filter((row) => row.status === status).reduce((sum, { files }) => sum + Number(files), 0);
  const counts = {
    in_progress: of("in_progress"),
    completed: of("completed"),
    cancelled: of("cancelled"),
    failed: of("failed"),
  };
  return { ...counts, total: counts.in_progress + counts.completed + counts.cancelled + counts.failed };
}

export function toStoreFile(row: StoreFileRow, box: MasterBox): StoreFile {
  return {
    file: row.file,
    store: row.store,
    createdSeconds: Number(row.created_s),
    status: FILE_STATUSES.find((known) => known === row.status) ?? "failed",
    errorCode: toFault(row.error_code),
    chunking: { maxTokens: row.chunk_tokens, overlapTokens: row.overlap_tokens, isAuto: row.is_auto },
    attributes: openAttributes(row, box),
    bytes: Number(row.bytes),
  };
}

export function openAttributes(row: Pick<StoreFileRow, "store" | "file" | "attributes">, box: MasterBox): Attributes {
  return attributesSchema.parse(JSON.parse(box.open(row.attributes, attributesOf(row)).toString("utf8")));
}

/** Who pays for a store: its owner, wherever it is worked on. */
export function payerOf(row: Pick<StoreRow, "owner" | "account" | "key_hash">): DataOwner {
  const keyHash = row.key_hash ?? undefined;
  const payer = { id: row.owner, account: Number(row.account) };
  return keyHash !== undefined && isBytes32(keyHash) ? { ...payer, keyHash } : payer;
}

export function notesOf(store: string): string {
  return `notes/${store}`;
}

export function attributesOf({ store, file }: { readonly store: string; readonly file: string }): string {
  return `attributes/${store}/${file}`;
}

function toFault(code: string | null): IndexFault | undefined {
  if (code === null) return undefined;
  return code === "unsupported_file" || code === "invalid_file" ? code : "server_error";
}
