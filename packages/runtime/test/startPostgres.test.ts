import { type ChildProcess, spawn } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  connectDatabase,
  migrate,
  pickFreePort,
  type RunningPostgres,
  removePostgres,
  startPostgres,
} from "../src/index.js";
import { accountCan, choosePostgresAccount } from "../src/postgresAccount.js";
import { isProcessAlive, readProcessCommand } from "../src/processLiveness.js";
import { bundleChild } from "./bundleChild.js";

const isRoot = process.getuid?.() === 0;
/** An account that owns nothing here, to be an ordinary user with. */
const ORDINARY = { uid: 65_534, gid: 65_534 };
const childPath = fileURLToPath(new URL("../dist/test/startChild.mjs", import.meta.url));
const canChildRun = !isRoot || (await accountCan({ name: "nobody", ...ORDINARY }, "-x", process.cwd()));

let home: string;
let folder: string;
const cleanUp: (() => Promise<unknown> | unknown)[] = [];

beforeAll(async () => {
  await bundleChild(fileURLToPath(new URL("./startChild.ts", import.meta.url)), childPath);
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "cortensor-runtime-"));
  await chmod(home, 0o755);
  folder = join(home, "postgres");
  cleanUp.push(() => rm(home, { recursive: true, force: true }));
});

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

async function start(options: { port?: number; signal?: AbortSignal } = {}): Promise<RunningPostgres> {
  const server = await startPostgres({ folder, ...options });
  cleanUp.push(server.stop);
  return server;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const pool = connectDatabase({ url, max: 1 });
  try {
    return (await pool.query(text)).rows;
  } finally {
    await pool.end();
  }
}

type Said = { pid: number; dataFolder: string; url: string; kept: number; said: string };

/** Runs a process that starts a server; the next line it says, when asked. */
function startChild(options: { uid?: number; gid?: number } = {}): { child: ChildProcess; next: () => Promise<Said> } {
  const child = spawn(process.execPath, [childPath, folder], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
    cwd: "/",
    ...options,
  });
  cleanUp.push(() => child.kill("SIGKILL"));
  if (!child.stdout) throw new Error("no output");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, next: async () => JSON.parse((await lines.next()).value ?? "null") };
}

