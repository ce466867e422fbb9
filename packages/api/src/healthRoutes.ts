import type { Metrics } from "@cortensor/runtime";
import type { FastifyInstance } from "fastify";
import type { Gateway } from "./gateway.js";
import { sendJson } from "./networkRoutes.js";

/** What `/metrics` serves. */
export type MetricsSource = Pick<Metrics, "render">;

/** `/health` (alive), `/ready` (serves, or says why not), `/metrics` (Prometheus). */
export function addHealthRoutes(
  server: FastifyInstance,
  { gateway, metrics }: { readonly gateway: Pick<Gateway, "health">; readonly metrics?: MetricsSource },
): void {
  server.get("/health", (_request, reply) => {
    const { live } = gateway.health();
    return sendJson(reply.code(live ? 200 : 503), { live });
  });
  server.get("/ready", (_request, reply) => {
    const { ready, reasons } = gateway.health();
    return sendJson(reply.code(ready ? 200 : 503), { ready, reasons });
  });
  if (metrics === undefined) return;
  server.get("/metrics", async (_request, reply) => {
    const { contentType, body } = await metrics.render();
    return reply.header("content-type", contentType).send(body);
  });
}
