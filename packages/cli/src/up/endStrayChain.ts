import { readFile } from "node:fs/promises";
import type { Clock } from "@cortensor/runtime";
import { readFileIfThere } from "../home/writeFileWhole.js";

/** Time a stray chain has to write its state. */
const STOP_POLLS = 100;
const STOP_POLL_MS = 100;

/** Ends a chain that an earlier start left behind (both it and its keeper were killed): it would write over this start's state. */
export async function endStrayChain(
  pidFile: string,
  { statePath, clock }: { statePath: string; clock: Clock },
): Promise<boolean> {
  const pid = Number(await readFileIfThere(pidFile));
  if (!Number.isInteger(pid) || pid <= 1 || !(await isChainOf(pid, statePath))) return false;
  process.kill(pid, "SIGTERM");
  for (let poll = 0; poll < STOP_POLLS; poll += 1) {
    await clock.sleep(STOP_POLL_MS);
    if (!(await isChainOf(pid, statePath))) return true;
  }
  process.kill(pid, "SIGKILL");
  return true;
}

/** Whether the process is still that chain: its arguments name our state file. Process ids are used again. */
async function isChainOf(pid: number, statePath: string): Promise<boolean> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").includes(statePath);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return false;
    throw error;
  }
}
