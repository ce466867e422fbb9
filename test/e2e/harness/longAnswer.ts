import type { AskOptions } from "@cortensor/sdk";

/** Ids that would end the embedded model's answer early. Without them it goes on to `maxTokens`, whatever the prompt. */
export const NO_END = { "0": -100, "2": -100 } as const;

export const LONG_PROMPT = "Write a very long story about a sailor and a lighthouse.";

/** An answer of exactly `maxTokens` tokens, the same each time for one seed. */
export function longAnswer(parts: { maxTokens: number; temperature: number; seed?: number }): AskOptions {
  return { ...parts, logitBias: NO_END };
}
