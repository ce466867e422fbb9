import { PlanterError } from "@cortensor/node";
import type { Prompt, SegmentBody } from "@cortensor/protocol";
import type { AskMessages, AskOptions, CallOptions, ReceiptOptions } from "@cortensor/sdk";

/** Output tokens of a planted answer: enough to be judged by, and to be shown on chain. */
const MAX_TOKENS = 96;
/** Time for a receipt to be acknowledged. */
const RECEIPT_MS = 10_000;

/** What a planter needs of a client: see `Cortensor`. */
export type PlantClient = {
  chat(messages: AskMessages, options: AskOptions): Promise<{ readonly taskId: string }>;
  receipt(taskId: string, options: ReceiptOptions): Promise<unknown>;
  payLane(options: CallOptions): Promise<unknown>;
  evidence(taskId: string, options: CallOptions): Promise<{ readonly bodies: readonly SegmentBody[] }>;
};

/**
 * Asks as a client does, and fetches what the miner shows of its answer. It pays at once: what isn't paid isn't settled, and a planted result that is settled in a later
 * epoch than others is too late to be found.
 */
export async function askPlanted(
  client: PlantClient,
  { prompt, model, signal }: { readonly prompt: Prompt; readonly model: string; readonly signal: AbortSignal },
): Promise<SegmentBody> {
  const messages = prompt.kind === "chat" ? prompt.messages : [{ role: "user" as const, content: prompt.text }];
  const { taskId } = await client.chat(messages, { model, maxTokens: MAX_TOKENS, signal });
  await client.receipt(taskId, { waitMs: RECEIPT_MS, signal });
  await client.payLane({ signal });
  const { bodies } = await client.evidence(taskId, { signal });
  const [body] = bodies;
  if (body === undefined || bodies.length > 1) {
    throw new PlanterError({ code: "PLANTER_ANSWER_FOREIGN", problem: `it is shown in ${bodies.length} parts` });
  }
  return body;
}
