import { randomBytes, randomInt } from "node:crypto";
import { link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isProcessAlive, readProcessBirth } from "./processLiveness.js";
import { RuntimeError } from "./runtimeError.js";

const PENDING = "lock.pending.";
const HELD = "lock.held.";
/** Tries among starters of the same moment; each ends within milliseconds. */
const LOCK_ATTEMPTS = 200;
const LOCK_WAIT_MS_MAX = 10;

export type FolderLock = { readonly release: () => Promise<void> };
type Holder = { readonly pid: number; readonly birth: string };

/**
 * Takes a folder for this caller. Throws RUNTIME_FOLDER_LOCKED, naming the holder, while another live process (or another
 * caller in this one) has it; what dead processes left is cleared, also when their ids belong to other programs now.
 *
 * Each starter puts down a file of its own name and then looks around: of two, at least one sees the other. Who sees a holder
 * gives up; who sees another starter lets the lower name go first. Both files of a holder stay until its release.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const mine: Holder = { pid: process.pid, birth: await readProcessBirth(process.pid) };
  const name = `${process.pid}.${randomBytes(8).toString("hex")}`;
  const pending = join(folder, PENDING + name);
  const held = join(folder, HELD + name);
  const release = async (): Promise<void> => {
    await rm(held, { force: true });
    await rm(pending, { force: true });
  };
  let isDown = false;
  try {
    for (let attempt = 1; attempt <= LOCK_ATTEMPTS; attempt++) {
      const others = await readOthers(folder, name);
      const [holder] = others.held;
      if (holder) throw lockedBy(folder, holder);
      const isFirst = others.pending.every((other) => name < other);
      if (isFirst && isDown && others.pending.length === 0) {
        await link(pending, held);
        return { release };
      }
      if (isFirst && !isDown) await writeFile(pending, JSON.stringify(mine), { mode: 0o600 });
      if (!isFirst && isDown) await rm(pending, { force: true });
      const changed = isFirst !== isDown;
      isDown = isFirst;
      if (!changed) await sleep(randomInt(1, LOCK_WAIT_MS_MAX));
    }
    throw new RuntimeError({ code: "RUNTIME_FOLDER_CONTESTED", folder }, { isRetryable: true });
  } catch (error) {
    await release();
    throw error;
  }
}

/** Live starters and holders beside this one. Clears the files of dead ones: their names never come again. */
async function readOthers(
  folder: string,
  mine: string,
): Promise<{ readonly pending: readonly string[]; readonly held: readonly Holder[] }> {
  const pending: string[] = [];
  const held: Holder[] = [];
  for (const file of await readdir(folder)) {
    const kind = [PENDING, HELD].find((prefix) => file.startsWith(prefix));
    if (kind === undefined || file === kind + mine) continue;
    const text = await readIfThere(join(folder, file));
    if (text === undefined) continue;
    const holder = parseHolder(text, file.slice(kind.length));
    if (!holder || !(await isAlive(holder))) await rm(join(folder, file), { force: true });
    else if (kind === HELD) held.push(holder);
    else pending.push(file.slice(kind.length));
  }
  return { pending, held };
}

/** A file still being written counts by the process id in its name. */
function parseHolder(text: string, name: string): Holder | undefined {
  const match = /^\{"pid":(\d+),"birth":"([^"]*)"\}$/.exec(text);
  const pid = Number(match?.[1] ?? name.split(".")[0]);
  return Number.isSafeInteger(pid) && pid > 0 ? { pid, birth: match?.[2] ?? "" } : undefined;
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (!isProcessAlive(holder.pid)) return false;
  const birth = await readProcessBirth(holder.pid);
  return birth === "" || holder.birth === "" || birth === holder.birth;
}

function lockedBy(folder: string, holder: Holder): RuntimeError {
  return new RuntimeError({
    code: "RUNTIME_FOLDER_LOCKED",
    folder,
    pid: holder.pid,
    hint: "another process uses this folder; stop it first, or choose another folder",
  });
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
