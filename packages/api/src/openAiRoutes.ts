import type { TaskChoice } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type AnswerFormat, type AnswerIdentity, chatFormat, chunkFailure, completionFormat } from "./answerFormat.js";
import { answerStream, answerWhole, endStream, PROOF_HEADER, sendStreamHead, TASK_HEADER } from "./answerInference.js";
import { type ApiError, INVALID_KEY, refusalError, unsupportedOption } from "./apiError.js";
import { findCaller } from "./bearer.js";
import { clientSignal } from "./clientSignal.js";
import { embeddingBody } from "./embeddingBody.js";
import { type Retrieved, retrieve } from "./files/fileSearch.js";
import type { Caller, Gateway, InferOptions, ModelCard } from "./gateway.js";
import { keepAlive } from "./keepAlive.js";
import { type OpenedInference, openInference } from "./openInference.js";
import { parseChatRequest } from "./parseChatRequest.js";
import { parseCompletionRequest } from "./parseCompletionRequest.js";
import type { FindModel, ParsedRequest, RefusedRequest } from "./parsedRequest.js";
import { refused, unknownModel } from "./parsedRequest.js";
import { parseEmbeddingRequest } from "./parseEmbeddingRequest.js";
import { readChoice } from "./readChoice.js";
import { readTaskHeaders } from "./readTaskHeaders.js";
import { parseResponseRequest } from "./responses/parseResponseRequest.js";
import { recall } from "./responses/recall.js";
import { responseFailure, responseFormat } from "./responses/responseFormat.js";
import { sendOpenAiError } from "./sendError.js";

/** What these routes need of a gateway. Without `embed` there is no route for embeddings. */
export type OpenAiGateway = Pick<Gateway, "authenticate" | "models" | "infer" | "data"> &
  Partial<Pick<Gateway, "embed">>;

export type OpenAiParts = {
  readonly gateway: OpenAiGateway;
  readonly nowMs: () => number;
  readonly clock: Pick<Clock, "sleep">;
};

/** OpenAI's routes: the official clients work unchanged. */
export function addOpenAiRoutes(server: FastifyInstance, parts: OpenAiParts): void {
  const { gateway } = parts;
  const findModel: FindModel = (name) => gateway.models().find((card) => card.id === name);
  const startedSeconds = Math.floor(parts.nowMs() / 1_000);
  const infer = <Parsed extends ParsedRequest>(shape: AnswerShape<Parsed>) => {
    return (request: FastifyRequest, reply: FastifyReply) => answer(request, reply, { ...parts, findModel, shape });
  };
  server.post("/v1/chat/completions", infer({ parse: parseChatRequest, format: chatFormat, failure: chunkFailure }));
  server.post(
    "/v1/completions",
    infer({ parse: parseCompletionRequest, format: completionFormat, failure: chunkFailure }),
  );
  server.post(
    "/v1/responses",
    infer({
      parse: parseResponseRequest,
      format: (identity, { echo }) => responseFormat(identity, echo),
      failure: responseFailure,
    }),
  );
  if (gateway.embed !== undefined) {
    const embeds = { ...gateway, authenticate: gateway.authenticate, embed: gateway.embed };
    server.post("/v1/embeddings", (request, reply) => embed(request, reply, { gateway: embeds, findModel }));
  }
  server.get("/v1/models", async (request, reply) => {
    if (await hasWrongKey(gateway, request)) return sendOpenAiError(reply, INVALID_KEY);
    return { object: "list", data: gateway.models().map((card) => modelObject(card, startedSeconds)) };
  });
  server.get<{ Params: { "*": string } }>("/v1/models/*", async (request, reply) => {
    if (await hasWrongKey(gateway, request)) return sendOpenAiError(reply, INVALID_KEY);
    const name = request.params["*"];
    const card = findModel(name);
    return card === undefined ? sendOpenAiError(reply, unknownModel(name)) : modelObject(card, startedSeconds);
  });
}

/** How a route's body is read, and what its answers look like. */
type AnswerShape<Parsed extends ParsedRequest> = {
  readonly parse: (body: unknown, findModel: FindModel) => Parsed | RefusedRequest;
  readonly format: (identity: AnswerIdentity, parsed: Parsed) => AnswerFormat;
  /** The end of a stream that failed before its first word. */
  readonly failure: (error: ApiError) => string;
};

