import { type Bytes32, isBytes32 } from "@cortensor/protocol";
import { CLIENT_HOLD_MS } from "../limits.js";
import { formatSinkTexts, parseSinkTexts, type SinkTexts } from "../record/sinkRecord.js";
import { SinkError } from "../sinkError.js";
import type { SqlRow } from "../sql/sqlDriver.js";
import type { ClientDatabase } from "./clientDatabase.js";

/** A task of this client whose record waits for its receipt. */
export type ClientDraft = {
  readonly taskId: Bytes32;
  /** Where its receipt is. */
  readonly router: string;
  /** Which process asked it: see `processName`. */
  readonly process: string;
  /** What was asked and answered; `lost` while it hasn't ended. */
  readonly texts: SinkTexts;
  readonly hasEnded: boolean;
  /** The answer came to its end. */
  readonly isWhole: boolean;
  /** When it ended, or began while it hasn't. */
  readonly keptAtMs: number;
  /** Looks for its receipt so far. */
  readonly tries: number;
};

export type ClientDrafts = {
  /** Of one task the first stands. */
  readonly begin: (draft: Pick<ClientDraft, "taskId" | "router" | "process" | "texts" | "keptAtMs">) => void;
  /** Gives it its place among the answers. */
  readonly end: (draft: Omit<ClientDraft, "hasEnded" | "tries">) => void;
  /** Those to look at now: ended ones in their order, up to one that holds back those behind it; then those that haven't ended. */
  readonly due: (nowMs: number, limit: number) => readonly ClientDraft[];
  /** When the next is to be looked at; undefined when there is none. */
  readonly nextDueMs: () => number | undefined;
  readonly retry: (taskId: Bytes32, dueAtMs: number) => void;
  readonly drop: (taskId: Bytes32) => void;
  /** Whole answers that wait, and the bytes of all. */
  readonly waiting: () => { readonly records: number; readonly bytes: number };
};

/** Whether those behind wait for its receipt, so that rows stand as the answers came: not for ever. */
export function holdsBack({ isWhole, keptAtMs }: Pick<ClientDraft, "isWhole" | "keptAtMs">, nowMs: number): boolean {
  return isWhole && nowMs - keptAtMs < CLIENT_HOLD_MS;
}

export function createClientDrafts(db: ClientDatabase): ClientDrafts {
  return {
    begin({ taskId, router, process, texts, keptAtMs }) {
      const text = formatSinkTexts(texts);
      db.query(
        `INSERT INTO client_drafts (task_id, router, process, texts, bytes, kept_at_ms, due_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO NOTHING`,
        [taskId, router, process, text, Buffer.byteLength(text), keptAtMs],
      );
    },
    end({ taskId, router, process, texts, isWhole, keptAtMs }) {
      const text = formatSinkTexts(texts);
      db.query(
        `INSERT INTO client_drafts (task_id, router, process, texts, bytes, is_whole, kept_at_ms, due_at_ms, place)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 1 + coalesce(max(place), 0) FROM client_drafts WHERE true
         ON CONFLICT (task_id) DO UPDATE SET texts = excluded.texts, bytes = excluded.bytes, is_whole = excluded.is_whole,
           kept_at_ms = excluded.kept_at_ms, due_at_ms = excluded.due_at_ms, place = excluded.place, tries = 0
         WHERE place IS NULL`,
        [taskId, router, process, text, Buffer.byteLength(text), isWhole ? 1 : 0, keptAtMs],
      );
    },
    due(nowMs, limit) {
      const rows = db.query(
        `SELECT * FROM client_drafts WHERE due_at_ms <= ?1 AND (place IS NULL OR place < coalesce(
           (SELECT min(place) FROM client_drafts WHERE is_whole = 1 AND kept_at_ms > ?2 AND due_at_ms > ?1),
           place + 1))
         ORDER BY place IS NULL, place LIMIT ?3`,
        [nowMs, nowMs - CLIENT_HOLD_MS, limit],
      );
      return rows.map(toDraft);
    },
    nextDueMs() {
      const next = db.query("SELECT min(due_at_ms) AS next FROM client_drafts")[0]?.next;
      return next === null || next === undefined ? undefined : Number(next);
    },
    retry(taskId, dueAtMs) {
      db.query("UPDATE client_drafts SET tries = tries + 1, due_at_ms = ? WHERE task_id = ?", [dueAtMs, taskId]);
    },
    drop(taskId) {
      db.query("DELETE FROM client_drafts WHERE task_id = ?", [taskId]);
    },
    waiting() {
      const sql = "SELECT coalesce(sum(is_whole), 0) AS records, coalesce(sum(bytes), 0) AS bytes FROM client_drafts";
      const [row] = db.query(sql);
      return { records: Number(row?.records ?? 0), bytes: Number(row?.bytes ?? 0) };
    },
  };
}

function toDraft(row: SqlRow): ClientDraft {
  const { task_id: taskId, place, router, process, texts, is_whole, kept_at_ms, tries } = row;
  if (!isBytes32(taskId)) throw new SinkError({ code: "SINK_BAD_RECORD", issues: ["a draft's task is none"] });
  return {
    ...{ taskId, router: String(router), process: String(process), texts: parseSinkTexts(String(texts)) },
    ...{
      hasEnded: place !== null,
      isWhole: Number(is_whole) === 1,
      keptAtMs: Number(kept_at_ms),
      tries: Number(tries),
    },
  };
}
