import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isProcessAlive, readProcessBirth } from "./processLiveness.js";
import { RuntimeError } from "./runtimeError.js";

const LOCK_FILE = "lock";
/** Tries against other starters that clear the same stale lock at the same moment. */
const LOCK_ATTEMPTS = 5;

export type FolderLock = { readonly release: () => Promise<void> };
type Holder = { readonly pid: number; readonly birth: string };

/**
 * Takes a folder for this process. Throws RUNTIME_FOLDER_LOCKED, naming the holder, while another live process has it; a
 * lock whose process is dead, or whose process id now belongs to another program, is taken over.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const lockPath = join(folder, LOCK_FILE);
  const mine = `${JSON.stringify({ pid: process.pid, birth: await readProcessBirth(process.pid) })}\n`;
  const draft = `${lockPath}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    for (let attempt = 1; attempt <= LOCK_ATTEMPTS; attempt++) {
      if (await tryLink(draft, lockPath)) return { release: () => releaseLock(lockPath, mine) };
      const text = await readIfThere(lockPath);
      if (text === undefined) continue;
      const holder = parseHolder(text);
      if (holder && (await isAlive(holder))) {
        throw new RuntimeError({
          code: "RUNTIME_FOLDER_LOCKED",
          folder,
          pid: holder.pid,
          hint: "another process uses this folder; stop it first, or choose another folder",
        });
      }
      await clearStale(lockPath, text);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new RuntimeError({ code: "RUNTIME_FOLDER_CONTESTED", folder }, { isRetryable: true });
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (!isProcessAlive(holder.pid)) return false;
  const birth = await readProcessBirth(holder.pid);
  return birth === "" || holder.birth === "" || birth === holder.birth;
}

/** Moves the stale lock away; if somebody renewed it in between, puts theirs back. */
async function clearStale(lockPath: string, stale: string): Promise<void> {
  const aside = `${lockPath}.stale.${randomBytes(4).toString("hex")}`;
  if (!(await succeeds(rename(lockPath, aside), "ENOENT"))) return;
  if ((await readIfThere(aside)) !== stale) await succeeds(link(aside, lockPath), "EEXIST");
  await rm(aside, { force: true });
}

async function releaseLock(lockPath: string, mine: string): Promise<void> {
  if ((await readIfThere(lockPath)) === mine) await succeeds(unlink(lockPath), "ENOENT");
}

function tryLink(draft: string, lockPath: string): Promise<boolean> {
  return succeeds(link(draft, lockPath), "EEXIST");
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** True when done, false on the one error that was expected. */
async function succeeds(work: Promise<unknown>, expected: string): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (hasErrno(error, expected)) return false;
    throw error;
  }
}

function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** A torn or foreign file is nobody's lock. */
function parseHolder(text: string): Holder | undefined {
  const match = /^\{"pid":(\d+),"birth":"([^"]*)"\}\n$/.exec(text);
  return match ? { pid: Number(match[1]), birth: match[2] ?? "" } : undefined;
}
