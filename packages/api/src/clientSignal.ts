import type { FastifyReply } from "fastify";

/** Aborts when the client goes away before its answer is sent. */
export function clientSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) controller.abort(new Error("The client closed the connection."));
  });
  return controller.signal;
}
