import { systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDriver, openSink } from "../openSink.js";
import type { Sink, SinkBatch } from "../sink.js";
import { createSqlSink } from "../sql/createSqlSink.js";
import { isPlainText, RECORD_COLUMNS, recordRow } from "../sql/recordRow.js";
import type { SqlConnection, SqlDriver } from "../sql/sqlDriver.js";
import { migrateSchema } from "../sql/sqlSchema.js";
import { parseSinkTarget } from "../target/parseSinkTarget.js";
import { OWN_POLICY } from "../target/sinkPolicy.js";
import { nameOfTarget } from "../target/sinkTarget.js";
import { showSink, testSink } from "../tryOut/tryOutSink.js";
import { aRecord, someRecords, word } from "./makers.js";

/** Gives the URL of an empty database, each time another. */
export type MakeDatabase = () => Promise<string>;

const SESSION = word("session");
const NEVER = new AbortController().signal;
const batch = (from: number, to: number, goneThrough = 0): SinkBatch => ({
  session: SESSION,
  records: someRecords(SESSION, from, to),
  goneThrough,
});

/** What a sink in any database must do. */
export function sqlSinkSuite(name: string, make: MakeDatabase): void {
  describe(name, () => {
    let url: string;
    let driver: SqlDriver;
    let sink: Sink;
    let reader: SqlConnection;
    const open = (over = ""): Sink => openSink(parseSinkTarget(url + over), { policy: OWN_POLICY, clock: systemClock });
    beforeEach(async () => {
      url = await make();
      const target = parseSinkTarget(url);
      if (target.kind === "webhook") throw new Error("not a database");
      driver = openDriver(target, { policy: OWN_POLICY });
      sink = open();
      reader = await driver.connect(NEVER);
      return async () => {
        await sink.close();
        await reader.close();
      };
    });
    /** All rows, in the order of their sequence. */
    const rows = async (columns: readonly string[] = RECORD_COLUMNS) => {
      const table = driver.dialect.table("records");
      return reader.query(`SELECT ${columns.join(", ")} FROM ${table} ORDER BY sequence`);
    };
    const sequences = async () => (await rows(["sequence"])).map((row) => Number(row.sequence));

    it("writes each record as a row, whatever its texts hold", async () => {
      const records = [
        aRecord(SESSION, 1),
        aRecord(SESSION, 2, { prompt: "", result: "'; DROP TABLE x; -- \\ \" ` \u2028 数 🧮" }),
        aRecord(SESSION, 3, { prompt: "🧮".repeat(250_000) }),
      ];
      expect(await sink.deliver({ session: SESSION, records, goneThrough: 0 }, NEVER)).toEqual({
        kind: "delivered",
        through: 3,
      });
      const found = await rows();
      for (const [index, record] of records.entries()) {
        const wanted = Object.fromEntries(recordRow(record).map((value, at) => [RECORD_COLUMNS[at], value]));
        const { receipt, ...rest } = found[index] ?? {};
        const { receipt: wantedReceipt, ...wantedRest } = wanted;
        const asText = (values: object) => Object.entries(values).map(([key, value]) => [key, value && String(value)]);
        expect(asText(rest)).toEqual(asText(wantedRest));
        const document: unknown = typeof receipt === "string" ? JSON.parse(receipt) : receipt;
        expect(document).toEqual(JSON.parse(String(wantedReceipt)));
      }
    });

    it("says what it has, and nothing of a session that it doesn't know", async () => {
      expect(await sink.head(SESSION, NEVER)).toBeUndefined();
      await sink.deliver(batch(1, 3), NEVER);
      expect(await sink.head(SESSION, NEVER)).toEqual({ sequence: 3, taskId: aRecord(SESSION, 3).taskId });
      expect(await sink.head(word("another"), NEVER)).toBeUndefined();
    });

    it("writes a record once, however often it comes, and whoever brings it", async () => {
      const other = open();
      await sink.deliver(batch(1, 3), NEVER);
      expect(await sink.deliver(batch(1, 3), NEVER)).toEqual({ kind: "delivered", through: 3 });
      expect(await other.deliver(batch(2, 5), NEVER)).toEqual({ kind: "delivered", through: 5 });
      expect(await sequences()).toEqual([1, 2, 3, 4, 5]);
      await other.close();
    });

    it("keeps two writers of one session from doubling or passing each other", async () => {
      await sink.deliver(batch(1, 1), NEVER);
      const writers = [open(), open()];
      const write = async (one: Sink) => {
        for (let from = 2; from <= 20; from += 3)
          // A file that the other writes just then says so, and is tried again.
          while ((await one.deliver(batch(from, from + 2), NEVER).catch(busy)) === undefined);
      };
      await Promise.all(writers.map(write));
      expect(await sequences()).toEqual(Array.from({ length: 22 }, (_, index) => index + 1));
      for (const one of writers) await one.close();
    });

    it("refuses records that leave some out, unless those are gone for good", async () => {
      await sink.deliver(batch(1, 2), NEVER);
      await expect(sink.deliver(batch(4, 5), NEVER)).rejects.toMatchObject({
        data: { code: "SINK_GAP", has: 2, given: 4 },
      });
      expect(await sink.deliver(batch(4, 5, 3), NEVER)).toEqual({ kind: "delivered", through: 5 });
      expect(await sequences()).toEqual([1, 2, 4, 5]);
    });

    it("refuses another task under a number that it has", async () => {
      await sink.deliver(batch(1, 2), NEVER);
      const records = [{ ...aRecord(SESSION, 2), taskId: word("other task") }, aRecord(SESSION, 3)];
      await expect(sink.deliver({ session: SESSION, records, goneThrough: 1 }, NEVER)).rejects.toMatchObject({
        data: { code: "SINK_DIVERGED", sequence: 2 },
      });
      expect(await sequences()).toEqual([1, 2]);
    });

    it("keeps texts with a NUL or half a surrogate pair as escapes, losing nothing", async () => {
      const strange = aRecord(SESSION, 1, { prompt: "a\0b", result: "\ud83d!" });
      expect(isPlainText("a\0b") || isPlainText("\ud83d!") || !isPlainText("🧮")).toBe(false);
      await sink.deliver({ session: SESSION, records: [strange, aRecord(SESSION, 2)], goneThrough: 0 }, NEVER);
      const [first, second] = await rows(["prompt", "result", "as_json"]);
      expect(first).toMatchObject({ prompt: null, result: null });
      expect(JSON.parse(String(first?.as_json))).toMatchObject({ content: { prompt: "a\0b", result: "\ud83d!" } });
      expect(second).toMatchObject({ prompt: "What is 2?", as_json: null });
    });

    it("refuses a batch whole when the client's own rules refuse one of its rows", async () => {
      await sink.deliver(batch(1, 1), NEVER);
      await reader.query(`CREATE UNIQUE INDEX one_model ON ${driver.dialect.table("records")} (model)`);
      const records = [aRecord(SESSION, 2, { model: "new" }), aRecord(SESSION, 3)];
      expect(await sink.deliver({ session: SESSION, records, goneThrough: 0 }, NEVER)).toMatchObject({
        kind: "refused",
      });
      expect(await sequences()).toEqual([1]);
      expect(await sink.deliver({ session: SESSION, records: records.slice(0, 1), goneThrough: 0 }, NEVER)).toEqual({
        kind: "delivered",
        through: 2,
      });
    });

    it("lets nothing stand of a delivery that is aborted", async () => {
      await sink.deliver(batch(1, 1), NEVER);
      const stop = new AbortController();
      stop.abort(new Error("stop"));
      await expect(sink.deliver(batch(2, 9), stop.signal)).rejects.toThrow("stop");
      expect(await sequences()).toEqual([1]);
      await sink.deliver(batch(2, 3), NEVER);
      expect(await sequences()).toEqual([1, 2, 3]);
    });

    it("goes on from the version that it finds, and refuses a newer one", async () => {
      const { dialect } = driver;
      await sink.deliver(batch(1, 1), NEVER);
      const extra = [`CREATE INDEX by_model ON ${dialect.table("records")} (model)`];
      const newer: SqlDriver = { ...driver, dialect: { ...dialect, migrations: [...dialect.migrations, extra] } };
      const later = createSqlSink({ driver: newer, name: "later" });
      await later.deliver(batch(2, 2), NEVER);
      await later.close();
      expect(await sequences()).toEqual([1, 2]);
      const old = open();
      await expect(old.deliver(batch(3, 3), NEVER)).rejects.toMatchObject({
        data: { code: "SINK_NEWER_SCHEMA", found: 2, known: 1 },
      });
      await old.close();
      expect(await sequences()).toEqual([1, 2]);
    });

    it("makes its tables once when many begin at once", async () => {
      const sinks = Array.from({ length: 4 }, () => open());
      await Promise.all(
        sinks.map(async (one) => {
          while ((await one.head(SESSION, NEVER).catch(busy)) === undefined && !(await hasTables()));
        }),
      );
      const versions = await reader.query(`SELECT version FROM ${driver.dialect.table("schema")}`);
      expect(versions.map((row) => Number(row.version))).toEqual([1]);
      for (const one of sinks) await one.close();
    });

    it("calls its tables as it is told", async () => {
      const target = parseSinkTarget(`${url}${url.includes("?") ? "&" : "?"}table=mine`);
      const own = openSink(target, { policy: OWN_POLICY, clock: systemClock });
      await own.deliver(batch(1, 2), NEVER);
      await own.close();
      const table = driver.dialect.table("records").replace("cortensor_", "mine_");
      expect(await reader.query(`SELECT sequence FROM ${table}`)).toHaveLength(2);
      expect(await hasTables()).toBe(false);
    });

    it("tries itself out without leaving a trace, makes its tables on demand, and says what it holds", async () => {
      const target = parseSinkTarget(url);
      const parts = { policy: OWN_POLICY, signal: NEVER };
      const tried = await testSink(target, { ...parts, creates: false });
      expect(tried.schema).toBe(driver.dialect.undoesSchemaChanges ? "would create" : "untried");
      expect(await hasTables()).toBe(false);
      expect(await showSink(target, parts)).toMatchObject({ schema: "missing", version: 0 });
      expect(await testSink(target, { ...parts, creates: true })).toMatchObject({ schema: "created", version: 1 });
      expect(await testSink(target, { ...parts, creates: true })).toMatchObject({ schema: "current" });
      await sink.deliver(batch(1, 3), NEVER);
      expect(await showSink(target, parts)).toEqual({
        kind: driver.dialect.kind,
        sink: nameOfTarget(target),
        schema: "current",
        version: 1,
        sessions: 1,
        records: 3,
      });
    });

    it("can be migrated again after a step that was cut short", async () => {
      const { dialect } = driver;
      const broken = { ...dialect, migrations: [[...(dialect.migrations[0] ?? []), "NONSENSE"]] };
      const cut = await driver.connect(NEVER);
      await expect(migrateSchema(cut, { dialect: broken, sink: "x" })).rejects.toThrow();
      cut.destroy();
      if (!dialect.undoesSchemaChanges) expect(await hasTables()).toBe(true);
      const own = open();
      await own.deliver(batch(1, 1), NEVER);
      await own.close();
      expect(await sequences()).toEqual([1]);
    });

    const hasTables = async (): Promise<boolean> => {
      const { sql, values } = driver.dialect.findVersionTable;
      const [row] = await reader.query(sql, values);
      return Number(row?.n) > 0;
    };
  });
}

function busy(error: unknown): undefined {
  const isBusy = error instanceof Error && "code" in error && error.code === "SINK_DATABASE_FAILED";
  if (!isBusy) throw error;
}

/** A suite whose server takes time to start: `make` may be called once it has. */
export function whileRunning<Server>(
  start: () => Promise<Server>,
  stop: (server: Server) => Promise<void>,
): () => Server {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    if (server !== undefined) await stop(server);
  });
  return () => {
    if (server === undefined) throw new Error("not started");
    return server;
  };
}
