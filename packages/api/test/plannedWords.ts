import type { InferenceRequest } from "@cortensor/protocol";
import type { Refusal } from "../src/index.js";

/** What a prompt tells the test's router to answer. */
export type Plan = {
  readonly words: readonly string[];
  readonly failFirst?: Refusal;
  readonly failAfter?: number;
  readonly endsEarly: boolean;
};

export function readPlan({ prompt }: InferenceRequest): Plan {
  const text = prompt.kind === "text" ? prompt.text : (prompt.messages.at(-1)?.content ?? "");
  const refusal = /^refuse: (\w+)$/.exec(text)?.[1];
  if (refusal !== undefined) {
    return { words: [], endsEarly: false, failFirst: { code: refusal as Refusal["code"], message: "Told to refuse." } };
  }
  const broken = /^fail after (\d+)$/.exec(text)?.[1];
  if (broken !== undefined) return { words: "a b c d e f".split(" "), failAfter: Number(broken), endsEarly: false };
  if (text === "end early") return { words: ["half"], endsEarly: true };
  return { words: text.replace(/^say: /, "").split(" "), endsEarly: false };
}
