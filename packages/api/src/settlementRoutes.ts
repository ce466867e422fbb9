import { isBytes32 } from "@cortensor/protocol";
import type { FastifyInstance } from "fastify";
import { type ApiError, invalidRequest, UNAVAILABLE } from "./apiError.js";
import type { Gateway } from "./gateway.js";
import { SET_READS_MAX } from "./limits.js";
import { sendProblem } from "./sendError.js";

/** `/api/v1/settlements/{setCid}`: a settlement set's bytes, as their hash names them. Public; never changes. */
export function addSettlementRoutes(
  server: FastifyInstance,
  { gateway }: { readonly gateway: Pick<Gateway, "findSettlementSet"> },
): void {
  let reads = 0;
  server.get<{ Params: { cid: string } }>("/api/v1/settlements/:cid", async (request, reply) => {
    const cid = request.params.cid.toLowerCase();
    if (!isBytes32(cid)) return sendProblem(reply, MALFORMED_CID);
    if (request.headers["if-none-match"] === `"${cid}"`) return reply.code(304).send();
    if (reads >= SET_READS_MAX) return sendProblem(reply, UNAVAILABLE);
    reads += 1;
    // Counted until the answer is gone: a set that a slow reader takes stays in memory as long.
    reply.raw.once("close", () => {
      reads -= 1;
    });
    const bytes = await gateway.findSettlementSet(cid);
    if (bytes === undefined) return sendProblem(reply, NO_SET);
    return reply
      .header("content-type", "application/octet-stream")
      .header("cache-control", "public, max-age=31536000, immutable")
      .header("etag", `"${cid}"`)
      .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  });
}

const MALFORMED_CID = invalidRequest("A settlement set's CID is 32 bytes in hex with 0x.", "invalid_value", "cid");
const NO_SET: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "settlement_set_not_found",
  message: "No settlement of this operator has that set.",
};
