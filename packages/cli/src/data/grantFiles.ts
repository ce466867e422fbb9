import { readFile } from "node:fs/promises";
import {
  ProtocolError,
  parseSignedGrant,
  parseSignedShredRecord,
  type SignedGrant,
  type SignedShredRecord,
} from "@cortensor/protocol";
import { CliError } from "../cliError.js";

/** A record with every grant that it may list is 9 MB. */
const FILE_BYTES_MAX = 16_777_216;

/** A grant that somebody was sent. Throws CLI_BAD_FILE. */
export const readGrantFile = (file: string): Promise<SignedGrant> => readDocument(file, parseSignedGrant);

/** A record of shredding. Throws CLI_BAD_FILE. */
export const readRecordFile = (file: string): Promise<SignedShredRecord> => readDocument(file, parseSignedShredRecord);

async function readDocument<Value>(file: string, parse: (json: unknown) => Value): Promise<Value> {
  const fail = (problem: string, cause?: unknown) => new CliError({ code: "CLI_BAD_FILE", file, problem }, { cause });
  const bytes = await readFile(file).catch((cause: unknown) => Promise.reject(fail("can't be read", cause)));
  if (bytes.length > FILE_BYTES_MAX) throw fail("is larger than any record");
  try {
    return parse(JSON.parse(bytes.toString("utf8")));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw fail("is no JSON", cause);
    if (cause instanceof ProtocolError) throw fail("is no such document", cause);
    throw cause;
  }
}
