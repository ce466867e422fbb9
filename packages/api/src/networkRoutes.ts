import { encodeReceiptDocument, isBytes32 } from "@cortensor/protocol";
import type { FastifyInstance, FastifyReply } from "fastify";
import { type ApiError, invalidRequest } from "./apiError.js";
import type { EventStream } from "./eventStream.js";
import type { Gateway } from "./gateway.js";
import { sendProblem } from "./sendError.js";
import { wireJson } from "./wireJson.js";

/** What a program needs to join or check this network; served at `/api/v1/info`. */
export type RouterInfo = {
  /** The network's profile, as its file has it: RPC URLs, chain ids, addresses. */
  readonly profile?: unknown;
  /** Path on this server to which miners connect. */
  readonly wirePath?: string;
  /** The router's connection key, if miners should check it before they ask the chain. */
  readonly connectionKey?: string;
};

/** Public routes about the network: what is here, what happens, what a task's receipt says. */
export function addNetworkRoutes(
  server: FastifyInstance,
  parts: {
    readonly gateway: Gateway;
    readonly events: EventStream;
    readonly info: () => RouterInfo;
    readonly version: string;
  },
): void {
  const { gateway, events } = parts;
  server.get("/api/v1/info", (_request, reply) => {
    const { address, operator, spendingKey } = gateway.network().router;
    return sendJson(reply, {
      name: "cortensor",
      version: parts.version,
      router: { address, operator, ...(spendingKey === undefined ? {} : { spendingKey }) },
      models: gateway.models(),
      ...parts.info(),
    });
  });
  server.get("/api/v1/network", (_request, reply) => sendJson(reply, gateway.network()));
  server.get("/api/v1/miners", (_request, reply) => sendJson(reply, { miners: gateway.network().miners }));
  server.get("/api/v1/tasks/events", (_request, reply) => events.add(reply));
  server.get<{ Params: { id: string } }>("/api/v1/receipts/:id", async (request, reply) => {
    const id = toTaskId(request.params.id);
    if (id === undefined) return sendProblem(reply, MALFORMED_ID);
    const document = await gateway.findReceipt(id);
    if (document === undefined) return sendProblem(reply, NO_RECEIPT);
    return sendJson(reply, encodeReceiptDocument(document));
  });
}

export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.header("content-type", "application/json; charset=utf-8").send(wireJson(value));
}

/** A task's id, plain or as the answer's `id` has it (`chatcmpl-…`, `cmpl-…`). */
function toTaskId(text: string) {
  const hex = text
    .toLowerCase()
    .replace(/^(chatcmpl-|cmpl-)/, "")
    .replace(/^0x/, "");
  const id = `0x${hex}`;
  return isBytes32(id) ? id : undefined;
}

const MALFORMED_ID = invalidRequest("A task's id is 32 bytes in hex.", "invalid_value", "id");
const NO_RECEIPT: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "receipt_not_found",
  message: "No receipt of that task is known here; one is kept within half a second of the answer's end.",
};
