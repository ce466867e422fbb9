import { type Bytes32, bytesToHex } from "@cortensor/protocol";
import { z } from "zod";
import type { CallOptions, Http } from "./http.js";
import { address, bytes32, count } from "./networkShapes.js";

/** The contract's most seats. */
const SEATS_MAX = 7;
const shown = z.object({
  taskId: bytes32,
  answers: z.array(z.object({ seat: count, miner: address, text: z.string() })).max(SEATS_MAX),
});
const taken = z.object({ taken: z.literal(true) });

/** What a miner answered to a task of the session queue. */
export type QueueAnswer = z.output<typeof shown>["answers"][number];

/** The prompt of a task that doesn't have it on chain: salt ‖ encoded prompt, and the encoded parameters. */
export type HandedPrompt = { readonly taskId: Bytes32; readonly prompt: Uint8Array; readonly params: Uint8Array };

type Bearing = CallOptions & { readonly bearer: string };

export async function handPrompt(http: Http, { taskId, prompt, params }: HandedPrompt, bounds: Bearing): Promise<void> {
  const body = { prompt: bytesToHex(prompt), params: bytesToHex(params) };
  await http.json({ path: `/api/v1/queue/${taskId}`, body, ...bounds }, taken);
}

export async function fetchQueueAnswers(http: Http, taskId: Bytes32, bounds: Bearing): Promise<readonly QueueAnswer[]> {
  return (await http.json({ path: `/api/v1/queue/${taskId}/answers`, ...bounds }, shown)).value.answers;
}
