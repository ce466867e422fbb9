import type { FastifyInstance, FastifyRequest } from "fastify";
import { clientSignal } from "../clientSignal.js";
import { type DataParts, dataRoute, json, refuse, responseNotFound } from "../files/dataRoute.js";

type OfResponse = FastifyRequest<{ Params: { response: string } }>;

/** `/v1/responses/{id}`, as OpenAI has it: answers that were asked to be stored, until they expire or are deleted. */
export function addResponseRoutes(server: FastifyInstance, parts: DataParts): void {
  const { conversations } = parts.data.desk;
  server.get<{ Params: { response: string } }>(
    "/v1/responses/:response",
    dataRoute(parts, async (owner, { params: { response: id } }: OfResponse, reply) => {
      const found = await conversations.find(owner, id, clientSignal(reply));
      if (found === undefined) return refuse(responseNotFound(id));
      const { response } = found.state;
      const { cortensor: own } = response;
      const said = typeof own === "object" && own !== null ? own : {};
      return json({ ...response, cortensor: { ...said, object: found.manifest } });
    }),
  );
  server.delete<{ Params: { response: string } }>(
    "/v1/responses/:response",
    dataRoute(parts, async (owner, { params: { response: id } }: OfResponse) => {
      const isGone = await conversations.remove(owner, id);
      return isGone ? json({ id, object: "response", deleted: true }) : refuse(responseNotFound(id));
    }),
  );
}
