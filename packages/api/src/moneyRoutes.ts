import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { type ApiError, INVALID_KEY } from "./apiError.js";
import { findCaller } from "./bearer.js";
import type { Gateway } from "./gateway.js";
import { accountField, addressField, bytes32Field, signatureField, weiField } from "./hexField.js";
import { sendJson } from "./networkRoutes.js";
import { schemaError } from "./schemaError.js";
import { sendProblem } from "./sendError.js";

const access = z.object({ account: accountField, expires: z.int().min(1), signature: signatureField });
const debit = z.object({
  debit: z.object({
    account: accountField,
    lane: addressField,
    cumulativeWei: weiField,
    receiptsRoot: bytes32Field,
    count: z.int().min(0).max(4_294_967_295),
    epoch: z.int().min(0),
  }),
  signature: signatureField,
});

/** Routes of an account's owner: a bearer for a wallet's signature, what the lane owes, the debit that pays it, how it was served. */
export function addMoneyRoutes(server: FastifyInstance, { gateway }: { readonly gateway: Gateway }): void {
  server.post("/api/v1/access", async (request, reply) => {
    const parsed = access.safeParse(request.body);
    if (!parsed.success) return sendProblem(reply, schemaError(parsed.error, request.body));
    const outcome = await gateway.openAccess(parsed.data);
    if (outcome.kind === "refused") return sendProblem(reply, refusedBy("access_refused", 403, outcome.message));
    return sendJson(reply, { bearer: outcome.bearer, expires: parsed.data.expires });
  });
  server.get("/api/v1/lane", async (request, reply) => {
    const caller = await findCaller(gateway, request.headers.authorization);
    if (caller === undefined) return sendProblem(reply, INVALID_KEY);
    return sendJson(reply, await gateway.lane(caller));
  });
  server.get("/api/v1/service", async (request, reply) => {
    const caller = await findCaller(gateway, request.headers.authorization);
    if (caller === undefined) return sendProblem(reply, INVALID_KEY);
    return sendJson(reply, await gateway.service(caller));
  });
  server.post("/api/v1/debits", async (request, reply) => {
    const parsed = debit.safeParse(request.body);
    if (!parsed.success) return sendProblem(reply, schemaError(parsed.error, request.body));
    const outcome = await gateway.acceptDebit(parsed.data);
    if (outcome.kind === "refused") return sendProblem(reply, refusedBy("debit_refused", 409, outcome.message));
    return sendJson(reply, { accepted: true });
  });
}

function refusedBy(code: string, status: number, message: string): ApiError {
  return { status, type: "invalid_request_error", code, message };
}
