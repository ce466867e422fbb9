import { type ChildProcess, spawn } from "node:child_process";
import type { Logger } from "./createLogger.js";
import type { PostgresAccount } from "./postgresAccount.js";
import type { PostgresPlace } from "./postgresFolder.js";

/** What the last lines of the server said, kept for the error of a failed start. */
const OUTPUT_CHARS_MAX = 4_000;

/**
 * Becomes the server, after leaving a watcher that reads our pipe: when this process dies, however it dies, the pipe ends and
 * the server gets its fast shutdown. The watcher is no child of the server's, which takes an unknown child's death for a crash.
 */
const WATCHED_SERVER = `
exec 3<&0 </dev/null
( ( read -r _ <&3; kill -INT $$ ) >/dev/null 2>&1 & )
exec 3<&-
exec "$@"
`;

/** Durability is the point of this database; the rest keeps it small and private to this machine. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  password_encryption: "scram-sha-256",
  max_connections: "100",
  shared_buffers: "64MB",
  max_wal_size: "1GB",
  wal_level: "minimal",
  max_wal_senders: "0",
  io_method: "sync",
  jit: "off",
  log_min_messages: "warning",
  log_line_prefix: "",
  timezone: "UTC",
};

export type ServerProcess = {
  readonly pid: number;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly hasExited: () => boolean;
  /** The end of what it has said so far. */
  readonly output: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
};

/** Starts the server in its own process group, so that a terminal's Ctrl-C reaches it only through the shutdown. */
export function spawnPostgres(parts: {
  readonly place: PostgresPlace;
  readonly account: PostgresAccount | undefined;
  readonly port: number;
  readonly log: Logger;
}): ServerProcess {
  const { place, account, port, log } = parts;
  const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([key, value]) => [
    "-c",
    `${key}=${value}`,
  ]);
  const child = spawn(
    "/bin/sh",
    ["-c", WATCHED_SERVER, "sh", place.binaries.postgres, "-D", place.dataFolder, ...settings],
    {
      cwd: "/",
      env: { LC_ALL: "C", PATH: process.env.PATH },
      stdio: ["pipe", "ignore", "pipe"],
      detached: true,
      ...(account ? { uid: account.uid, gid: account.gid } : {}),
    },
  );
  return followServer(child, log);
}

function followServer(child: ChildProcess, log: Logger): ServerProcess {
  let output = "";
  let ended = false;
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    output = (output + chunk).slice(-OUTPUT_CHARS_MAX);
    log.debug("Database server said", { said: chunk.trimEnd() });
  });
  // The watcher's end of the pipe may close first; the exit tells what happened.
  child.stdin?.on("error", (error) => log.debug("Database server's pipe closed", {}, error));
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    const end = (code: number | null, signal: string | null): void => {
      ended = true;
      child.stdin?.destroy();
      child.stderr?.destroy();
      resolve({ code, signal });
    };
    child.once("exit", end);
    child.once("error", (error) => {
      output += String(error);
      end(null, null);
    });
  });
  return {
    pid: child.pid ?? -1,
    exited,
    hasExited: () => ended,
    output: () => output,
    kill: (signal) => void child.kill(signal),
  };
}
