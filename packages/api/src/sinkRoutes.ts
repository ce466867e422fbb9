import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { type ApiError, INVALID_KEY, invalidRequest } from "./apiError.js";
import { findCaller } from "./bearer.js";
import type { Gateway } from "./gateway.js";
import { sendJson } from "./networkRoutes.js";
import { schemaError } from "./schemaError.js";
import { sendProblem } from "./sendError.js";
import type { SinkOutcome } from "./sinkDesk.js";

/** The longest names, passwords and chains of certificates in use. */
const TARGET_CHARS_MAX = 65_536;
const url = z.string().min(1).max(TARGET_CHARS_MAX);
const text = z.string().max(TARGET_CHARS_MAX).optional();
const target = z.union([
  url,
  z.strictObject({ url, secret: text, ca: text, schema: text, table: text }).transform((json) => JSON.stringify(json)),
]);
const body = z.strictObject({ target });

/** `POST`, `GET` and `DELETE /api/v1/sink`: where a session's prompts, results, usage and receipts go. For its owner's wallet. */
export function addSinkRoutes(
  server: FastifyInstance,
  { gateway }: { readonly gateway: Pick<Gateway, "authenticate" | "sinks"> },
): void {
  server.post("/api/v1/sink", async (request, reply) => {
    const caller = await findCaller(gateway, request.headers.authorization);
    if (caller === undefined) return sendProblem(reply, INVALID_KEY);
    const parsed = body.safeParse(request.body);
    // Without what was given: it may hold a password.
    if (!parsed.success) return sendProblem(reply, { ...schemaError(parsed.error, undefined), message: MALFORMED });
    return sendOutcome(reply, await gateway.sinks.set(caller, parsed.data.target));
  });
  server.get("/api/v1/sink", async (request, reply) => {
    const caller = await findCaller(gateway, request.headers.authorization);
    if (caller === undefined) return sendProblem(reply, INVALID_KEY);
    return sendOutcome(reply, await gateway.sinks.show(caller));
  });
  server.delete<{ Querystring: { discard?: string } }>("/api/v1/sink", async (request, reply) => {
    const caller = await findCaller(gateway, request.headers.authorization);
    if (caller === undefined) return sendProblem(reply, INVALID_KEY);
    const { discard = "false" } = request.query;
    if (discard !== "true" && discard !== "false") return sendProblem(reply, BAD_DISCARD);
    const outcome = await gateway.sinks.remove(caller, { discards: discard === "true" });
    if (outcome.kind !== "removed") return sendOutcome(reply, outcome);
    const { waiting, discarded } = outcome;
    return sendJson(reply, { removed: true, waiting, discarded });
  });
}

function sendOutcome(reply: FastifyReply, outcome: SinkOutcome): FastifyReply {
  switch (outcome.kind) {
    case "shown":
      return sendJson(reply.header("cache-control", "no-store"), outcome.sink);
    case "forbidden":
      return sendProblem(reply, FORBIDDEN);
    case "unset":
      return sendProblem(reply, NOT_SET);
    case "refused":
      return sendProblem(reply, { ...REFUSED, message: outcome.message });
  }
}

const MALFORMED = "'target' is a URL, or an object of url, secret, ca, schema and table.";
const BAD_DISCARD = invalidRequest("'discard' is true or false.", "invalid_value", "discard");
const REFUSED: ApiError = { status: 400, type: "invalid_request_error", code: "sink_refused", message: "" };
const FORBIDDEN: ApiError = {
  status: 403,
  type: "invalid_request_error",
  code: "sink_forbidden",
  message: "Only the wallet that owns the session may see or change its sink; an API key may not.",
};
const NOT_SET: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "sink_not_set",
  message: "The session has no sink at this operator.",
};
