import type { Candidate } from "@cortensor/protocol";

/** Which logits a step must return: the highest `top`, and those of `ids` wherever they stand. */
export type LogitsWanted = { readonly top: number; readonly ids: readonly number[] };

/** Raw logits of the next token. */
export type NextLogits = {
  /** Each id once. */
  readonly candidates: readonly Candidate[];
  /** ln Σ exp(logit) over the whole vocabulary. */
  readonly logNormaliser: number;
};

/** One sequence of a language model, empty at first. Its calls are the steps of a recipe. */
export type TokenSequence = {
  /** Runs the whole prompt. Undefined when aborted in between. */
  prefill(tokens: readonly number[], wanted: LogitsWanted, signal?: AbortSignal): Promise<NextLogits | undefined>;
  /** Runs one token. */
  step(token: number, wanted: LogitsWanted): NextLogits | Promise<NextLogits>;
};

/** What a model's tokens mean. */
export type Vocabulary = {
  readonly tokens: number;
  /** Whether the model ends its answer by this token. */
  isEnd(id: number): boolean;
  /** Bytes of the token's text; empty for control tokens, which are never shown. */
  bytesOf(id: number): Uint8Array;
};
