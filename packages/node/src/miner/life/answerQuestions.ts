import type { Engine } from "@cortensor/engine";
import { type Bytes32, type NetworkAnswer, networkQuestion, questionsOf, TokenRoot } from "@cortensor/protocol";

export type Answered = { readonly answers: readonly NetworkAnswer[]; readonly tokens: number };

/**
 * Answers a source's questions one after the other, until the difficulty's tokens are there or there are no more questions. With the same model in
 * the same kernel class everybody gets the same answers. Undefined when the engine can't.
 */
export async function answerQuestions(
  engine: Engine,
  of: { readonly source: Bytes32; readonly difficulty: number; readonly signal: AbortSignal },
): Promise<Answered | undefined> {
  const { source, difficulty, signal } = of;
  const asked = questionsOf(difficulty);
  const answers: NetworkAnswer[] = [];
  let tokens = 0;
  while (tokens < asked.tokens && answers.length < asked.questionsMax) {
    const { prompt, params, seed } = networkQuestion(source, answers.length, asked.tokens - tokens);
    const promptTokens = await engine.tokenizePrompt(prompt);
    const root = new TokenRoot();
    let isWhole = false;
    for await (const event of engine.generate({ promptTokens, params, seed, signal })) {
      if (event.kind === "token") root.push(event.id);
      else isWhole = event.kind === "end" && (event.finish === "stop" || event.finish === "length");
    }
    if (!isWhole) return undefined;
    answers.push({ nOut: root.position, tokenRoot: root.root() });
    tokens += root.position;
  }
  return { answers, tokens };
}
