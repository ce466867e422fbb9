import { type ApiError, unsupportedOption } from "./apiError.js";

/** Options that change the answer and that no miner runs yet are refused by name; a harmless value of one passes. */
export function findUnsupported(body: unknown, options: readonly UnsupportedOption[]): ApiError | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  for (const { param, isHarmless, why } of options) {
    const value: unknown = Object.hasOwn(body, param) ? Reflect.get(body, param) : undefined;
    if (value === undefined || value === null || isHarmless(value)) continue;
    return unsupportedOption(param, why);
  }
  return undefined;
}

export type UnsupportedOption = {
  readonly param: string;
  readonly isHarmless: (value: unknown) => boolean;
  readonly why: string;
};

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;
const never = () => false;
const isOne = (value: unknown) => value === 1;
/** A wrong type is the schema's to refuse. */
const isOneOrNoNumber = (value: unknown) => value === 1 || typeof value !== "number" || value < 1;
const isFalse = (value: unknown) => value === false;
const isZero = (value: unknown) => value === 0;

const N: UnsupportedOption = {
  param: "n",
  isHarmless: isOneOrNoNumber,
  why: "one answer per request; send the request again for another.",
};

export const CHAT_UNSUPPORTED: readonly UnsupportedOption[] = [
  N,
  { param: "tools", isHarmless: isFileSearch, why: "tool calls are not yet available; of tools there is file_search." },
  { param: "functions", isHarmless: isEmpty, why: "function calls are not yet available." },
  {
    param: "response_format",
    isHarmless: isTextFormat,
    why: "only the type 'text'; constrained JSON output is not yet available.",
  },
  { param: "logprobs", isHarmless: isFalse, why: "answers carry no log-probabilities yet." },
  { param: "top_logprobs", isHarmless: isZero, why: "answers carry no log-probabilities yet." },
  { param: "modalities", isHarmless: isTextOnly, why: "answers are text only." },
  { param: "audio", isHarmless: never, why: "answers are text only." },
  { param: "web_search_options", isHarmless: never, why: "models here have no web access." },
];

export const COMPLETION_UNSUPPORTED: readonly UnsupportedOption[] = [
  N,
  { param: "best_of", isHarmless: isOne, why: "one answer per request." },
  { param: "echo", isHarmless: isFalse, why: "the answer never repeats its prompt." },
  { param: "suffix", isHarmless: (value) => value === "", why: "no offered model fills in." },
  { param: "logprobs", isHarmless: never, why: "answers carry no log-probabilities yet." },
];

/** The one tool that the router itself serves. */
function isFileSearch(value: unknown): boolean {
  return Array.isArray(value) && value.every((tool) => isObject(tool) && tool.type === "file_search");
}

function isObject(value: unknown): value is { readonly type?: unknown } {
  return typeof value === "object" && value !== null;
}

function isTextFormat(value: unknown): boolean {
  return typeof value === "object" && value !== null && "type" in value && value.type === "text";
}

function isTextOnly(value: unknown): boolean {
  return Array.isArray(value) && value.every((modality) => modality === "text");
}
