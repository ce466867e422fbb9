import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { connectDatabase, silentLogger, systemClock } from "@cortensor/runtime";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleChild } from "../../runtime/test/bundleChild.js";
import {
  createPostgresOutbox,
  createSinkPump,
  NO_SINK_METRICS,
  OWN_POLICY,
  openSink,
  parseSinkTarget,
  type Sink,
  type SinkOutbox,
  type SinkPump,
} from "../src/index.js";
import { aDraft, word } from "../src/sinks/compliance/makers.js";
import { findMariadb, sayNoMariadb, startTestMariadb } from "../src/sinks/compliance/startTestMariadb.js";
import { startTestPostgres } from "../src/sinks/compliance/startTestPostgres.js";
import { openDriver } from "../src/sinks/openSink.js";

/** Records of each run: 1,000 in `npm run deep -- sinks`. */
const RECORDS = Number(process.env.CORTENSOR_SINK_RECORDS ?? 40);
const isDeep = process.env.CORTENSOR_DEEP === "sinks";
/** Records of one delivery, so that a run has several. */
const EACH = Math.max(7, Math.floor(RECORDS / 20));
const NEVER = new AbortController().signal;
const childPath = fileURLToPath(new URL("../dist/test/sinkChild.mjs", import.meta.url));
/** Draws that make the longest pause after a failure 60 ms: a server is back when its test says so. */
const impatient = (): number => 0.001;

