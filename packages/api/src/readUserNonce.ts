import type { IncomingHttpHeaders } from "node:http";
import { isBytes32 } from "@cortensor/protocol";
import { invalidRequest } from "./apiError.js";
import type { InferOptions } from "./gateway.js";
import { type RefusedRequest, refused } from "./parsedRequest.js";

/** Header with which a customer takes part in choosing the sampler's seed: 32 bytes in hex, with or without `0x`. */
export const NONCE_HEADER = "x-cortensor-nonce";

export function readUserNonce(
  headers: IncomingHttpHeaders,
): { readonly kind: "nonce"; readonly options: Pick<InferOptions, "userNonce"> } | RefusedRequest {
  const given = headers[NONCE_HEADER];
  if (given === undefined) return NO_NONCE;
  const text = String(given).toLowerCase();
  const userNonce = text.startsWith("0x") ? text : `0x${text}`;
  if (isBytes32(userNonce)) return { kind: "nonce", options: { userNonce } };
  return refused(
    invalidRequest(`The header '${NONCE_HEADER}' must be 32 bytes in hex.`, "invalid_value", NONCE_HEADER),
  );
}

const NO_NONCE = { kind: "nonce", options: {} } as const;
