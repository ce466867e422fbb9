/** What an error is about: a code `ROOM_WHAT_HAPPENED` and the facts beside it. Never a key, never a prompt. */
export type ErrorData = { readonly code: string };

/** Why an error came to be, and whether the same call may succeed later. */
export type ErrorOptions = { readonly cause?: unknown; readonly isRetryable?: boolean };

/**
 * The one error of the network. Its message is derived from its data; whoever handles it reads `data.code`, never the text.
 *
 * @example throw new CodedError({ code: "ENGINE_UNREACHABLE", url }, { cause, isRetryable: true });
 */
export class CodedError<Data extends ErrorData = ErrorData> extends Error {
  readonly data: Data;
  /** True when trying again, unchanged, may succeed. False unless said otherwise. */
  readonly isRetryable: boolean;

  constructor(data: Data, options: ErrorOptions = {}) {
    super(describe(data), "cause" in options ? { cause: options.cause } : undefined);
    this.name = "CodedError";
    this.data = data;
    this.isRetryable = options.isRetryable ?? false;
  }

  get code(): Data["code"] {
    return this.data.code;
  }
}

/** Whether something caught is a coded error with this code: the way to handle another room's errors. */
export function hasCode<Code extends string>(error: unknown, code: Code): error is CodedError<{ readonly code: Code }> {
  return error instanceof CodedError && error.data.code === code;
}

/** What this room throws. */
export type ProtocolErrorData =
  | { readonly code: "PROTOCOL_ASSERTION_FAILED"; readonly what: string }
  | { readonly code: "PROTOCOL_BAD_FINGERPRINT"; readonly reason: string }
  | { readonly code: "PROTOCOL_BAD_HEX"; readonly expected: string }
  | { readonly code: "PROTOCOL_BAD_SIGNATURE"; readonly reason: string }
  | { readonly code: "PROTOCOL_BAD_KEY"; readonly reason: string }
  | { readonly code: "PROTOCOL_BAD_LOGIT"; readonly id: number; readonly logit: number }
  | { readonly code: "PROTOCOL_BAD_PARAMS"; readonly field: string; readonly reason: string }
  | { readonly code: "PROTOCOL_BAD_SEGMENTS"; readonly replica: number; readonly reason: string }
  | { readonly code: "PROTOCOL_BAD_TREE"; readonly reason: string }
  | { readonly code: "PROTOCOL_BAD_SET"; readonly entry: number; readonly reason: string }
  | { readonly code: "PROTOCOL_BAD_RECORD"; readonly what: string; readonly reason: string }
  | { readonly code: "PROTOCOL_BAD_DOCUMENT"; readonly what: string; readonly issues: readonly string[] }
  | { readonly code: "PROTOCOL_FEE_ABOVE_CAP"; readonly feeWei: bigint; readonly capWei: bigint }
  | { readonly code: "PROTOCOL_NO_CANDIDATE"; readonly position: number }
  | { readonly code: "PROTOCOL_DUPLICATE_CANDIDATE"; readonly id: number }
  | { readonly code: "PROTOCOL_OUT_OF_RANGE"; readonly field: string; readonly value: string; readonly range: string };

/** An error of this room, with one of its own codes. */
export class ProtocolError extends CodedError<ProtocolErrorData> {}

/** States what must hold. A failure is a bug, and is on in production. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new ProtocolError({ code: "PROTOCOL_ASSERTION_FAILED", what });
}

function describe(data: ErrorData): string {
  const facts = Object.entries(data).filter(([key]) => key !== "code");
  if (facts.length === 0) return data.code;
  return `${data.code}: ${facts.map(([key, value]) => `${key}=${show(value)}`).join(", ")}`;
}

function show(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return value.toString();
  return JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? inner.toString() : inner)) ?? "undefined";
}