describe("startPostgres", () => {
  it("is durable, private to this machine, and keeps its data between starts", async () => {
    const first = await start();
    const settings = await query(
      first.url,
      "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses') ORDER BY 1",
    );
    expect(settings).toEqual([
      { name: "fsync", setting: "on" },
      { name: "full_page_writes", setting: "on" },
      { name: "listen_addresses", setting: "127.0.0.1" },
      { name: "synchronous_commit", setting: "on" },
    ]);
    expect((await stat(join(folder, "password"))).mode & 0o777).toBe(0o600);
    await query(first.url, "CREATE TABLE kept AS SELECT 7 AS n");
    await Promise.all([first.stop(), first.stop()]);
    expect(isProcessAlive(first.pid)).toBe(false);
    expect(await query((await start()).url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
  });

  it("refuses a wrong password", async () => {
    const { url } = await start();
    await expect(query(url.replace(/:[^:@]+@/, ":wrong@"), "SELECT 1")).rejects.toThrow(/password/);
  });

  it("takes the preferred port, and another when it is taken", async () => {
    const port = await pickFreePort();
    const first = await start({ port });
    expect(first.port).toBe(port);
    folder = join(home, "second");
    expect((await start({ port })).port).not.toBe(port);
  });

  it("takes another port when one that starts at the same moment gets the preferred one first", async () => {
    const folders = [folder, join(home, "second")];
    for (const each of folders) {
      folder = each;
      await (await start()).stop();
    }
    const port = await pickFreePort();
    const starting = folders.map(async (each) => {
      // As in two processes: the port is still free when the second looks.
      for (let looks = 0; looks < 20 && (await pickFreePort(port)) !== port; looks += 1);
      return startPostgres({ folder: each, port });
    });
    const servers = await Promise.all(starting);
    for (const server of servers) cleanUp.push(() => server.stop());
    expect(new Set(servers.map((server) => server.port)).size).toBe(2);
    for (const { url } of servers) expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("tells a second start beside the first who has the folder", async () => {
    await start();
    await expect(startPostgres({ folder })).rejects.toMatchObject({
      code: "RUNTIME_FOLDER_LOCKED",
      data: { pid: process.pid },
    });
  });

  it("recovers every commit after the server's SIGKILL, at once", async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept AS SELECT 7 AS n");
    process.kill(first.pid, "SIGKILL");
    expect(await first.exited).toMatchObject({ signal: "SIGKILL" });
    expect(await query((await start()).url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
  });

  it("starts although the pid file names a live process that is no server", async () => {
    const first = await start();
    const pidFile = join(first.dataFolder, "postmaster.pid");
    const text = await readFile(pidFile, "utf8");
    process.kill(first.pid, "SIGKILL");
    await first.exited;
    // An id of the same account, as it may be used again after a crash.
    const account = await choosePostgresAccount();
    const sleeper = spawn("sleep", ["600"], { stdio: "ignore", ...(account ?? {}) });
    cleanUp.push(() => sleeper.kill("SIGKILL"));
    await writeFile(pidFile, text.replace(/^\d+/, String(sleeper.pid)));
    await start();
    expect(sleeper.exitCode).toBeNull();
  });

  it("begins again when its first start was cut short", async () => {
    const abort = AbortSignal.timeout(150);
    await startPostgres({ folder, signal: abort }).then(
      (server) => server.stop(),
      () => undefined,
    );
    expect(await query((await start()).url, "SELECT 1 AS n")).toEqual([{ n: 1 }]);
  });

  it("stops when its signal aborts", async () => {
    const stop = new AbortController();
    const server = await start({ signal: stop.signal });
    stop.abort();
    await server.exited;
    expect(isProcessAlive(server.pid)).toBe(false);
  });

  it("never outlives a parent that was killed, and what it committed is there for the next", async () => {
    const { child, next } = startChild();
    const said = await next();
    child.kill("SIGKILL");
    await hasEnded(said.pid);
    expect(await query((await start()).url, "SELECT count(*)::int AS n FROM kept")).toEqual([{ n: 1 }]);
  });

  it("stops a server that was left behind, before it starts its own", async () => {
    const { child, next } = startChild();
    const said = await next();
    // Nobody tells the server of its parent's death: its watcher dies first.
    const watchers = await watchersOf(said.dataFolder);
    expect(watchers).toHaveLength(1);
    for (const pid of watchers) process.kill(pid, "SIGKILL");
    child.kill("SIGKILL");
    await hasEnded(child.pid ?? 0);
    expect(isProcessAlive(said.pid)).toBe(true);
    const server = await start();
    expect(isProcessAlive(said.pid)).toBe(false);
    expect(await query(server.url, "SELECT count(*)::int AS n FROM kept")).toEqual([{ n: 1 }]);
  });

  it("hears of a terminal's Ctrl-C only from its parent", async () => {
    const { child, next } = startChild();
    const said = await next();
    process.kill(-(child.pid ?? 0), "SIGINT");
    expect(await next()).toEqual({ said: "still here" });
    await hasEnded(said.pid);
  });

  it.runIf(isRoot && canChildRun)("runs as an ordinary user, in folders of that user", async () => {
    await mkdir(folder);
    await chown(folder, ORDINARY.uid, ORDINARY.gid);
    const { child, next } = startChild(ORDINARY);
    const said = await next();
    expect(said).toMatchObject({ dataFolder: join(folder, "data"), kept: 1 });
    expect((await stat(`/proc/${said.pid}`)).uid).toBe(ORDINARY.uid);
    expect((await stat(join(folder, "password"))).mode & 0o777).toBe(0o600);
    child.kill("SIGINT");
    await hasEnded(said.pid);
  });
});

describe.runIf(isRoot)("startPostgres as root", () => {
  it("runs as an account that was there before, and changes no folder above its own", async () => {
    const accounts = await readFile("/etc/passwd", "utf8");
    const server = await start();
    const { uid } = await stat(`/proc/${server.pid}`);
    expect(uid).not.toBe(0);
    expect((await stat(server.dataFolder)).uid).toBe(uid);
    expect((await stat(home)).mode & 0o777).toBe(0o755);
    expect(await readFile("/etc/passwd", "utf8")).toBe(accounts);
  });

  it("keeps its data elsewhere, and finds it again, when the home is closed to that account", async () => {
    await chmod(home, 0o700);
    const first = await start();
    const elsewhere = (await readFile(join(folder, "elsewhere"), "utf8")).trim();
    cleanUp.push(() => rm(elsewhere, { recursive: true, force: true }));
    expect(first.dataFolder).toBe(join(elsewhere, "data"));
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    await query(first.url, "CREATE TABLE kept AS SELECT 7 AS n");
    await first.stop();
    const second = await start();
    expect(second.dataFolder).toBe(first.dataFolder);
    expect(await query(second.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
    await second.stop();
    await rm(elsewhere, { recursive: true });
    await expect(startPostgres({ folder })).rejects.toMatchObject({ code: "RUNTIME_POSTGRES_NO_FOLDER" });
  });

  it("is removed whole, wherever its data lies", async () => {
    await chmod(home, 0o700);
    const server = await start();
    await server.stop();
    await removePostgres(folder);
    for (const gone of [folder, server.dataFolder]) await expect(stat(gone)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("migrate", () => {
  const steps = [
    { id: "1", sql: "CREATE TABLE a (n int)" },
    { id: "2", sql: "ALTER TABLE a ADD m int; INSERT INTO a VALUES (1, 2)" },
  ];

  it("runs each step once, in order, however many start at once, and undoes a step that fails", async () => {
    const { url } = await start();
    const pools = Array.from({ length: 4 }, () => connectDatabase({ url, max: 1 }));
    const ran = await Promise.all(pools.map((pool) => migrate(pool, steps, { room: "test" })));
    expect(ran.flat()).toEqual(["1", "2"]);
    const [pool] = pools;
    if (!pool) throw new Error("no pool");
    expect((await pool.query("SELECT * FROM a")).rows).toEqual([{ n: 1, m: 2 }]);
    await expect(
      migrate(pool, [{ id: "1", sql: "CREATE TABLE b (n int)" }, ...steps.slice(1)], { room: "test" }),
    ).rejects.toMatchObject({ code: "RUNTIME_MIGRATION_CHANGED", data: { room: "test", id: "1" } });
    const failing = [...steps, { id: "3", sql: "CREATE TABLE c (n int); SELECT no_such_thing" }];
    await expect(migrate(pool, failing, { room: "test" })).rejects.toMatchObject({ code: "RUNTIME_MIGRATION_FAILED" });
    expect((await pool.query("SELECT to_regclass('c') AS c")).rows).toEqual([{ c: null }]);
    expect(await migrate(pool, [...steps, { id: "3", sql: "CREATE TABLE c (n int)" }], { room: "test" })).toEqual([
      "3",
    ]);
    for (const one of pools) await one.end();
  });
});

describe("connectDatabase", () => {
  it("outlives its server: fails while it is away, works when it is back", async () => {
    // Below the ports that outgoing connections take: none of those can slip in while the server is away.
    const port = await pickFreePort(20_000 + (process.pid % 10_000));
    const first = await start({ port });
    const pool = connectDatabase({ url: first.url, max: 2 });
    cleanUp.push(() => pool.end());
    await pool.query("SELECT 1");
    process.kill(first.pid, "SIGKILL");
    await first.exited;
    // A session of the dead server may answer once more before it notices.
    const ask = () =>
      pool.query("SELECT 1").then(
        () => "answered",
        () => "failed",
      );
    await expect.poll(ask, { timeout: 10_000 }).toBe("failed");
    await start({ port });
    expect((await pool.query("SELECT 1 AS n")).rows).toEqual([{ n: 1 }]);
  });
});

/** However long the machine takes for the last checkpoint. */
async function hasEnded(pid: number): Promise<void> {
  await expect.poll(() => isProcessAlive(pid), { timeout: 50_000 }).toBe(false);
}

async function watchersOf(dataFolder: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0);
  const commands = await Promise.all(pids.map(readProcessCommand));
  return pids.filter((_, at) => commands[at]?.[0] === "/bin/sh" && commands[at]?.includes(dataFolder));
}
