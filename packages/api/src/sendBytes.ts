import type { FastifyReply } from "fastify";

/** Sends bytes as they are. */
export function sendBytes(reply: FastifyReply, bytes: Uint8Array): FastifyReply {
  return reply
    .header("content-type", "application/octet-stream")
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
