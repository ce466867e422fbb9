import { ATTESTATION_KINDS, type DutyPayProof, isAddress } from "@cortensor/protocol";
import type { FastifyInstance } from "fastify";
import { type ApiError, invalidRequest } from "./apiError.js";
import type { GuardGateway } from "./guardGateway.js";
import { sendJson } from "./networkRoutes.js";
import { sendBytes } from "./sendBytes.js";
import { sendProblem } from "./sendError.js";
import { toWhole } from "./toWhole.js";

type Key = { readonly subject: string; readonly kind: string; readonly epoch: string };

/**
 * `/v1/attestations/{subject}/{kind}/{epoch}`: the signatures that a guard has seen of one key, its own among them.
 * `/v1/roots/{source}/{epoch}`: the same of a source on another chain. `/v1/virtual-blocks/{epoch}`: a virtual block's bytes. `/v1/duty-pay/{validator}`: what a validator has earned, with proofs. Public: whoever
 * reads them checks them.
 */
export function addGuardRoutes(server: FastifyInstance, { gateway }: { readonly gateway: GuardGateway }): void {
  server.get<{ Params: Key }>("/v1/attestations/:subject/:kind/:epoch", (request, reply) => {
    const { params } = request;
    const [subjectChainId, epoch] = [toWhole(params.subject), toWhole(params.epoch)];
    const kind = ATTESTATION_KINDS.find((one) => one === params.kind);
    if (subjectChainId === undefined) return sendProblem(reply, malformed("subject", "a chain id"));
    if (kind === undefined) return sendProblem(reply, malformed("kind", `one of ${ATTESTATION_KINDS.join(", ")}`));
    if (epoch === undefined) return sendProblem(reply, malformed("epoch", "the number of an epoch"));
    const signatures = gateway.findAttestations({ subjectChainId, kind, epoch });
    return sendJson(reply, { subjectChainId, kind, epoch, signatures });
  });
  server.get<{ Params: { readonly source: string; readonly epoch: string } }>(
    "/v1/roots/:source/:epoch",
    (request, reply) => {
      const { source } = request.params;
      const epoch = toWhole(request.params.epoch);
      if (epoch === undefined) return sendProblem(reply, malformed("epoch", "the number of an epoch"));
      const signatures = gateway.findRoots({ source, epoch });
      return signatures === undefined ? sendProblem(reply, NO_SOURCE) : sendJson(reply, { source, epoch, signatures });
    },
  );
  server.get<{ Params: Pick<Key, "epoch"> }>("/v1/virtual-blocks/:epoch", (request, reply) => {
    const epoch = toWhole(request.params.epoch);
    if (epoch === undefined) return sendProblem(reply, malformed("epoch", "the number of an epoch"));
    const bytes = gateway.findVirtualBlock(epoch);
    return bytes === undefined ? sendProblem(reply, NO_BLOCK) : sendBytes(reply, bytes);
  });
  server.get<{ Params: { readonly validator: string } }>("/v1/duty-pay/:validator", (request, reply) => {
    const validator = request.params.validator.toLowerCase();
    if (!isAddress(validator)) return sendProblem(reply, malformed("validator", "an address"));
    return sendJson(reply, { validator, proofs: gateway.findDutyPay(validator).map(toShown) });
  });
}

function toShown({ earnedWei, parts, path }: DutyPayProof) {
  const { subjectChainId, fromEpoch, epoch, count, merkleRoot } = parts;
  return { earnedWei: earnedWei.toString(), subjectChainId, fromEpoch, epoch, count, merkleRoot, path };
}

function malformed(param: string, expected: string): ApiError {
  return invalidRequest(`'${param}' is ${expected}.`, "invalid_value", param);
}

const NO_BLOCK: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "virtual_block_not_found",
  message: "There is no virtual block of that epoch here: it is covered by a later one, or it isn't made yet.",
};

const NO_SOURCE: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "source_not_found",
  message: "This guard signs nothing of that source.",
};
