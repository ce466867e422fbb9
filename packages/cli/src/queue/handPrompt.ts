import type { Bytes32 } from "@cortensor/protocol";
import type { CommandContext } from "../commandContext.js";
import { type QueueClient, watchChain } from "./queueClient.js";

/** The router follows the chain by polling: until it has seen the task it doesn't know it. */
export async function handPrompt(
  { output, shutdown }: CommandContext,
  client: QueueClient,
  handed: { readonly taskId: Bytes32; readonly prompt: Uint8Array; readonly params: Uint8Array },
): Promise<void> {
  const { signal } = shutdown;
  await watchChain(() => tryHand(client, handed, signal), {
    isLast: (isTaken) => isTaken,
    nameOf: String,
    onChange: (isTaken) =>
      output.progress("prompt.handed", isTaken ? "The router has the prompt" : "The router hasn't seen the task yet", {
        taskId: handed.taskId,
        isTaken,
      }),
    signal,
  });
}

async function tryHand(
  { router }: QueueClient,
  handed: Parameters<QueueClient["router"]["handPrompt"]>[0],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await router.handPrompt(handed, { signal });
    return true;
  } catch (error) {
    if (refusalReason(error) === "task_not_found") return false;
    throw error;
  }
}

function refusalReason(error: unknown): unknown {
  return error instanceof Error &&
    "data" in error &&
    typeof error.data === "object" &&
    error.data !== null &&
    "reason" in error.data
    ? error.data.reason
    : undefined;
}
