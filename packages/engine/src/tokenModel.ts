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

/** How a prompt is to be run. */
export type PrefillHow = {
  /** In prefills of these lengths, from an empty cache. */
  readonly prefills?: readonly number[] | undefined;
  /** May begin with what the sequence holds of a prompt with the same tag, and leaves its own behind. */
  readonly warmTag?: string | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** A prompt that was run. */
export type Prefilled = {
  readonly logits: NextLogits;
  /** Lengths of the prefills that built its cache, earlier ones first. */
  readonly prefills: readonly number[];
};

/** One sequence of a language model, empty at first. Its calls are the steps of a recipe. */
export type TokenSequence = {
  /** Runs the whole prompt, or what of it isn't there yet. Undefined when aborted in between. */
  prefill(tokens: readonly number[], wanted: LogitsWanted, how?: PrefillHow): Promise<Prefilled | undefined>;
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
