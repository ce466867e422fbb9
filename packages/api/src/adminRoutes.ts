import { isBytes32 } from "@cortensor/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { type ApiError, INVALID_KEY, invalidRequest } from "./apiError.js";
import { readBearer } from "./bearer.js";
import type { KeyDesk } from "./gateway.js";
import { accountField, weiField } from "./hexField.js";
import { sendJson } from "./networkRoutes.js";
import { schemaError } from "./schemaError.js";
import { sendProblem } from "./sendError.js";

/** Characters of a key's name: it is for people and lists. */
const KEY_NAME_CHARS_MAX = 128;
const create = z.object({
  account: accountField,
  name: z.string().min(1).max(KEY_NAME_CHARS_MAX),
  budgetWei: weiField.nullish(),
});

/** API keys on the operator's sessions; every route asks for the operator's admin token. */
export function addAdminRoutes(server: FastifyInstance, { keys }: { readonly keys: KeyDesk }): void {
  const refuseStrangers = (request: FastifyRequest, reply: FastifyReply, next: () => void) => {
    const bearer = readBearer(request.headers.authorization);
    if (bearer !== undefined && keys.isAdmin(bearer)) next();
    else void sendProblem(reply, INVALID_KEY);
  };
  server.post("/api/v1/admin/keys", { onRequest: refuseStrangers }, async (request, reply) => {
    const parsed = create.safeParse(request.body);
    if (!parsed.success) return sendProblem(reply, schemaError(parsed.error, request.body));
    const { account, name, budgetWei } = parsed.data;
    const outcome = await keys.create({ account, name, ...(typeof budgetWei === "bigint" ? { budgetWei } : {}) });
    if (outcome.kind === "refused") return sendProblem(reply, { ...KEY_REFUSED, message: outcome.message });
    return sendJson(reply.code(201), { key: outcome.key, keyHash: outcome.keyHash });
  });
  server.delete<{ Params: { hash: string } }>(
    "/api/v1/admin/keys/:hash",
    { onRequest: refuseStrangers },
    async (request, reply) => {
      const hash = request.params.hash.toLowerCase();
      if (!isBytes32(hash)) return sendProblem(reply, MALFORMED_HASH);
      if (!(await keys.revoke(hash))) return sendProblem(reply, NO_KEY);
      return sendJson(reply, { revoked: true });
    },
  );
}

const KEY_REFUSED: ApiError = { status: 409, type: "invalid_request_error", code: "key_refused", message: "" };
const MALFORMED_HASH = invalidRequest("A key's hash is 32 bytes in hex with 0x.", "invalid_value", "hash");
const NO_KEY: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "key_not_found",
  message: "No key of that hash is known, or it is revoked already.",
};
