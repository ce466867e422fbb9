import { CliError } from "../cliError.js";
import { readFileIfThere } from "../home/writeFileWhole.js";

/** A chain's file, which `cortensor rollup deploy` wrote. */
export async function readChainFile(file: string): Promise<string> {
  const text = await readFileIfThere(file);
  if (text !== undefined) return text;
  throw new CliError({ code: "CLI_USAGE", problem: `${file} isn't there: \`cortensor rollup deploy\` writes it` });
}
