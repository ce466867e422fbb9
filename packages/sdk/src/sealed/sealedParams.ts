import { canonicalParams, maxPromptTokens, type Prompt, type SamplingParams, TOP_K_MAX } from "@cortensor/protocol";
import type { AskOptions } from "../answers.js";
import type { Model } from "../networkShapes.js";
import { SdkError } from "../sdkError.js";

/** Output tokens when the request names no limit, as routers have them for open asks. */
const DEFAULT_OUTPUT_TOKENS = 1_024;
const DEFAULT_COMPLETION_TOKENS = 16;
/** Prompts are sized up to a power of two of so many bytes. */
const BUCKET_BYTES = 256;

/** The canonical parameters that an ask's options stand for, with OpenAI's defaults. Throws SDK_SEALED_UNSUPPORTED for what can't be kept. */
export function sealedParams(prompt: Prompt, options: AskOptions, model: Pick<Model, "contextTokens">): SamplingParams {
  refuseUnsupported(options);
  const { stop, maxTokens } = options;
  const fallback = prompt.kind === "text" ? DEFAULT_COMPLETION_TOKENS : DEFAULT_OUTPUT_TOKENS;
  const most = Math.min(fallback, Math.max(1, Math.floor(model.contextTokens / 2)));
  return canonicalParams({
    temperature: options.temperature ?? 1,
    topK: options.topK ?? TOP_K_MAX,
    topP: options.topP ?? 1,
    minP: options.minP ?? 0,
    presencePenalty: options.presencePenalty ?? 0,
    frequencyPenalty: options.frequencyPenalty ?? 0,
    logitBias: options.logitBias ?? {},
    stop: typeof stop === "string" ? [stop] : (stop ?? []),
    maxTokens: maxTokens ?? most,
  });
}

/** Most tokens that the prompt may be charged for. Rounded up, so that the router learns its size up to a power of two. */
export function sealedMaxIn(prompt: Prompt, model: Pick<Model, "contextTokens">): number {
  const least = maxPromptTokens(prompt);
  let most = BUCKET_BYTES;
  while (most < least) most *= 2;
  return Math.min(most, model.contextTokens);
}

/** A seed of one's own is one that no router may know of, copies would each need an envelope, and nobody else may look at the answer. */
function refuseUnsupported({ seed, validation, redundancy }: AskOptions): void {
  if (seed !== undefined) throw unsupported("seed");
  if (validation !== undefined && validation !== "none") throw unsupported("validation");
  if (redundancy !== undefined && redundancy !== 1) throw unsupported("redundancy");
}

function unsupported(option: string): SdkError {
  return new SdkError({ code: "SDK_SEALED_UNSUPPORTED", option });
}
