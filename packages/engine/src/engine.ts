import type { Bytes32, FinishReason, Prompt, RecipeStep, SamplingParams } from "@cortensor/protocol";
import type { OnUse } from "./engineUse.js";
import type { KernelParts } from "./kernelClass.js";

/**
 * Runs one model on this machine. Everything that a role knows about inference goes through here.
 * Implementations: llama.cpp in a child process, any OpenAI-compatible server, scripted. All pass `engineCompliance`.
 */
export type Engine = {
  describe(): EngineDescription;
  /** Token ids of the template-applied prompt, special tokens included. What a client is charged for. */
  tokenizePrompt(prompt: Prompt): Promise<readonly number[]>;
  /** Streams tokens. Ends with exactly one `end` event, also on abort; throws a CodedError when the engine broke. */
  generate(job: GenerateJob): AsyncIterable<GenerateEvent>;
  /**
   * How likely given output tokens were, and what else the sampler could have chosen, from one prefill: one score for each from `from` on.
   * Refused with ENGINE_CANNOT_SCORE where `canScore` is false.
   */
  score(job: ScoreJob): Promise<readonly TokenScore[]>;
  /** What tokens spell, for whoever checks where an answer had to end. Refused with ENGINE_BAD_JOB for a foreign token. */
  spell(tokens: readonly number[]): Promise<readonly TokenSpelling[]>;
  /** One vector per text, normalised to length 1, and the tokens charged. */
  embed(
    texts: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ readonly vectors: readonly Float32Array[]; readonly tokens: number }>;
  close(): Promise<void>;
};

/** What an engine says of a model it can't look into: what it answers can't be done again bit by bit. */
export const QUANTISATION_UNKNOWN = "unknown";

export type EngineDescription = {
  readonly kind: "llama" | "http" | "scripted";
  /** Name clients use, e.g. `cortensor-5m`. */
  readonly model: string;
  readonly modelId: Bytes32;
  readonly quantisation: string;
  readonly contextTokens: number;
  readonly vocabularyTokens: number;
  /** Sequences it can run at once. */
  readonly slots: number;
  /** keccak256(engineVersion ‖ binaryHash ‖ backend ‖ isaLevel ‖ kvType ‖ stepShape): replay is bit-exact within one. */
  readonly kernelClass: Bytes32;
  /** What the class was computed from, for people to read. */
  readonly kernel?: KernelParts;
  readonly canScore: boolean;
  readonly canEmbed: boolean;
  /** Measured at start: output tokens a second, one sequence. */
  readonly tokensPerSecond: number;
};

export type GenerateJob = {
  readonly promptTokens: readonly number[];
  readonly params: SamplingParams;
  /** 32-byte sampler seed: see `samplerSeed` in protocol. Ignored at temperature 0. */
  readonly seed: Bytes32;
  /** Output tokens already given to the client by an earlier miner; fed, checked against the sampler from `checkFrom` on, not re-emitted. */
  readonly committed?: readonly number[];
  /** Position from which `committed` must equal the sampler's own choice: the last acknowledged checkpoint. */
  readonly checkFrom?: number;
  /** Replay: runs the prompt in prefills of these lengths, from an empty cache. Default one. */
  readonly prefills?: readonly number[];
  /** Whose prompts this one may begin with, as long as they are in the cache; its own is kept for the next. Default nobody's. */
  readonly warmTag?: string;
  /** How much detail each token carries: its own log-probability only, or the top 5 for fingerprints. */
  readonly fingerprints?: boolean;
  readonly signal?: AbortSignal;
  /** Told before the end, by engines that know. */
  readonly onUse?: OnUse;
};

export type GenerateEvent =
  | {
      readonly kind: "token";
      readonly id: number;
      /** Position among the output tokens, 0 first. */
      readonly position: number;
      /** Text that became complete with this token; empty inside a multi-byte character or while a stop text may be forming. */
      readonly text: string;
      readonly logprob: number;
      readonly top?: readonly TokenLogprob[];
    }
  | { readonly kind: "committedMismatch"; readonly position: number; readonly expected: number; readonly given: number }
  | {
      readonly kind: "end";
      readonly finish: FinishReason;
      /** Held-back text that turned out not to be a stop text. */
      readonly text: string;
      readonly recipe: readonly RecipeStep[];
    };

export type TokenLogprob = { readonly id: number; readonly logprob: number };

export type ScoreJob = {
  readonly promptTokens: readonly number[];
  /** The replica's output from its beginning: penalties count all of it. */
  readonly outputTokens: readonly number[];
  /** First output position that is scored; those before it are only fed. Default 0. */
  readonly from?: number;
  /** How many of the likeliest tokens each position carries. */
  readonly topK: number;
  /** With these, each position carries the sampler's own candidates too. */
  readonly params?: SamplingParams;
  readonly signal?: AbortSignal;
  /** Told before the scores are there, by engines that know. */
  readonly onUse?: OnUse;
};

/** Log-probabilities are the model's own: before bias, penalties and temperature. A token that can't be has −100 or less. */
export type TokenScore = {
  /** Of the output token. */
  readonly logprob: number;
  /** The likeliest, ties to the lower id. */
  readonly top: readonly TokenLogprob[];
  /** The first `params.topK + 1` in the sampler's order, bias and penalties counted: given to it as logits, they choose as all would. */
  readonly candidates?: readonly TokenLogprob[];
};

export type TokenSpelling = {
  /** Empty for control tokens, which are never shown. */
  readonly bytes: Uint8Array;
  /** Whether the model ends its answer by this token. */
  readonly isEnd: boolean;
};
