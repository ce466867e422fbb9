import type { IncomingHttpHeaders } from "node:http";
import { type Bytes32, isBytes32 } from "@cortensor/protocol";
import { type ApiError, invalidRequest } from "./apiError.js";
import type { InferOptions, Priority } from "./gateway.js";
import { type RefusedRequest, refused } from "./parsedRequest.js";

/** Header with which a customer takes part in choosing the sampler's seed: 32 bytes in hex, with or without `0x`. */
export const NONCE_HEADER = "x-cortensor-nonce";
/** Header by which a client lets others go first: `batch`. Nothing is above `interactive`, what a request is without it. */
export const PRIORITY_HEADER = "x-cortensor-priority";

type TaskOptions = Pick<InferOptions, "userNonce" | "priority">;

/** What a client may say of a task beside its body. */
export function readTaskHeaders(
  headers: IncomingHttpHeaders,
): { readonly kind: "read"; readonly options: TaskOptions } | RefusedRequest {
  const nonce = headers[NONCE_HEADER];
  const priority = headers[PRIORITY_HEADER];
  if (nonce === undefined && priority === undefined) return NOTHING;
  const userNonce = nonce === undefined ? undefined : parseNonce(String(nonce));
  if (nonce !== undefined && userNonce === undefined) return refused(BAD_NONCE);
  if (priority !== undefined && !isPriority(priority)) return refused(BAD_PRIORITY);
  return { kind: "read", options: { ...(userNonce && { userNonce }), ...(priority && { priority }) } };
}

function parseNonce(given: string): Bytes32 | undefined {
  const text = given.toLowerCase();
  const nonce = text.startsWith("0x") ? text : `0x${text}`;
  return isBytes32(nonce) ? nonce : undefined;
}

function isPriority(given: string | string[]): given is Priority {
  return given === "interactive" || given === "batch";
}

const NOTHING = { kind: "read", options: {} } as const;
const BAD_NONCE = badHeader(NONCE_HEADER, "32 bytes in hex");
const BAD_PRIORITY = badHeader(PRIORITY_HEADER, "'interactive' or 'batch'");

function badHeader(name: string, expected: string): ApiError {
  return invalidRequest(`The header '${name}' must be ${expected}.`, "invalid_value", name);
}
