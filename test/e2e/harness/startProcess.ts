import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type JsonLines, readJsonLines } from "./jsonLines.js";
import { findProcesses, type ProcessEntry } from "./processes.js";
import { CORTENSOR, type CommandOptions } from "./runCommand.js";
import { until } from "./until.js";

/** A command of `cortensor` that runs until it is ended. */
export type StartedProcess = {
  readonly child: ChildProcess;
  readonly home: string;
  /** Stands in the environment of this process and of all that it starts. */
  readonly mark: string;
  readonly output: JsonLines;
  readonly stderr: () => string;
  /** The exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
};

const STDERR_CHARS_MAX = 20_000;

/** Runs a command in a home, and says nothing about how it goes. */
export function startProcess(
  home: string,
  args: readonly string[],
  { env = {}, inside = [] }: CommandOptions = {},
): StartedProcess {
  const mark = `cortensor-e2e-${randomUUID()}`;
  const [program = process.execPath, ...rest] = [
    ...inside,
    process.execPath,
    CORTENSOR,
    "--json",
    "--home",
    home,
    ...args,
  ];
  const child = spawn(program, rest, {
    env: { ...process.env, CORTENSOR_E2E: mark, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr = (stderr + chunk).slice(-STDERR_CHARS_MAX);
  });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code));
  });
  const output = readJsonLines(child.stdout, () => `${stderr}\n${readLogs(home)}`);
  return { child, home, mark, output, stderr: () => stderr, exited };
}

/** Ends whatever still runs. Only for the end of a test that has failed already, or has looked before. */
export async function endAll({ mark, home }: { readonly mark: string; readonly home: string }): Promise<void> {
  for (const { pid } of findProcesses({ mark, home })) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }
  await until("end of all processes", () => (findProcesses({ mark, home }).length === 0 ? true : undefined));
}

export function describeProcesses(entries: readonly ProcessEntry[]): string {
  return entries.map(({ pid, command }) => `${pid} ${command.join(" ").slice(0, 200)}`).join("\n");
}

/** What the parts of a network logged last, for the error of a test that failed. */
function readLogs(home: string): string {
  const folder = join(home, "logs");
  try {
    return readdirSync(folder)
      .map((name) => `== ${name}\n${readFileSync(join(folder, name), "utf8").slice(-4_000)}`)
      .join("\n");
  } catch (error) {
    return `no logs: ${String(error)}`;
  }
}
