import type { FastifyInstance } from "fastify";
import { type ApiError, invalidRequest, UNAVAILABLE } from "./apiError.js";
import type { EpochDesk } from "./epochDesk.js";
import { EPOCH_READS_MAX } from "./limits.js";
import { sendJson } from "./networkRoutes.js";
import { sendProblem } from "./sendError.js";
import { toWhole } from "./toWhole.js";

/**
 * `/api/v1/epochs`: the running epoch, its guards, and what was posted of the last ones. `/api/v1/virtual-blocks/{epoch}`: a virtual block's
 * contents, and which guards show it. Public; a router's word, which `cortensor epochs` asks the chain for itself.
 */
export function addEpochRoutes(server: FastifyInstance, epochs: EpochDesk): void {
  let reads = 0;
  server.get("/api/v1/epochs", async (_request, reply) => sendJson(reply, await epochs.overview()));
  server.get<{ Params: { epoch: string } }>("/api/v1/virtual-blocks/:epoch", async (request, reply) => {
    const epoch = toWhole(request.params.epoch);
    if (epoch === undefined) return sendProblem(reply, MALFORMED_EPOCH);
    if (reads >= EPOCH_READS_MAX) return sendProblem(reply, UNAVAILABLE);
    reads += 1;
    try {
      const found = await epochs.findVirtualBlock(epoch);
      return found === undefined ? sendProblem(reply, NO_VIRTUAL_BLOCK) : sendJson(reply, found);
    } finally {
      reads -= 1;
    }
  });
}

const MALFORMED_EPOCH = invalidRequest("'epoch' is the number of an epoch.", "invalid_value", "epoch");
const NO_VIRTUAL_BLOCK: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "virtual_block_not_found",
  message: "No guard shows a virtual block of that epoch: it is covered by a later one, or it isn't made yet.",
};
