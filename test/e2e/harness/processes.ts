import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A running process, as the kernel tells of it. */
export type ProcessEntry = {
  readonly pid: number;
  readonly parentPid: number;
  readonly command: readonly string[];
};

/**
 * Every running process that belongs to a home folder: it carries the mark in its environment, names the folder in its command
 * line, or works in it; and whatever such a process started. Found in the kernel's own list, so that one that left its parent is
 * found as well.
 */
export function findProcesses({
  mark,
  home,
}: {
  readonly mark: string;
  readonly home: string;
}): readonly ProcessEntry[] {
  const all = readdirSync("/proc").flatMap((name) => {
    const entry = /^\d+$/.test(name) ? readProcess(Number(name)) : undefined;
    return entry === undefined ? [] : [entry];
  });
  const owned = new Set(
    all
      .filter(({ pid, command }) => pid !== process.pid && isOwned({ pid, command, mark, home }))
      .map(({ pid }) => pid),
  );
  for (let size = -1; size !== owned.size; ) {
    size = owned.size;
    for (const { pid, parentPid } of all) if (owned.has(parentPid)) owned.add(pid);
  }
  return all.filter(({ pid }) => owned.has(pid));
}

/** Undefined: it has ended. */
function readProcess(pid: number): ProcessEntry | undefined {
  const status = readOr(`/proc/${pid}/stat`);
  if (status === undefined) return undefined;
  const [state, parentPid] = status.slice(status.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X") return undefined;
  const command = (readOr(`/proc/${pid}/cmdline`) ?? "").split("\0").filter((part) => part !== "");
  return { pid, parentPid: Number(parentPid), command };
}

function isOwned({
  pid,
  command,
  mark,
  home,
}: {
  pid: number;
  command: readonly string[];
  mark: string;
  home: string;
}) {
  if (command.some((part) => part.includes(home))) return true;
  if ((readOr(`/proc/${pid}/environ`) ?? "").includes(mark)) return true;
  return workingFolder(pid)?.startsWith(home) === true;
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // It has ended, or isn't ours to look into.
    return undefined;
  }
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It has ended, or isn't ours to look into.
    return undefined;
  }
}

export function isRunning(pid: number): boolean {
  return readProcess(pid) !== undefined;
}

/** Value of one variable of a running process's environment. */
export function environmentOf(pid: number, name: string): string | undefined {
  const entry = (readOr(`/proc/${pid}/environ`) ?? "").split("\0").find((part) => part.startsWith(`${name}=`));
  return entry?.slice(name.length + 1);
}
