import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Clock ticks of a second, by which Linux counts a process's time. */
const TICKS = 100;

/** Seconds that a program's processes have worked so far, by what each is; none where the system has no `/proc`. */
export function processSeconds(rootPid) {
  const seen = readProcesses();
  const seconds = {};
  for (const { pid, ticks, name } of seen) {
    if (isBelow(pid, rootPid, seen)) seconds[name] = (seconds[name] ?? 0) + ticks / TICKS;
  }
  return seconds;
}

/** What was worked between two readings. */
export function secondsBetween(before, after) {
  return Object.fromEntries(Object.entries(after).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]));
}

function readProcesses() {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").flatMap((entry) => (/^\d+$/.test(entry) ? readProcess(Number(entry)) : []));
}

/** None where it has ended meanwhile. */
function readProcess(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return [{ pid, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]), name: nameOf(words) }];
  } catch {
    return [];
  }
}

/** Our programs by their role, other scripts and programs by their file. */
function nameOf([file = "", ...words]) {
  const script = words.find((word) => /\.m?js$/.test(word));
  if (script?.endsWith("cortensor.mjs") !== true) return path.basename(script ?? file.split(":")[0].split(" ")[0]);
  return words.slice(words.indexOf(script) + 1).find((word) => /^[a-z]+$/.test(word)) ?? "cortensor";
}

function isBelow(pid, rootPid, seen) {
  for (let at = pid; at > 1; ) {
    if (at === rootPid) return true;
    const parent = seen.find((one) => one.pid === at)?.parent ?? 0;
    at = parent;
  }
  return false;
}
