import type { InferenceRequest } from "@cortensor/protocol";
import type { Caller, Gateway, InferEvent, InferOptions, Refusal } from "./gateway.js";

/** Events that carry the answer: what comes after `started`. */
export type AnswerEvent = Exclude<InferEvent, { kind: "started" }>;

export type OpenedInference =
  | {
      readonly kind: "opened";
      readonly taskId: string;
      readonly first: Exclude<AnswerEvent, { kind: "failed" }>;
      /** The event after `first`, and so on; after an end of the router's own making it says `failed`. */
      next(): Promise<AnswerEvent>;
    }
  | { readonly kind: "failed"; readonly refusal: Refusal; readonly taskId?: string };

/**
 * Starts an inference and waits for its first text or its end, so that whatever fails before a word is said is a plain HTTP
 * error with its status, also when the client asked for a stream.
 */
export async function openInference(
  gateway: Pick<Gateway, "infer">,
  {
    caller,
    request,
    options,
    onStarted,
  }: { caller: Caller; request: InferenceRequest; options: InferOptions; onStarted?: (taskId: string) => void },
): Promise<OpenedInference> {
  const events = await gateway.infer(caller, request, options);
  const iterator = events[Symbol.asyncIterator]();
  let taskId: string | undefined;
  for (;;) {
    const step = await iterator.next();
    if (step.done === true)
      return { kind: "failed", refusal: ENDED_EARLY, ...(taskId === undefined ? {} : { taskId }) };
    const event = step.value;
    if (event.kind === "started") {
      taskId = event.taskId;
      onStarted?.(taskId);
      continue;
    }
    if (event.kind === "failed") {
      return { kind: "failed", refusal: event.refusal, ...(taskId === undefined ? {} : { taskId }) };
    }
    const known = taskId ?? (event.kind === "done" ? event.taskId : undefined);
    if (known === undefined) return { kind: "failed", refusal: ENDED_EARLY };
    return { kind: "opened", taskId: known, first: event, next: () => nextAnswer(iterator) };
  }
}

async function nextAnswer(iterator: AsyncIterator<InferEvent>): Promise<AnswerEvent> {
  for (;;) {
    const step = await iterator.next();
    if (step.done === true) return { kind: "failed", refusal: ENDED_EARLY };
    if (step.value.kind !== "started") return step.value;
  }
}

/** A router that stops without saying how is a failure, never a success. */
const ENDED_EARLY: Refusal = { code: "miner_failed", message: "The answer ended before it was complete." };
const ABORTED: Refusal = { code: "miner_failed", message: "The answer was aborted before it was complete." };

/** The finish reason to show, or the refusal that an abort or an error is to a client that still listens. */
export function toFinish(
  event: Extract<InferEvent, { kind: "done" }>,
):
  | { readonly kind: "finish"; readonly reason: "stop" | "length" }
  | { readonly kind: "failed"; readonly refusal: Refusal } {
  if (event.finish === "stop" || event.finish === "length") return { kind: "finish", reason: event.finish };
  return { kind: "failed", refusal: ABORTED };
}
