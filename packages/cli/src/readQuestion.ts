import { text as readText } from "node:stream/consumers";
import { CliError } from "./cliError.js";

/** The words of a command, or what comes in where there are none. Throws CLI_BAD_ARGUMENT for nothing. */
export async function readQuestion(words: readonly string[]): Promise<string> {
  const question = words.length > 0 ? words.join(" ") : (await readText(process.stdin)).trim();
  if (question !== "") return question;
  throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "prompt", expected: "a question" });
}
