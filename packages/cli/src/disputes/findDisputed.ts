import { readFile } from "node:fs/promises";
import {
  type Address,
  bodyFault,
  type DisputedResult,
  disputedResultOf,
  hashResult,
  isBytes32,
  parseDisputedResult,
} from "@cortensor/protocol";
import type { Cortensor } from "@cortensor/sdk";
import { CliError } from "../cliError.js";

/** Time in which a router acknowledges what it has just answered. */
const WAIT_MS = 5_000;

/** What shows a result: from a file, or else of a task, by what its router shows to whoever asked it. Nothing here has verified it. */
export async function findDisputed(
  source: string,
  from: { readonly miner?: Address; readonly openClient: () => Promise<Pick<Cortensor, "receipt" | "evidence">> },
): Promise<DisputedResult> {
  if (!isBytes32(source)) return readDisputed(source);
  const client = await from.openClient();
  const document = await client.receipt(source, { waitMs: WAIT_MS });
  const { bodies, proofs } = await client.evidence(source);
  const shown = bodies.filter((body) => document.results.some((result) => bodyFault(body, result) === undefined));
  const wanted = from.miner === undefined ? shown : shown.filter(({ result }) => result.miner === from.miner);
  const [body, another] = wanted;
  const fault = (problem: string) => new CliError({ code: "CLI_BAD_FILE", file: source, problem });
  if (body === undefined) throw fault("has no result that its miner shows");
  if (another !== undefined && hashResult(another.result) !== hashResult(body.result))
    throw fault("has several results: name one's miner by --miner");
  const disputed = disputedResultOf(document, body, proofs);
  if (disputed === undefined) throw fault("has a result of which the router doesn't show its miner's signature");
  return disputed;
}

async function readDisputed(file: string): Promise<DisputedResult> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "can't be read" }, { cause });
  });
  return parseDisputedResult(parseJson(text, file));
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "is no JSON" }, { cause });
  }
}
