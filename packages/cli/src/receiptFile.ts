import { parseReceiptDocument, type ReceiptDocument } from "@cortensor/protocol";
import { CliError } from "./cliError.js";
import { readFileIfThere } from "./home/writeFileWhole.js";

/** A receipt's document from a file, as a router or `receipt show --json` gives it. Undefined when there is no such file. */
export async function readReceiptFile(file: string): Promise<ReceiptDocument | undefined> {
  const text = await readFileIfThere(file);
  if (text === undefined) return undefined;
  const json = parseJson(text, file);
  const isWrapped = typeof json === "object" && json !== null && "document" in json;
  return parseReceiptDocument(isWrapped ? json.document : json);
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "is no JSON" }, { cause });
  }
}
