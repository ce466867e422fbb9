import Fastify, { type FastifyInstance } from "fastify";
import { BODY_BYTES_MAX, KEEP_ALIVE_MS, REQUEST_TIMEOUT_MS } from "./limits.js";
import { trackConnections } from "./trackConnections.js";

/** A server of one node for few clients, without routes. Those beyond `connectionsMax` are turned away by the system; `close` ends connections. */
export function createSmallServer(connectionsMax: number): FastifyInstance {
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: false,
  });
  server.server.maxConnections = connectionsMax;
  const connections = trackConnections(server.server, { isTls: false });
  server.addHook("preClose", (done) => {
    connections.close();
    done();
  });
  return server;
}
