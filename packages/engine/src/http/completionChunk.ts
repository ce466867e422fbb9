import { z } from "zod";
import { EngineError } from "../engineError.js";

/** What one server-sent event of a completion says. */
export type CompletionChunk = { readonly text: string; readonly finish?: "stop" | "length" };

const choice = z.object({
  delta: z.object({ content: z.string().nullish() }).optional(),
  text: z.string().nullish(),
  finish_reason: z.string().nullish(),
});
const chunkSchema = z.object({ choices: z.array(choice).max(16) });
const errorSchema = z.object({ error: z.union([z.string(), z.object({ message: z.string().optional() })]) });

/** Reads an event's data; undefined for the closing `[DONE]`. @throws CodedError ENGINE_UPSTREAM_FAILED */
export function parseCompletionChunk(data: string): CompletionChunk | undefined {
  if (data.trim() === "[DONE]") return undefined;
  const json = parseJson(data);
  if (errorSchema.safeParse(json).success) throw upstreamFailed("the server reported an error in its stream");
  const parsed = chunkSchema.safeParse(json);
  if (!parsed.success) throw upstreamFailed("an event of the stream is not a completion chunk");
  const [first] = parsed.data.choices;
  const text = first?.delta?.content ?? first?.text ?? "";
  const finish = first?.finish_reason ?? undefined;
  if (finish === undefined || finish === "") return { text };
  return { text, finish: finish === "length" ? "length" : "stop" };
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw upstreamFailed("an event of the stream is not JSON", { cause });
  }
}

export function upstreamFailed(
  reason: string,
  options: { readonly cause?: unknown; readonly isRetryable?: boolean; readonly status?: number } = {},
): EngineError {
  const { status, ...rest } = options;
  return new EngineError({ code: "ENGINE_UPSTREAM_FAILED", reason, ...(status === undefined ? {} : { status }) }, rest);
}
