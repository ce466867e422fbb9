import { readFile } from "node:fs/promises";
import { PROMPT_BYTES_MAX } from "@cortensor/protocol";
import { CliError } from "../cliError.js";

/** Lines of a file that are read at most. */
const PROMPTS_MAX = 100_000;

/** Questions, one a line; empty lines don't count. Throws CLI_BAD_FILE. */
export async function readPrompts(file: string): Promise<readonly string[]> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "can't be read" }, { cause });
  });
  const prompts = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const fail = (problem: string) => new CliError({ code: "CLI_BAD_FILE", file, problem });
  if (prompts.length === 0) throw fail("has no question");
  if (prompts.length > PROMPTS_MAX) throw fail(`has more than ${PROMPTS_MAX} questions`);
  const long = prompts.findIndex((prompt) => Buffer.byteLength(prompt) > PROMPT_BYTES_MAX);
  if (long >= 0) throw fail(`question ${long + 1} has more than ${PROMPT_BYTES_MAX} bytes`);
  return prompts;
}
