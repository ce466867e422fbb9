import type { InferEvent, InferOptions, OpenAiGateway, ReadableView, Refusal } from "@cortensor/api";
import { type Bytes32, type InferenceRequest, isBytes32, type SealingLabel } from "@cortensor/protocol";
import type { AnswerEvent, AskOptions, Cortensor, Model } from "@cortensor/sdk";
import { proxyRefusal, unsealable } from "./proxyRefusal.js";

export type SealedGatewayParts = {
  /** One whose asks are sealed. It pays. */
  readonly client: Pick<Cortensor, "streamChat" | "streamComplete">;
  readonly isKey: (bearer: string) => boolean;
  /** What the router offers, as it last said. */
  readonly models: () => readonly Model[];
  /** Who runs the proxy is a router's operator: a router's operator reads what it is asked. */
  readonly isOperator: boolean;
  readonly onUnexpected: (error: unknown) => void;
};

/** The one caller: whoever has the proxy's key. Which account pays is the client's matter. */
const CALLER = { account: 0, custody: "self" } as const;

/** Answers OpenAI's routes through a client that seals, on its own machine. */
export function createSealedGateway(parts: SealedGatewayParts): OpenAiGateway {
  return {
    authenticate: (bearer) => (parts.isKey(bearer) ? CALLER : undefined),
    models: parts.models,
    infer: (_caller, request, options) => infer(parts, request, options),
  };
}

async function* infer(
  parts: SealedGatewayParts,
  request: InferenceRequest,
  options: InferOptions,
): AsyncGenerator<InferEvent, void, undefined> {
  const refusal = unkept(request, options);
  if (refusal !== undefined) return yield { kind: "failed", refusal };
  try {
    for await (const event of ask(parts, request, options)) yield toInferEvent(event, parts.isOperator);
  } catch (error) {
    const known = proxyRefusal(error);
    if (known === undefined) parts.onUnexpected(error);
    yield { kind: "failed", refusal: known ?? UNEXPECTED };
  }
}

const UNEXPECTED: Refusal = { code: "miner_failed", message: "The proxy failed on this. The failure is in its log." };

/** What the client has no word for; the rest it refuses itself. */
function unkept({ prompt }: InferenceRequest, { priority }: InferOptions): Refusal | undefined {
  if (prompt.kind === "chat" && prompt.documents !== undefined) {
    return unsealable("messages", "Hosted documents can't be had sealed: their place would show.");
  }
  if (priority === "batch") return unsealable("x-cortensor-priority", "Sealed asks have no priority.");
  return undefined;
}

function ask(
  { client, models }: SealedGatewayParts,
  { modelId, prompt, params }: InferenceRequest,
  { signal, userNonce, choice }: InferOptions,
): AsyncIterable<AnswerEvent> {
  const { userSeed, ...sampling } = params;
  const model = models().find((card) => card.modelId === modelId)?.id;
  const options: AskOptions = {
    ...sampling,
    ...choice,
    signal,
    ...(model === undefined ? {} : { model }),
    ...(userNonce === undefined ? {} : { nonce: userNonce }),
    ...(userSeed === undefined ? {} : { seed: Number(userSeed) }),
  };
  return prompt.kind === "text"
    ? client.streamComplete(prompt.text, options)
    : client.streamChat(prompt.messages, options);
}

function toInferEvent(event: AnswerEvent, isOperator: boolean): InferEvent {
  if (event.kind === "text") return { kind: "text", text: event.text, ids: [] };
  const taskId = requireTaskId(event.taskId);
  if (event.kind === "started") return { kind: "started", taskId };
  const { finish, promptTokens: nIn, completionTokens: nOut, proof: label, sealing } = event;
  // Fee and segments stand in the receipt: OpenAI's answers have no place for them.
  const done = { kind: "done", taskId, finish, nIn, nOut, feeWei: 0n, segments: 1, label } as const;
  return { ...done, readable: readableBy(sealing, isOperator) };
}

/** An answer is called sealed when its client says by what, and no router's operator reads it here. */
export function readableBy(sealing: SealingLabel | undefined, isOperator: boolean): ReadableView {
  return sealing === undefined || isOperator ? { privacy: "open" } : { privacy: "sealed", sealing };
}

function requireTaskId(text: string): Bytes32 {
  if (isBytes32(text)) return text;
  throw new Error("a task's id of another form");
}
