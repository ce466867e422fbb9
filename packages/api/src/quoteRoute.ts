import { LEVEL_MAX, PRIVACIES, REDUNDANCY_MAX, VALIDATORS_MAX } from "@cortensor/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { INVALID_KEY, refusalError } from "./apiError.js";
import { findCaller } from "./bearer.js";
import type { Gateway, QuoteRequest } from "./gateway.js";
import { sendJson } from "./networkRoutes.js";
import { parseChatRequest } from "./parseChatRequest.js";
import { parseCompletionRequest } from "./parseCompletionRequest.js";
import { type FindModel, type RefusedRequest, refused } from "./parsedRequest.js";
import { parseEmbeddingRequest } from "./parseEmbeddingRequest.js";
import { readChoice } from "./readChoice.js";
import { schemaError } from "./schemaError.js";
import { sendProblem } from "./sendError.js";

/** What a quote's body has beside the request's own fields. */
const options = z.object({
  session: z
    .strictObject({
      redundant: z.int().min(1).max(REDUNDANCY_MAX).optional(),
      numOfValidatorNodes: z.int().min(0).max(VALIDATORS_MAX).optional(),
      sla: z.int().min(0).max(LEVEL_MAX).optional(),
      privacy: z.enum(PRIVACIES).optional(),
    })
    .default({}),
  denomination: z.enum(["llm", "cor"]).default("llm"),
});

/** `POST /api/v1/quote`: the body of a chat, completion or embedding request, priced in place of answered. */
export function addQuoteRoute(server: FastifyInstance, gateway: Gateway): void {
  const findModel: FindModel = (name) => gateway.models().find((card) => card.id === name);
  server.post("/api/v1/quote", async (request, reply) => {
    const caller = await findCaller(gateway, request.headers.authorization);
    if (caller === undefined) return sendProblem(reply, INVALID_KEY);
    const chosen = readChoice(request.headers, request.body);
    if (chosen.kind === "refused") return sendProblem(reply, chosen.error);
    const parsed = parseQuote(request.body, findModel);
    if (parsed.kind === "refused") return sendProblem(reply, parsed.error);
    const { choice } = chosen;
    const outcome = await gateway.quote(caller, choice === undefined ? parsed.request : { ...parsed.request, choice });
    if (outcome.kind === "refused") return sendProblem(reply, refusalError(outcome.refusal));
    return sendJson(reply, outcome.quote);
  });
}

type ParsedQuote = { readonly kind: "parsed"; readonly request: QuoteRequest };

function parseQuote(body: unknown, findModel: FindModel): ParsedQuote | RefusedRequest {
  const parsed = options.safeParse(body);
  if (!parsed.success) return refused(schemaError(parsed.error, body));
  const { session, denomination } = parsed.data;
  const work = parseWork(body, findModel);
  if (work.kind === "refused") return work;
  const terms = Object.fromEntries(Object.entries(session).filter(([, value]) => value !== undefined));
  return { kind: "parsed", request: { work: work.work, terms, denomination } };
}

/** `input` is an embedding's, `prompt` a completion's; everything else is read as a chat. */
function parseWork(
  body: unknown,
  findModel: FindModel,
): { readonly kind: "parsed"; readonly work: QuoteRequest["work"] } | RefusedRequest {
  const has = (field: string): boolean => typeof body === "object" && body !== null && Object.hasOwn(body, field);
  if (has("input")) {
    const parsed = parseEmbeddingRequest(body, findModel);
    if (parsed.kind === "refused") return parsed;
    return { kind: "parsed", work: { kind: "embedding", model: parsed.model, texts: parsed.texts } };
  }
  const parsed = has("prompt") ? parseCompletionRequest(body, findModel) : parseChatRequest(body, findModel);
  if (parsed.kind === "refused") return parsed;
  return { kind: "parsed", work: { kind: "generation", request: parsed.request } };
}
