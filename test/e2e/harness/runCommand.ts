import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { JsonLine } from "./jsonLines.js";

/** The command as users have it: `dist`, behind its own entry. */
export const CORTENSOR = fileURLToPath(new URL("../../../packages/cli/bin/cortensor.mjs", import.meta.url));

/** No command that ends by itself takes longer; one that hangs is killed and its test fails. */
const COMMAND_MS = 120_000;

export type CommandOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** A program and its first arguments to run the command inside of, as `ip netns exec x`. */
  readonly inside?: readonly string[];
  /** For one that reads more than others: see `COMMAND_MS`. */
  readonly withinMs?: number;
};

export type CommandOutcome = {
  readonly code: number | null;
  readonly lines: readonly JsonLine[];
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs one command of `cortensor` to its end, with `--json`. */
export function runCommand(
  args: readonly string[],
  { env = {}, inside = [], withinMs = COMMAND_MS }: CommandOptions = {},
): Promise<CommandOutcome> {
  const [program = process.execPath, ...rest] = [...inside, process.execPath, CORTENSOR, "--json", ...args];
  const child = spawn(program, rest, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), withinMs);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, lines: parseLines(stdout), stdout, stderr });
    });
  });
}

/** The line that says what the command was asked for. */
export function resultOf({ lines, stdout, stderr, code }: CommandOutcome): JsonLine {
  const result = lines.findLast((line) => line.event === "result");
  if (result === undefined) throw new Error(`no result, code ${code}\n${stdout}\n${stderr}`);
  return result;
}

function parseLines(text: string): readonly JsonLine[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (typeof value !== "object" || value === null) throw new Error(`not a JSON object: ${line}`);
      return { ...value };
    });
}
