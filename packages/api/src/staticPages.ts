import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/** Serves the dashboard's built files at `/`. Hashed assets may be kept for good, the page itself is asked for anew. */
export function addStaticPages(server: FastifyInstance, folder: string): void {
  server.register(fastifyStatic, {
    root: folder,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.includes("/assets/");
      reply.header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
      reply.header("x-content-type-options", "nosniff");
    },
  });
}
