import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, readlinkSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isProcessAlive } from "@cortensor/runtime";
import { until } from "./until.js";

const CHUNK_BYTES = 4 * 1_048_576;
/** No word that is looked for is longer, in any form: one that lies across two chunks is whole in one of them. */
const OVERLAP_BYTES = 4_096;

/** Whether a process that is ended by a fault leaves its core in its own folder: not where the kernel gives it to a program. */
export function writesCores(): boolean {
  return /^[\w.-]+$/.test(readFileSync("/proc/sys/kernel/core_pattern", "utf8").trim()) && mayRaiseLimits();
}

function mayRaiseLimits(): boolean {
  return process.getuid?.() === 0;
}

/** Stops a process where it is, so that all that is looked for in it is looked for at one moment: what it has read isn't overwritten meanwhile. */
export function holdStill(pid: number): void {
  process.kill(pid, "SIGSTOP");
}

/** Lets a process go on that was held still, if it hasn't ended. */
export function letGo(pid: number): void {
  if (isProcessAlive(pid)) process.kill(pid, "SIGCONT");
}

/** Ends a process as a fault in it would, and reads the core that it leaves, in pieces that overlap. Nothing where none is written. */
export async function* coreOf(pid: number): AsyncGenerator<Buffer, void, undefined> {
  if (!writesCores()) return;
  const folder = readlinkSync(`/proc/${pid}/cwd`);
  const name = readFileSync("/proc/sys/kernel/core_pattern", "utf8").trim();
  const hasPid = readFileSync("/proc/sys/kernel/core_uses_pid", "utf8").trim() !== "0";
  execFileSync("prlimit", ["--pid", String(pid), "--core=unlimited:unlimited"]);
  process.kill(pid, "SIGABRT");
  // One that is held still takes the other first, and runs nothing in between.
  letGo(pid);
  await until("the end of a process that dumps its core", async () => (isProcessAlive(pid) ? undefined : true));
  const path = join(folder, hasPid ? `${name}.${pid}` : name);
  try {
    yield* piecesOf(path);
  } finally {
    rmSync(path, { force: true });
  }
}

function* piecesOf(path: string): Generator<Buffer, void, undefined> {
  const descriptor = openSync(path, "r");
  try {
    for (let at = 0; ; at += CHUNK_BYTES - OVERLAP_BYTES) {
      const piece = Buffer.alloc(CHUNK_BYTES);
      const count = readSync(descriptor, piece, 0, CHUNK_BYTES, at);
      yield piece.subarray(0, count);
      if (count < CHUNK_BYTES) return;
    }
  } finally {
    closeSync(descriptor);
  }
}
