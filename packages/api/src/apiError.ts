import type { Refusal } from "./gateway.js";

/** A refusal as an HTTP answer. The routes of `/v1` render it in OpenAI's shape, the others by RFC 9457. */
export type ApiError = {
  readonly status: number;
  readonly type: string;
  readonly code: string;
  readonly message: string;
  /** The offending field, as `messages[0].content`. */
  readonly param?: string;
  readonly retryAfterSeconds?: number;
};

/** `{"error":{message,type,param,code}}`, as OpenAI's clients read it. */
export function openAiErrorBody(error: ApiError): string {
  const { message, type, code } = error;
  return JSON.stringify({ error: { message, type, param: error.param ?? null, code } });
}

/** RFC 9457, media type `application/problem+json`. `code` is the same word as on the `/v1` routes. */
export function problemBody(error: ApiError): string {
  return JSON.stringify({
    type: `urn:cortensor:error:${error.code}`,
    title: error.type,
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(error.param === undefined ? {} : { param: error.param }),
  });
}

export function invalidRequest(message: string, code: string, param?: string): ApiError {
  return { status: 400, type: "invalid_request_error", code, message, ...(param === undefined ? {} : { param }) };
}

export function unsupportedOption(param: string, why: string): ApiError {
  return invalidRequest(`'${param}' is not supported: ${why}`, "unsupported_parameter", param);
}

export const INVALID_KEY: ApiError = {
  status: 401,
  type: "invalid_request_error",
  code: "invalid_api_key",
  message: "The bearer key is missing, unknown, expired or revoked.",
};

export const INTERNAL_ERROR: ApiError = {
  status: 500,
  type: "server_error",
  code: "internal_error",
  message: "The router failed on this request. The failure is in its log.",
};

/** A part that the router needs, its database as a rule, is away for a moment. */
export const UNAVAILABLE: ApiError = {
  status: 503,
  type: "server_error",
  code: "temporarily_unavailable",
  message: "The router can't answer this now: a part that it needs is away. Ask again.",
  retryAfterSeconds: 2,
};

/** Status, type and OpenAI's own code where it has one, for each refusal of the router. */
const REFUSALS: Readonly<Record<Refusal["code"], Pick<ApiError, "status" | "type" | "code">>> = {
  insufficient_balance: { status: 402, type: "insufficient_quota", code: "insufficient_balance" },
  debit_required: { status: 402, type: "insufficient_quota", code: "debit_required" },
  spending_cap_reached: { status: 402, type: "insufficient_quota", code: "spending_cap_reached" },
  session_unsupported: { status: 400, type: "invalid_request_error", code: "session_unsupported" },
  not_a_member: { status: 403, type: "invalid_request_error", code: "not_a_member" },
  fee_above_limit: { status: 402, type: "invalid_request_error", code: "fee_above_limit" },
  sink_full: { status: 429, type: "rate_limit_error", code: "sink_full" },
  task_limit_reached: { status: 403, type: "invalid_request_error", code: "task_limit_reached" },
  model_not_found: { status: 404, type: "invalid_request_error", code: "model_not_found" },
  prompt_too_long: { status: 400, type: "invalid_request_error", code: "context_length_exceeded" },
  document_unavailable: { status: 422, type: "invalid_request_error", code: "document_unavailable" },
  no_miner: { status: 503, type: "server_error", code: "no_miner" },
  overloaded: { status: 429, type: "rate_limit_error", code: "overloaded" },
  timeout: { status: 504, type: "server_error", code: "timeout" },
  envelope_refused: { status: 400, type: "invalid_request_error", code: "envelope_refused" },
  miner_failed: { status: 502, type: "server_error", code: "miner_failed" },
  rate_stale: { status: 503, type: "server_error", code: "rate_stale" },
  sealed_unsupported: { status: 400, type: "invalid_request_error", code: "sealed_unsupported" },
  sealing_fault: { status: 502, type: "server_error", code: "sealing_fault" },
  router_refused: { status: 502, type: "server_error", code: "router_refused" },
  router_unreachable: { status: 503, type: "server_error", code: "router_unreachable" },
  shutting_down: { status: 503, type: "server_error", code: "shutting_down" },
};

/** Whether a word is one of the router's refusals. */
export function isRefusalCode(code: string): code is Refusal["code"] {
  return Object.hasOwn(REFUSALS, code);
}

/** Wait advised with a refusal that passes by itself, when the router names none. */
const RETRY_AFTER_SECONDS = 1;

export function refusalError(refusal: Refusal): ApiError {
  const known = REFUSALS[refusal.code];
  const passes = known.status === 429 || known.status === 503;
  const retryAfterSeconds = refusal.retryAfterSeconds ?? (passes ? RETRY_AFTER_SECONDS : undefined);
  const param = refusal.param === undefined ? {} : { param: refusal.param };
  return {
    ...known,
    message: refusal.message,
    ...param,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}
