import { openingAskSchema, sentShareSchema, sharedKeySchema } from "@cortensor/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { type ApiError, invalidRequest } from "./apiError.js";
import { sendJson } from "./networkRoutes.js";
import type { OpeningDesk } from "./openingDesk.js";
import { schemaError } from "./schemaError.js";
import { sendProblem } from "./sendError.js";
import { toWhole } from "./toWhole.js";

/** Entries of a log in one answer. */
const ENTRIES_MAX = 256;
/** A key that was shared out among the largest set, and the question for it. */
const BODY_BYTES_MAX = 131_072;

const body = z.strictObject({ ask: openingAskSchema, shared: sharedKeySchema });

/**
 * `GET /v1/prekeys`: what shares are sealed to. `POST /v1/openings`: a drawn validator's question for this guard's share. `GET /v1/openings?from=`: all that it
 * released, for whoever wants to know who could open what. Public: the chain vouches for bundles, shares are sealed, and entries are signed.
 */
export function addOpeningRoutes(server: FastifyInstance, { openings }: { readonly openings: OpeningDesk }): void {
  server.get("/v1/prekeys", (_request, reply) =>
    sendJson(reply, { bundles: openings.bundles().map((bytes) => Buffer.from(bytes).toString("base64url")) }),
  );
  server.post("/v1/openings", { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const parsed = body.safeParse(request.body);
    if (!parsed.success) return sendProblem(reply, schemaError(parsed.error, request.body));
    const outcome = await openings.release(parsed.data.ask, parsed.data.shared);
    if (outcome.kind === "refused") return sendProblem(reply, refused(outcome.fault));
    return sendJson(reply, z.encode(sentShareSchema, outcome.sent));
  });
  server.get<{ Querystring: { readonly from?: string } }>("/v1/openings", (request, reply) => {
    const from = toWhole(request.query.from ?? "0");
    if (from === undefined) return sendProblem(reply, MALFORMED_FROM);
    return sendJson(reply, { releases: openings.log(from, ENTRIES_MAX) });
  });
}

const MALFORMED_FROM = invalidRequest("'from' is the number of an entry.", "invalid_value", "from");

function refused(fault: string): ApiError {
  return {
    status: 403,
    type: "invalid_request_error",
    code: "opening_refused",
    message: `The guard keeps its share: ${fault}.`,
  };
}
