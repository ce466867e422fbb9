import type { IncomingMessage } from "node:http";
import { type ApiError, invalidRequest } from "./apiError.js";
import { BODY_BYTES_MAX, BODY_DRAIN_BYTES_MAX } from "./limits.js";

/** Carries an `ApiError` through fastify's error path. */
export class RefusedError extends Error {
  readonly refused: ApiError;
  constructor(refused: ApiError) {
    super(refused.message);
    this.name = "RefusedError";
    this.refused = refused;
  }
}

/**
 * Reads a body as JSON, whatever its content type. One over the limit is drained to `BODY_DRAIN_BYTES_MAX`, so that the sender
 * finishes sending and reads the 413.
 */
export function readJsonBody(payload: IncomingMessage, done: (error: Error | null, body?: unknown) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  payload.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
    else chunks.length = 0;
    if (bytes > BODY_DRAIN_BYTES_MAX) payload.destroy();
  });
  payload.once("error", done);
  payload.once("end", () => {
    if (bytes > BODY_BYTES_MAX) return done(new RefusedError(BODY_TOO_LARGE));
    const [only] = chunks;
    const buffer = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
    const parsed = parseJson(buffer.toString("utf8"));
    if (parsed.kind === "json") done(null, parsed.value);
    else done(new RefusedError(MALFORMED_JSON));
  });
}

export const BODY_TOO_LARGE: ApiError = {
  status: 413,
  type: "invalid_request_error",
  code: "request_too_large",
  message: `The request's body is larger than ${BODY_BYTES_MAX} bytes.`,
};

const MALFORMED_JSON = invalidRequest("The request's body is not valid JSON.", "invalid_json");

function parseJson(text: string): { readonly kind: "json"; readonly value: unknown } | { readonly kind: "malformed" } {
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "malformed" };
    throw error;
  }
}
