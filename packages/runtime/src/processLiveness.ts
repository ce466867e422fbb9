import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** Whether a process of this id runs, whoever owns it. One that has ended and only waits to be reaped doesn't. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM" && !isZombie(pid);
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.charAt(stat.lastIndexOf(")") + 2) === "Z";
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}

/**
 * When a process began, as its system tells it: with the id it names one process for good, although ids are used again.
 * Empty where the system doesn't tell, or the process is gone.
 */
export async function readProcessBirth(pid: number): Promise<string> {
  const stat = await readProc(`/proc/${pid}/stat`);
  if (stat === undefined) return "";
  // The second field, the name, may hold spaces and brackets; the 22nd is the start in clock ticks since boot.
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  const boot = (await readProc("/proc/sys/kernel/random/boot_id"))?.trim() ?? "";
  return ticks === "" ? "" : `${boot}:${ticks}`;
}

/** Words of a process's command line. Undefined where the system doesn't tell, or the process is gone. */
export async function readProcessCommand(pid: number): Promise<readonly string[] | undefined> {
  const text = await readProc(`/proc/${pid}/cmdline`);
  return text?.split("\0").filter((word) => word !== "");
}

async function readProc(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
