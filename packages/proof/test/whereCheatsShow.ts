import type { CheatName } from "@cortensor/engine";

/** Where each cheat shows in one answer of 96 tokens: in the figures of one prefill, in a contradiction, or in the replay alone; all show in a replay. */
export const WHERE_CHEATS_SHOW: Readonly<Record<CheatName, "suspect" | "replay" | "finish" | "promptTokens">> = {
  "smaller-model": "suspect",
  "four-bits": "suspect",
  "own-seed": "suspect",
  "cut-prompt": "suspect",
  "altered-system-prompt": "suspect",
  "posthoc-scorer": "suspect",
  "other-temperature": "replay",
  "posthoc-four-bits": "replay",
  "early-stop": "finish",
  "padded-count": "promptTokens",
  "cached-answer": "suspect",
  "copied-answer": "suspect",
};
