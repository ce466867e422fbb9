import { open } from "node:fs/promises";
import { type ClientSink, nameOfTarget, openClientSink, parseSinkTarget } from "@cortensor/data";
import type { ReceiptDocument } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import { createCortensor, SdkError } from "@cortensor/sdk";
import { CliError } from "./cliError.js";
import type { CommandContext } from "./commandContext.js";
import { findRouterUrl } from "./networkAccess.js";

/** Where what is asked sealed is written, and which router is asked. */
export type OwnSinkOptions = { readonly sink?: string; readonly router?: string };

export const SINK_OPTION =
  "have prompts, results, usage and receipts written to the place in this file: see docs/SINKS.md";

/** More is no target's. */
const FILE_BYTES_MAX = 65_536;

/**
 * A sink of this machine's own, with its outbox in the home folder; undefined without `--sink`. `holder` names what writes: the same after a restart. Throws
 * CLI_BAD_FILE, and what `parseSinkTarget` and `openClientSink` throw.
 */
export async function openOwnSink(
  context: CommandContext,
  { sink, router }: OwnSinkOptions,
  holder: string,
): Promise<{ readonly sink: ClientSink; readonly name: string } | undefined> {
  if (sink === undefined) return undefined;
  const target = parseSinkTarget((await readTarget(sink)).trim());
  const opened = await openClientSink({
    ...{ target, holder, receiptOf, folder: context.paths.sinks, router: await findRouterUrl(context, router) },
    ...{ clock: systemClock, random: Math.random, log: context.log("sink") },
  });
  context.shutdown.add("sink", () => opened.close());
  return { sink: opened, name: nameOfTarget(target) };
}

/** Routers show receipts to whoever knows their tasks. */
async function receiptOf(router: string, taskId: string): Promise<ReceiptDocument | undefined> {
  try {
    return await createCortensor({ baseUrl: router, timeoutMs: 10_000 }).receipt(taskId);
  } catch (error) {
    if (error instanceof SdkError && error.data.code === "SDK_REFUSED" && error.data.status === 404) return undefined;
    throw error;
  }
}

async function readTarget(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(FILE_BYTES_MAX + 1), 0, FILE_BYTES_MAX + 1, null);
      if (bytesRead <= FILE_BYTES_MAX) return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new CliError({ code: "CLI_BAD_FILE", file: path, problem: "can't be read" }, { cause });
  }
  throw new CliError({ code: "CLI_BAD_FILE", file: path, problem: `is longer than ${FILE_BYTES_MAX} bytes` });
}