type Killable = {
  readonly create: () => Promise<string>;
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

let home: Killable;
let pool: pg.Pool;
let outboxUrl: string;
let outbox: SinkOutbox;
const sessions = (function* () {
  for (let n = 1; ; n++) yield word(`killed session ${n}`);
})();

beforeAll(async () => {
  home = await startTestPostgres();
  outboxUrl = await home.create();
  pool = connectDatabase({ url: outboxUrl, max: 4 });
  outbox = await createPostgresOutbox({ pool, clock: systemClock });
  await bundleChild(fileURLToPath(new URL("./sinkChild.ts", import.meta.url)), childPath);
});

afterAll(async () => {
  await pool.end();
  await home.stop();
});

const databases = [{ name: "Postgres", start: (): Promise<Killable> => startTestPostgres() }, ...mariadbs()];

function mariadbs() {
  const binary = findMariadb();
  if (binary === undefined) sayNoMariadb();
  // Starting one takes as long as all of the rest: only where counts are large.
  return binary === undefined || !isDeep
    ? []
    : [{ name: "MariaDB", start: (): Promise<Killable> => startTestMariadb(binary) }];
}

describe.each(databases)("with a sink in $name", ({ start }) => {
  let server: Killable;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());

  it("every record arrives once and in order when the sink's server is killed in their midst", async () => {
    const url = await server.create();
    const session = nextSession();
    const run = startPump(openOwn(url), session);
    await appendAll(session, RECORDS / 2);
    await until(async () => (await outbox.status(session)).deliveredThrough > 0);
    await server.kill();
    await appendAll(session, RECORDS);
    run.pump.wake();
    await until(async () => run.pump.state().phase === "failing");
    expect((await outbox.status(session)).records).toBeGreaterThan(0);
    await server.restart();
    await until(async () => (await outbox.status(session)).records === 0);
    await run.stop();
    expect(await sequencesIn(url)).toEqual(numbers(RECORDS));
  });

  it.each(["before", "after"])(
    "every record arrives once and in order when its router is killed right %s it acknowledged a delivery, again and again",
    async (dies) => {
      const url = await server.create();
      const session = nextSession();
      await appendAll(session, RECORDS);
      for (const deliveries of [1, 2]) {
        const child = spawn(process.execPath, [childPath, outboxUrl, url, session, dies, String(deliveries)], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        expect(await endOf(child)).toBe("SIGKILL");
      }
      const { deliveredThrough } = await outbox.status(session);
      const there = await sequencesIn(url);
      expect(there.length).toBeGreaterThan(0);
      if (dies === "before") expect(there.length).toBeGreaterThan(deliveredThrough);
      const run = startPump(openOwn(url), session, "child");
      await until(async () => (await outbox.status(session)).records === 0);
      await run.stop();
      expect(await sequencesIn(url)).toEqual(numbers(RECORDS));
    },
  );

  it("every record arrives once and in order with two pumps that both believe to have the lease", async () => {
    const url = await server.create();
    const session = nextSession();
    await appendAll(session, RECORDS);
    // The same holder twice: the outbox lets both in, as it does when a lease runs out unnoticed.
    const runs = [startPump(openOwn(url), session), startPump(openOwn(url), session)];
    await until(async () => (await outbox.status(session)).records === 0);
    for (const run of runs) await run.stop();
    expect(await sequencesIn(url)).toEqual(numbers(RECORDS));
  });

  it("every record arrives once and in order when the outbox's own database is killed in their midst", async () => {
    const url = await server.create();
    const session = nextSession();
    await appendAll(session, RECORDS);
    const run = startPump(openOwn(url), session);
    await until(async () => (await outbox.status(session)).deliveredThrough > 0);
    await home.kill();
    await until(async () => run.pump.state().phase !== "delivering");
    await home.restart();
    await until(async () => (await outbox.status(session)).records === 0);
    await run.stop();
    expect(await sequencesIn(url)).toEqual(numbers(RECORDS));
  });
});

describe("with a webhook", () => {
  it("who passes over what it has seen gets every record once and in order, whichever side dies", async () => {
    const session = nextSession();
    const seen: number[] = [];
    let answers = 0;
    /** Takes a delivery durably, and then on every third dies before it can say so. */
    const receive = async (port: number): Promise<Server> => {
      const server = createServer((request, response) => {
        let body = "";
        request.setEncoding("utf8").on("data", (chunk: string) => {
          body += chunk;
        });
        request.on("end", () => {
          const { records }: { records: { sequence: number }[] } = JSON.parse(body);
          for (const { sequence } of records) if (sequence > (seen.at(-1) ?? 0)) seen.push(sequence);
          answers += 1;
          if (answers % 3 === 0) response.destroy();
          else response.writeHead(204).end();
        });
      });
      await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
      return server;
    };
    let server = await receive(0);
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const stop = async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    const url = `http://127.0.0.1:${port}/#whsec_${Buffer.alloc(32, 1).toString("base64")}`;
    await appendAll(session, RECORDS);
    const run = startPump(openOwn(url), session);
    await until(async () => seen.length > 0);
    await stop();
    await until(async () => run.pump.state().phase === "failing");
    server = await receive(port);
    await until(async () => (await outbox.status(session)).records === 0);
    await run.stop();
    await stop();
    expect(seen).toEqual(numbers(RECORDS));
    expect(answers).toBeGreaterThan(RECORDS / EACH);
  });
});

function nextSession(): `0x${string}` {
  const { value } = sessions.next();
  if (!value) throw new Error("no more");
  return value;
}

function openOwn(target: string): Sink {
  return openSink(parseSinkTarget(target), { policy: OWN_POLICY, clock: systemClock });
}

function startPump(sink: Sink, session: `0x${string}`, holder = "one"): { pump: SinkPump; stop: () => Promise<void> } {
  const few: SinkOutbox = {
    ...outbox,
    read: (of, page) => outbox.read(of, { ...page, recordsMax: Math.min(page.recordsMax, EACH) }),
  };
  const parts = { session, sink, outbox: few, holder, clock: systemClock, random: impatient, log: silentLogger };
  const pump = createSinkPump({ ...parts, metrics: NO_SINK_METRICS });
  const stop = new AbortController();
  const ended = pump.run(stop.signal);
  return {
    pump,
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

/** Appends tasks 1 to `to` of a session; those that are there already stay. */
async function appendAll(session: `0x${string}`, to: number): Promise<void> {
  for (let n = 1; n <= to; n++) await outbox.append(aDraft(session, n));
}

async function sequencesIn(url: string): Promise<readonly number[]> {
  const target = parseSinkTarget(url);
  if (target.kind === "webhook") throw new Error("not a database");
  const driver = openDriver(target, { policy: OWN_POLICY });
  const db = await driver.connect(NEVER);
  const rows = await db.query(`SELECT sequence FROM ${driver.dialect.table("records")} ORDER BY sequence`);
  await db.close();
  return rows.map(({ sequence }) => Number(sequence));
}

function numbers(to: number): readonly number[] {
  return Array.from({ length: to }, (_, index) => index + 1);
}

/** Looks again and again, also while a database is away. The test's own time bounds it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await systemClock.sleep(10);
}

function endOf(child: ChildProcess): Promise<NodeJS.Signals | null> {
  return new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
}
