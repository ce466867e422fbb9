import pg from "pg";
import { clearOldPostgres } from "./clearOldPostgres.js";
import { type Clock, systemClock } from "./clock.js";
import { type Logger, silentLogger } from "./createLogger.js";
import { initPostgres, POSTGRES_USER, readOrMakePassword } from "./initPostgres.js";
import { lockFolder } from "./lockFolder.js";
import { pickFreePort } from "./pickFreePort.js";
import { choosePostgresAccount, type PostgresAccount } from "./postgresAccount.js";
import { findPostgresBinaries } from "./postgresBinaries.js";
import { choosePostgresPlace, type PostgresPlace } from "./postgresFolder.js";
import { RuntimeError } from "./runtimeError.js";
import { type ServerProcess, spawnPostgres } from "./spawnPostgres.js";

export type PostgresOptions = {
  /** Where its data lives, between starts too. Made when missing. */
  readonly folder: string;
  /** Preferred TCP port; another is taken when it isn't free within a few seconds. */
  readonly port?: number;
  readonly log?: Logger;
  /** Aborts the start; after it, stops the server. */
  readonly signal?: AbortSignal;
};

export type RunningPostgres = {
  /** `postgres://…@127.0.0.1:port/postgres`, password included: a secret. */
  readonly url: string;
  readonly port: number;
  /** Process id of the server. */
  readonly pid: number;
  /** Where the data really lies: in the folder asked for, or in the one chosen in its stead. */
  readonly dataFolder: string;
  /** Resolves when the server has ended, for whatever reason. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Ends the server and waits for it. Idempotent. */
  readonly stop: () => Promise<void>;
};

/** The one that every server has: another would cost a second of the first start. */
const DATABASE = "postgres";
/** Starts in all: a port taken in between, or an old server's last children still letting go of their memory. */
const START_ATTEMPTS = 20;
const START_RETRY_MS = 250;
/** The last children of a killed server hold its port a moment longer, and who uses it should find it where it was. */
const PORT_WAIT_MS_MAX = 3_000;
/** Recovery after a crash replays at most `max_wal_size` of log. */
const READY_MS_MAX = 60_000;
const READY_POLL_MS = 20;
/** A server whose port another one took ends by itself, well within this. */
const PORTLESS_END_MS_MAX = 5_000;
const ANSWER_MS_MAX = 2_000;
/** The server's word for "not yet". */
const STARTING_UP = "57P03";
const FAST_STOP_MS_MAX = 10_000;
const IMMEDIATE_STOP_MS_MAX = 3_000;

