import type { HostedDocument } from "./hostedDocument.js";
import type { Bytes32 } from "./primitives.js";

export type ChatMessage = { readonly role: "system" | "user" | "assistant"; readonly content: string };

/** What a miner is asked to run. The chat template is applied, and tokens are counted, by the miner's engine. */
export type Prompt =
  | {
      readonly kind: "chat";
      readonly messages: readonly ChatMessage[];
      /** What the client hosts of it, in order; absent where it hosts nothing. */
      readonly documents?: readonly HostedDocument[];
    }
  | { readonly kind: "text"; readonly text: string };

/** The canonical sampling parameters; hashed into `paramsHash`. */
export type SamplingParams = {
  /** 0…2. 0 is greedy. */
  readonly temperature: number;
  /** 1…40. */
  readonly topK: number;
  /** 0…1, 1 is off. */
  readonly topP: number;
  /** 0…1, 0 is off. */
  readonly minP: number;
  /** −2…2. */
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  /** Token id → −100…100, added to the logit. */
  readonly logitBias: Readonly<Record<number, number>>;
  /** Up to 4 texts that end the answer; not part of it. */
  readonly stop: readonly string[];
  readonly maxTokens: number;
  /** The user's own seed: a repeatable answer, which earns no emissions, level or reputation. */
  readonly userSeed?: bigint;
};

export type InferenceRequest = { readonly modelId: Bytes32; readonly prompt: Prompt; readonly params: SamplingParams };
