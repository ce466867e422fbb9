import type { Prompt } from "@cortensor/protocol";

/** One family: prompts of a kind, whose answers leave about as much to chance. */
export type PromptFamily = { readonly name: string; readonly prompts: readonly Prompt[] };

const SUBJECTS = ["a brave fox", "the sea", "an old clock", "a lost letter", "the first snow", "a night train"];

const chat = (content: string): Prompt => ({ kind: "chat", messages: [{ role: "user", content }] });
const family = (name: string, promptOf: (subject: string) => Prompt): PromptFamily => ({
  name,
  prompts: SUBJECTS.map(promptOf),
});

/**
 * Prompts that any model answers at length, from invention to facts, and plain text that is only gone on with. A model's maker may bring its
 * own; these are what a calibration without any is made with.
 */
export const CALIBRATION_FAMILIES: readonly PromptFamily[] = [
  family("stories", (subject) => chat(`Tell me a story about ${subject}.`)),
  family("letters", (subject) => chat(`Write a long letter to a friend about ${subject}.`)),
  family("explanations", (subject) => chat(`Explain in detail what makes ${subject} beautiful.`)),
  family("lists", (subject) => chat(`List twenty things that remind you of ${subject}.`)),
  family("dialogues", (subject) => chat(`Write a conversation between two people about ${subject}.`)),
  family("continuations", (subject) => ({ kind: "text", text: `Nobody had thought of ${subject} for years, until` })),
];