/**
 * Starts a Postgres of our own on this folder, as an ordinary user or, when this process is root, as an account without
 * rights that the system has already. Bound to 127.0.0.1, random password, fsync and synchronous commit on. It survives any
 * kill and recovers at the next start, and it never outlives this process.
 *
 * Throws RUNTIME_FOLDER_LOCKED when another process runs one here.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { folder, log = silentLogger, signal } = options;
  const clock = systemClock;
  signal?.throwIfAborted();
  const account = await choosePostgresAccount();
  const place = await choosePostgresPlace({ folder, binaries: await findPostgresBinaries(), account, log });
  const lock = await lockFolder(folder);
  try {
    const password = await readOrMakePassword(folder);
    await clearOldPostgres({ dataFolder: place.dataFolder, clock, log });
    await initPostgres(place, { account, password });
    const { server, port } = await startServer({ place, account, password, clock, log, options });
    const stop = createStop(server, { clock, release: lock.release });
    signal?.addEventListener("abort", () => void stop(), { once: true });
    void server.exited.then(() => lock.release());
    if (signal?.aborted) {
      await stop();
      signal.throwIfAborted();
    }
    const url = urlOf({ password, port });
    return { url, port, pid: server.pid, dataFolder: place.dataFolder, exited: server.exited, stop };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

type StartParts = {
  readonly place: PostgresPlace;
  readonly account: PostgresAccount | undefined;
  readonly password: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: PostgresOptions;
};

async function startServer(parts: StartParts): Promise<{ readonly server: ServerProcess; readonly port: number }> {
  const { place, clock, log, options } = parts;
  let output = "";
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    options.signal?.throwIfAborted();
    const port = attempt === 1 ? await portFor(options, clock) : await pickFreePort();
    const server = spawnPostgres({ place, account: parts.account, port, log });
    try {
      if (await becomesReady(server, { ...parts, port })) return { server, port };
    } catch (error) {
      await endServer(server, clock);
      throw error;
    }
    await endServer(server, clock);
    output = server.output();
    if (!/in use|already exists|being used/i.test(output)) break;
    await clock.sleep(START_RETRY_MS, options.signal);
  }
  throw new RuntimeError({ code: "RUNTIME_POSTGRES_START_FAILED", folder: place.dataFolder, output });
}

/** The port asked for, as soon as it is free; any other when that takes too long, or none is asked for. */
async function portFor({ port: wanted, signal }: PostgresOptions, clock: Clock): Promise<number> {
  const untilMs = clock.nowMs() + PORT_WAIT_MS_MAX;
  for (;;) {
    const port = await pickFreePort(wanted);
    if (wanted === undefined || port === wanted || clock.nowMs() >= untilMs) return port;
    await clock.sleep(READY_POLL_MS, signal);
  }
}

/** True once the server answers; false when the server ended or the time is up. */
async function becomesReady(server: ServerProcess, parts: StartParts & { readonly port: number }): Promise<boolean> {
  const { clock, password, port } = parts;
  const untilMs = clock.nowMs() + READY_MS_MAX;
  while (!server.hasExited() && clock.nowMs() < untilMs) {
    parts.options.signal?.throwIfAborted();
    try {
      if (await answers(urlOf({ password, port }))) return true;
    } catch (refusal) {
      // It may be another's server that refuses, which took the port first: then ours is about to end.
      await exitOf(server, { clock, withinMs: PORTLESS_END_MS_MAX });
      if (!server.hasExited()) throw refusal;
      return false;
    }
    await clock.sleep(READY_POLL_MS, parts.options.signal);
  }
  return false;
}

/** False while the server doesn't take connections yet; throws when it refuses this one for good. */
async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: ANSWER_MS_MAX });
  // The failure comes as the rejection of what was awaited.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code !== STARTING_UP) throw error;
    return false;
  } finally {
    await client.end();
  }
}

function createStop(
  server: ServerProcess,
  parts: { readonly clock: Clock; readonly release: () => Promise<void> },
): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  return () => {
    stopping ??= endServer(server, parts.clock).then(parts.release);
    return stopping;
  };
}

/** Fast shutdown, then the immediate one, then the kill that nothing survives. */
async function endServer(server: ServerProcess, clock: Clock): Promise<void> {
  const steps = [
    ["SIGINT", FAST_STOP_MS_MAX],
    ["SIGQUIT", IMMEDIATE_STOP_MS_MAX],
    ["SIGKILL", IMMEDIATE_STOP_MS_MAX],
  ] as const;
  for (const [signal, withinMs] of steps) {
    if (server.hasExited()) return;
    server.kill(signal);
    await exitOf(server, { clock, withinMs });
  }
}

/** Resolves when the server has ended, or the time is up. */
async function exitOf(
  server: ServerProcess,
  { clock, withinMs }: { readonly clock: Clock; readonly withinMs: number },
): Promise<void> {
  const waiting = new AbortController();
  const timeout = clock.sleep(withinMs, waiting.signal).catch(() => undefined);
  await Promise.race([server.exited, timeout]);
  waiting.abort();
}

function urlOf(parts: { readonly password: string; readonly port: number }): string {
  return `postgres://${POSTGRES_USER}:${encodeURIComponent(parts.password)}@127.0.0.1:${parts.port}/${DATABASE}`;
}
