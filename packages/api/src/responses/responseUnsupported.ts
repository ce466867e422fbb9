import type { UnsupportedOption } from "../unsupportedOptions.js";

/** The one thing that `include` can add here: the passages that `file_search` found. */
export const INCLUDED_RESULTS = "file_search_call.results";

const never = () => false;
const isFalse = (value: unknown) => value === false;
const isZero = (value: unknown) => value === 0;

/** Options of OpenAI's responses that nothing here does; a harmless value of one passes. */
export const RESPONSE_UNSUPPORTED: readonly UnsupportedOption[] = [
  { param: "background", isHarmless: isFalse, why: "an answer is waited for, or streamed." },
  { param: "prompt", isHarmless: never, why: "no prompt templates are kept here." },
  {
    param: "tools",
    isHarmless: (value) => all(value, (tool) => isObject(tool) && tool.type === "file_search"),
    why: "tool calls are not yet available; of tools there is file_search.",
  },
  { param: "tool_choice", isHarmless: isToolChoice, why: "only 'auto', 'none', 'required' or file_search." },
  { param: "max_tool_calls", isHarmless: never, why: "files are searched once, before the model is asked." },
  { param: "reasoning", isHarmless: isEmptyReasoning, why: "no effort can be asked of the models here." },
  {
    param: "text",
    isHarmless: isPlainText,
    why: "only the format 'text'; constrained JSON output is not yet available.",
  },
  {
    param: "truncation",
    isHarmless: (value) => value === "disabled",
    why: "an input that is too long is refused, never cut.",
  },
  {
    param: "include",
    isHarmless: (value) => all(value, (one) => one === INCLUDED_RESULTS),
    why: `only '${INCLUDED_RESULTS}'.`,
  },
  { param: "top_logprobs", isHarmless: isZero, why: "answers carry no log-probabilities yet." },
  { param: "modalities", isHarmless: (value) => all(value, (one) => one === "text"), why: "answers are text only." },
  {
    param: "service_tier",
    isHarmless: (value) => value === "auto" || value === "default",
    why: "what is promised is the session's level.",
  },
];

function all(value: unknown, isGood: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isGood);
}

function isObject(value: unknown): value is { readonly type?: unknown } {
  return typeof value === "object" && value !== null;
}

function isToolChoice(value: unknown): boolean {
  if (isObject(value)) return value.type === "file_search";
  return value === "auto" || value === "none" || value === "required";
}

function isEmptyReasoning(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((one) => one === null);
}

function isPlainText(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([name, one]) => {
    if (name === "format") return one === null || (isObject(one) && one.type === "text");
    return name === "verbosity" && (one === null || one === "medium");
  });
}
