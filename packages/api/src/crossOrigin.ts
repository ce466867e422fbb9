import type { FastifyInstance } from "fastify";

/** Which web pages may call this server: every one, the listed origins, or none but its own. */
export type CrossOrigin = "any" | readonly string[];

/** Answers browsers' preflights and names allowed origins. Keys travel in a header, never in a cookie. */
export function addCrossOrigin(server: FastifyInstance, allowed: CrossOrigin): void {
  if (allowed.length === 0) return;
  server.addHook("onRequest", (request, reply, next) => {
    const { origin } = request.headers;
    if (origin === undefined || !(allowed === "any" || allowed.includes(origin))) return next();
    const { raw } = reply;
    raw.setHeader("access-control-allow-origin", allowed === "any" ? "*" : origin);
    raw.setHeader("vary", "origin");
    raw.setHeader("access-control-expose-headers", "x-cortensor-task, x-cortensor-proof, retry-after");
    if (request.method !== "OPTIONS") return next();
    raw.setHeader("access-control-allow-methods", "GET, POST, DELETE, OPTIONS");
    raw.setHeader("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "*");
    raw.setHeader("access-control-max-age", "86400");
    void reply.code(204).send();
  });
}
