import { type OpenSinkParts, openDriver } from "../openSink.js";
import type { SinkKind } from "../sink.js";
import { SinkError } from "../sinkError.js";
import { toSinkError } from "../sql/createSqlSink.js";
import type { SqlConnection, SqlDriver } from "../sql/sqlDriver.js";
import { migrateSchema, numberOf, readSchema } from "../sql/sqlSchema.js";
import { findAddress, systemResolve } from "../target/findAddress.js";
import { nameOfTarget, type SinkTarget } from "../target/sinkTarget.js";

/** What a sink is like, as far as it was asked. */
export type SinkReport = {
  readonly kind: SinkKind;
  readonly sink: string;
  /**
   * `created`, `migrated`: now. `current`: nothing to do. `would create`, `would migrate`: tried and undone. `untried`: its
   * database can't undo such changes, or there is nothing to ask: a webhook's address was found and allowed, no more.
   */
  readonly schema:
    | "created"
    | "migrated"
    | "current"
    | "would create"
    | "would migrate"
    | "missing"
    | "old"
    | "untried";
  /** Version of its tables; 0 without. */
  readonly version: number;
  /** Sessions and records that it holds, where it was asked. */
  readonly sessions?: number;
  readonly records?: number;
};

type Parts = Omit<OpenSinkParts, "clock"> & { readonly signal: AbortSignal };

/** Connects, and makes the tables, or with `creates` false tries to and undoes it. Writes nothing else. Throws SinkErrors. */
export async function testSink(target: SinkTarget, parts: Parts & { readonly creates: boolean }): Promise<SinkReport> {
  const { creates } = parts;
  return withDatabase(target, parts, async (db, driver, report) => {
    const { dialect } = driver;
    const before = await readSchema(db, dialect);
    const isNew = before.found === 0;
    if (before.found >= before.known || creates) {
      await migrateSchema(db, { dialect, sink: report.sink });
      const schema = before.found === before.known ? "current" : isNew ? "created" : "migrated";
      return { ...report, schema, version: before.known };
    }
    if (!dialect.undoesSchemaChanges) return { ...report, schema: "untried", version: before.found };
    await migrateSchema(db, { dialect, sink: report.sink, end: "ROLLBACK" });
    return { ...report, schema: isNew ? "would create" : "would migrate", version: before.found };
  });
}

/** Connects and reads what is there. Writes nothing. */
export async function showSink(target: SinkTarget, parts: Parts): Promise<SinkReport> {
  return withDatabase(target, parts, async (db, { dialect }, report) => {
    const { found, known } = await readSchema(db, dialect);
    if (found === 0) return { ...report, schema: "missing", version: 0 };
    if (found > known) throw new SinkError({ code: "SINK_NEWER_SCHEMA", sink: report.sink, found, known });
    const [sessions] = await db.query(`SELECT count(*) AS n FROM ${dialect.table("progress")} WHERE through > 0`);
    const [records] = await db.query(`SELECT count(*) AS n FROM ${dialect.table("records")}`);
    const counts = { sessions: numberOf(sessions, "n"), records: numberOf(records, "n") };
    return { ...report, schema: found === known ? "current" : "old", version: found, ...counts };
  });
}

async function withDatabase(
  target: SinkTarget,
  parts: Parts,
  work: (db: SqlConnection, driver: SqlDriver, report: SinkReport) => Promise<SinkReport>,
): Promise<SinkReport> {
  const { policy, resolve = systemResolve, signal } = parts;
  const sink = nameOfTarget(target);
  const report: SinkReport = { kind: target.kind, sink, schema: "untried", version: 0 };
  if (target.kind === "webhook") {
    await findAddress({ sink, host: target.host, tls: target.tls, policy, resolve });
    return report;
  }
  const driver = openDriver(target, { policy, resolve });
  let db: SqlConnection | undefined;
  try {
    db = await driver.connect(signal);
    const found = await work(db, driver, report);
    await db.close();
    return found;
  } catch (error) {
    db?.destroy();
    if (error instanceof SinkError) throw error;
    throw toSinkError(driver.failureOf(error), sink);
  }
}
