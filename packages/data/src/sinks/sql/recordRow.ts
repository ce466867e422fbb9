import { canonicalJson } from "../record/canonicalJson.js";
import { formatSinkRecord, receiptJson, type SinkRecord } from "../record/sinkRecord.js";
import type { SqlValue } from "./sqlDriver.js";

/** Columns of a record, in the order of `recordRow`. */
export const RECORD_COLUMNS = [
  "session",
  "sequence",
  "task_id",
  "model",
  "prompt_kind",
  "prompt",
  "result",
  "withheld",
  "as_json",
  "prompt_tokens",
  "completion_tokens",
  "fee_wei",
  "receipt",
  "asked_at_ms",
  "answered_at_ms",
] as const;

/**
 * A record as a row. Texts with a NUL or half a surrogate pair stand in no database's text column: then prompt and result are
 * null, and `as_json` holds the whole record as canonical JSON, where they are escapes.
 */
export function recordRow(record: SinkRecord): readonly SqlValue[] {
  const { content, usage } = record;
  const isWhole = content.kind === "whole";
  const isPlain = isWhole && isPlainText(content.prompt) && isPlainText(content.result);
  const hasPlainModel = isPlainText(record.model);
  const mustEscape = (isWhole && !isPlain) || !hasPlainModel;
  return [
    record.session,
    record.sequence,
    record.taskId,
    hasPlainModel ? record.model : "",
    isWhole ? content.promptKind : null,
    isPlain ? content.prompt : null,
    isPlain ? content.result : null,
    isWhole ? null : canonicalJson({ ...content }),
    mustEscape ? formatSinkRecord(record) : null,
    usage.promptTokens,
    usage.completionTokens,
    usage.feeWei.toString(),
    canonicalJson(receiptJson(record.receipt)),
    record.askedAtMs,
    record.answeredAtMs,
  ];
}

/** Whether every database at hand keeps this text as it is. */
export function isPlainText(text: string): boolean {
  return !text.includes("\0") && !LONE_SURROGATE.test(text);
}

const LONE_SURROGATE = /\p{Surrogate}/u;
