import type { FastifyInstance } from "fastify";
import { sendJson } from "./networkRoutes.js";

/** Where a node gives its content to peers, as `/ip4/…/tcp/…/p2p/<id>`; none while it doesn't. */
export type ContentPlace = () => readonly string[];

/** `/v1/content`: the same at routers and guards, so that whoever knows an endpoint of the registry finds its peer. */
export function addContentRoute(server: FastifyInstance, place: ContentPlace): void {
  server.get("/v1/content", (_request, reply) => sendJson(reply, { addresses: place() }));
}
