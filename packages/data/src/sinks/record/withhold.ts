import { createHash } from "node:crypto";
import { RECORD_BYTES_MAX } from "../limits.js";
import { canonicalJson } from "./canonicalJson.js";
import { formatSinkRecord, type SinkContent, type SinkRecord, type WithheldReason } from "./sinkRecord.js";

/** The same record without its texts: their size and hash in their stead. One that has none already stays as it is. */
export function withhold(record: SinkRecord, reason: WithheldReason): SinkRecord {
  if (record.content.kind !== "whole") return record;
  const text = canonicalJson({ ...record.content });
  const content: SinkContent = {
    kind: "withheld",
    reason,
    bytes: Buffer.byteLength(text),
    sha256: createHash("sha256").update(text).digest("hex"),
  };
  return { ...record, content };
}

/** A record and its text, without its texts where it would be larger than `bytesMax`. */
export function boundRecord(
  record: SinkRecord,
  bytesMax: number = RECORD_BYTES_MAX,
): { readonly record: SinkRecord; readonly text: string; readonly bytes: number } {
  const text = formatSinkRecord(record);
  const bytes = Buffer.byteLength(text);
  if (bytes <= bytesMax) return { record, text, bytes };
  const small = withhold(record, "too_large");
  const smallText = formatSinkRecord(small);
  return { record: small, text: smallText, bytes: Buffer.byteLength(smallText) };
}
