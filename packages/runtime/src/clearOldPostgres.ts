import { readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Clock } from "./clock.js";
import type { Logger } from "./createLogger.js";
import { isProcessAlive, readProcessCommand } from "./processLiveness.js";

/** A fast shutdown writes one checkpoint; after this long, the immediate one, which the next start recovers from. */
const FAST_MS_MAX = 15_000;
const IMMEDIATE_MS_MAX = 5_000;
const POLL_MS = 50;

/**
 * Deals with what an earlier server left. The caller holds the folder's lock, so a server still running on this data has
 * lost its master: it is stopped. A pid file whose process is dead, or whose id another program got, is removed.
 */
export async function clearOldPostgres(parts: {
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<void> {
  const { dataFolder, clock, log } = parts;
  const pidFile = join(dataFolder, "postmaster.pid");
  const text = await readFile(pidFile, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const pid = Number.parseInt(text ?? "", 10);
  if (!(pid > 0)) return;
  if (await isServerOf(pid, dataFolder)) {
    log.warn("Stopping a database server that an earlier start left behind", { pid });
    await stopProcess(pid, { signal: "SIGINT", withinMs: FAST_MS_MAX, clock });
    if (isProcessAlive(pid)) await stopProcess(pid, { signal: "SIGQUIT", withinMs: IMMEDIATE_MS_MAX, clock });
    if (isProcessAlive(pid)) await stopProcess(pid, { signal: "SIGKILL", withinMs: IMMEDIATE_MS_MAX, clock });
  } else {
    await rm(pidFile, { force: true });
  }
}

/** Where the system doesn't show command lines, Postgres' own judgement of its pid file has to do. */
async function isServerOf(pid: number, dataFolder: string): Promise<boolean> {
  if (!isProcessAlive(pid)) return false;
  const command = await readProcessCommand(pid);
  if (command === undefined) return process.platform !== "linux";
  return basename(command[0] ?? "").startsWith("postgres") && command.includes(dataFolder);
}

async function stopProcess(
  pid: number,
  parts: { readonly signal: NodeJS.Signals; readonly withinMs: number; readonly clock: Clock },
): Promise<void> {
  const untilMs = parts.clock.nowMs() + parts.withinMs;
  try {
    process.kill(pid, parts.signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return;
    throw error;
  }
  while (isProcessAlive(pid) && parts.clock.nowMs() < untilMs) await parts.clock.sleep(POLL_MS);
}