async function answer<Parsed extends ParsedRequest>(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: OpenAiParts & { readonly findModel: FindModel; readonly shape: AnswerShape<Parsed> },
): Promise<FastifyReply | undefined> {
  const { gateway, shape } = parts;
  const found = findCaller(gateway, request.headers.authorization);
  const caller = found instanceof Promise ? await found : found;
  if (caller === undefined) return sendOpenAiError(reply, INVALID_KEY);
  const asked = readTaskHeaders(request.headers);
  if (asked.kind === "refused") return sendOpenAiError(reply, asked.error);
  const chosen = readChoice(request.headers, request.body);
  if (chosen.kind === "refused") return sendOpenAiError(reply, chosen.error);
  const parsed = shape.parse(request.body, parts.findModel);
  if (parsed.kind === "refused") return sendOpenAiError(reply, parsed.error);
  const options = toOptions(asked.options, { choice: chosen.choice, signal: clientSignal(reply) });
  const recalled = await recall(parsed, { data: gateway.data, caller, signal: options.signal });
  if (recalled.kind === "refused") return sendOpenAiError(reply, recalled.error);
  const searched = await search(recalled.parsed, { ...parts, caller, options });
  if (searched.kind === "refused") return sendOpenAiError(reply, searched.error);
  const { retrieved } = searched;
  const { opened, isHeadSent } = await open(reply, retrieved ?? recalled.parsed, parsed.stream, {
    ...parts,
    caller,
    options,
  });
  if (opened.kind === "failed") {
    if (isHeadSent) {
      endStream(reply, shape.failure(refusalError(opened.refusal)));
      return undefined;
    }
    if (opened.taskId !== undefined) reply.header(TASK_HEADER, opened.taskId);
    return sendOpenAiError(reply, refusalError(opened.refusal));
  }
  const { model, includeUsage } = parsed;
  const createdSeconds = Math.floor(parts.nowMs() / 1_000);
  const identity = {
    ...{ taskId: opened.taskId, model, createdSeconds, includeUsage },
    ...(recalled.keep === undefined ? {} : { keep: recalled.keep }),
    ...(retrieved === undefined ? {} : { found: retrieved }),
  };
  const format = shape.format(identity, parsed);
  if (!parsed.stream) return answerWhole(reply, opened, format);
  if (!isHeadSent) sendStreamHead(reply, opened.taskId);
  await answerStream(reply, opened, { format, includeUsage });
  return undefined;
}

/** Looks into the client's vector stores first, where the request says so. */
async function search(
  { request, contextTokens, promptParam, fileSearch }: ParsedRequest,
  parts: { readonly gateway: OpenAiGateway; readonly caller: Caller; readonly options: InferOptions },
): Promise<{ readonly kind: "retrieved"; readonly retrieved?: Retrieved } | RefusedRequest> {
  if (fileSearch === undefined) return NOT_SEARCHED;
  const { gateway, caller, options } = parts;
  const { data } = gateway;
  if (data === undefined) return refused(unsupportedOption("tools[0].type", "this router keeps no files."));
  return retrieve({ data, caller, request, contextTokens, promptParam, signal: options.signal }, fileSearch);
}

const NOT_SEARCHED = { kind: "retrieved" } as const;

/** Waits for the first word or the failure; a stream that waits long has its head sent by then. */
async function open(
  reply: FastifyReply,
  { request }: Pick<ParsedRequest, "request">,
  stream: boolean,
  parts: Pick<OpenAiParts, "gateway" | "clock"> & { readonly caller: Caller; readonly options: InferOptions },
): Promise<{ readonly opened: OpenedInference; readonly isHeadSent: boolean }> {
  const { gateway, clock, caller, options } = parts;
  let taskId: string | undefined;
  const onStarted = (started: string): void => {
    taskId = started;
  };
  const opening = openInference(gateway, { caller, request, options, onStarted });
  const isHeadSent = stream && (await keepAlive(reply, opening, { clock, taskId: () => taskId }));
  try {
    return { opened: await opening, isHeadSent };
  } catch (error) {
    // The status is gone, and nothing true can be said any more: a cut is what clients take for a failure.
    if (isHeadSent) reply.raw.destroy();
    throw error;
  }
}

async function embed(
  request: FastifyRequest,
  reply: FastifyReply,
  { gateway, findModel }: { gateway: Pick<Gateway, "authenticate" | "embed">; findModel: FindModel },
): Promise<FastifyReply> {
  const caller = await findCaller(gateway, request.headers.authorization);
  if (caller === undefined) return sendOpenAiError(reply, INVALID_KEY);
  const asked = readTaskHeaders(request.headers);
  if (asked.kind === "refused") return sendOpenAiError(reply, asked.error);
  const chosen = readChoice(request.headers, request.body);
  if (chosen.kind === "refused") return sendOpenAiError(reply, chosen.error);
  const parsed = parseEmbeddingRequest(request.body, findModel);
  if (parsed.kind === "refused") return sendOpenAiError(reply, parsed.error);
  const { model, texts } = parsed;
  const options = toOptions(asked.options, { choice: chosen.choice, signal: clientSignal(reply) });
  const outcome = await gateway.embed(caller, { model, texts }, options);
  if (outcome.kind === "failed") return sendOpenAiError(reply, refusalError(outcome.refusal));
  reply.header(TASK_HEADER, outcome.taskId).header(PROOF_HEADER, outcome.label);
  reply.header("content-type", "application/json; charset=utf-8");
  return reply.send(embeddingBody(parsed, outcome));
}

function toOptions(
  asked: Pick<InferOptions, "userNonce" | "priority">,
  { choice, signal }: { readonly choice: TaskChoice | undefined; readonly signal: AbortSignal },
): InferOptions {
  return choice === undefined ? { ...asked, signal } : { ...asked, choice, signal };
}

/** Models are public; a key that is shown must still be a good one. */
async function hasWrongKey(gateway: Pick<Gateway, "authenticate">, request: FastifyRequest): Promise<boolean> {
  if (request.headers.authorization === undefined) return false;
  return (await findCaller(gateway, request.headers.authorization)) === undefined;
}

function modelObject(card: ModelCard, createdSeconds: number) {
  return { id: card.id, object: "model", created: createdSeconds, owned_by: "cortensor" };
}
