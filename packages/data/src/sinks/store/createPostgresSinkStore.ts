import { migrate } from "@cortensor/runtime";
import type pg from "pg";
import { hashBytes, query, toHash } from "../outbox/outboxRows.js";
import { SINK_MIGRATIONS } from "../outbox/schema.js";
import { formatSinkTexts, parseSinkTexts } from "../record/sinkRecord.js";
import { SINK_KINDS } from "../sink.js";
import { SinkError } from "../sinkError.js";
import type { NumberedTarget, SinkStore, SinkTaskDraft } from "./sinkStore.js";

/** The store of all routers of one operator, in their Postgres. Brings its own tables. Throws SINK_OUTBOX_FAILED. */
export async function createPostgresSinkStore({ pool }: { readonly pool: pg.Pool }): Promise<SinkStore> {
  await migrate(pool, SINK_MIGRATIONS, { room: "sinks" });
  return {
    async revision() {
      const sql = "SELECT count(*) || '.' || coalesce(max(version), 0) AS revision FROM sink_targets";
      return (await query<{ revision: string }>(pool, sql, []))[0]?.revision ?? "";
    },
    targets: async () =>
      (await query<TargetRow>(pool, "SELECT * FROM sink_targets ORDER BY version", [])).map(toTarget),
    async put({ session, account, kind, name, sealed, setAtMs }) {
      await query(
        pool,
        `INSERT INTO sink_targets (session, account, kind, name, sealed, set_at_ms, version)
         VALUES ($1, $2, $3, $4, $5, $6, nextval('sink_target_versions'))
         ON CONFLICT (session) DO UPDATE SET account = $2, kind = $3, name = $4, sealed = $5, set_at_ms = $6,
           version = nextval('sink_target_versions')`,
        [hashBytes(session), account, kind, name, Buffer.from(sealed), setAtMs],
      );
    },
    async remove(session) {
      const sql = "DELETE FROM sink_targets WHERE session = $1 RETURNING session";
      return (await query(pool, sql, [hashBytes(session)])).length > 0;
    },
    keep: (drafts) => keep(pool, drafts),
    async draftsOf(taskIds) {
      const sql = "SELECT * FROM sink_drafts WHERE task_id = ANY($1)";
      return (await query<DraftRow>(pool, sql, [taskIds.map(hashBytes)])).map(toDraft);
    },
    async draftsBefore(beforeMs, limit) {
      const sql = "SELECT * FROM sink_drafts WHERE kept_at_ms < $1 ORDER BY kept_at_ms, task_id LIMIT $2";
      return (await query<DraftRow>(pool, sql, [beforeMs, limit])).map(toDraft);
    },
    async drop(taskIds) {
      await query(pool, "DELETE FROM sink_drafts WHERE task_id = ANY($1)", [taskIds.map(hashBytes)]);
    },
  };
}

type TargetRow = {
  readonly session: Buffer;
  readonly account: string;
  readonly kind: string;
  readonly name: string;
  readonly sealed: Buffer;
  readonly set_at_ms: string;
  readonly version: string;
};
type DraftRow = {
  readonly task_id: Buffer;
  readonly session: Buffer;
  readonly texts: string;
  readonly kept_at_ms: string;
};

function toTarget({ session, account, kind, name, sealed, set_at_ms: setAtMs, version }: TargetRow): NumberedTarget {
  const known = SINK_KINDS.find((one) => one === kind);
  if (known === undefined) throw new SinkError({ code: "SINK_BAD_TARGET", reason: "of a kind that isn't known here" });
  return {
    session: toHash(session),
    account: Number(account),
    kind: known,
    name,
    sealed: new Uint8Array(sealed),
    setAtMs: Number(setAtMs),
    version: Number(version),
  };
}

function toDraft({ task_id: taskId, session, texts, kept_at_ms: keptAtMs }: DraftRow): SinkTaskDraft {
  return { ...parseSinkTexts(texts), taskId: toHash(taskId), session: toHash(session), keptAtMs: Number(keptAtMs) };
}

/** One statement for all: a router keeps those of many tasks at once. */
async function keep(pool: pg.Pool, drafts: readonly SinkTaskDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  await query(
    pool,
    `INSERT INTO sink_drafts (task_id, session, texts, kept_at_ms)
     SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::bigint[]) ON CONFLICT DO NOTHING`,
    [
      drafts.map(({ taskId }) => hashBytes(taskId)),
      drafts.map(({ session }) => hashBytes(session)),
      drafts.map(formatSinkTexts),
      drafts.map(({ keptAtMs }) => keptAtMs),
    ],
  );
}
