import type { Engine } from "@cortensor/engine";
import { claimOfBodies, type SeedFacts, spelledText } from "@cortensor/proof";
import type { Address, Prompt, SegmentBody } from "@cortensor/protocol";

/** One copy's answer, and who wrote it. */
export type WrittenAnswer = {
  readonly replica: number;
  readonly prompt: Prompt;
  readonly text: string;
  /** All miners that had a part in it, the last one at the end. */
  readonly miners: readonly Address[];
};

/** The answers that bodies hold, one for each copy, in the words that their tokens spell. The bodies are of the engine's own model. */
export async function readAnswers(
  engine: Pick<Engine, "tokenizePrompt" | "spell">,
  bodies: readonly SegmentBody[],
  facts: SeedFacts,
): Promise<readonly WrittenAnswer[]> {
  const answers: WrittenAnswer[] = [];
  for (const replica of [...new Set(bodies.map(({ result }) => result.replica))].sort((one, other) => one - other)) {
    const own = bodies.filter(({ result }) => result.replica === replica);
    const prompt = own[0]?.prompt;
    if (prompt === undefined) continue;
    const { outputTokens: output, params, segments } = await claimOfBodies(engine, own, facts);
    const { whole: text } = spelledText({ output, spellings: await engine.spell(output), stop: params.stop });
    answers.push({ replica, prompt, text, miners: [...new Set(segments.map(({ result }) => result.miner))] });
  }
  return answers;
}
