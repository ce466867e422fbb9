import type { ControlledEvaluateInputItem, LlamaContextSequence, Token } from "node-llama-cpp";
import type { ScoreJob, TokenScore } from "../engine.js";
import { EngineError } from "../engineError.js";
import { ScorePlan } from "../scorePlan.js";
import { askFor, logitsOf, PREFILL_BATCH_TOKENS } from "./llamaSequence.js";
import type { Turn } from "./turn.js";

/** Scores given output tokens: prompt and output in one prefill, logits at each place before an output token. */
export async function scoreTokens(
  parts: { readonly sequence: LlamaContextSequence; readonly turn: Turn; readonly vocabularyTokens: number },
  job: ScoreJob,
): Promise<readonly TokenScore[]> {
  const { sequence, turn, vocabularyTokens } = parts;
  const { promptTokens, outputTokens, signal } = job;
  const items = itemsOf(job, vocabularyTokens);
  const plan = new ScorePlan(job);
  await turn.take(() => sequence.clearHistory());
  const scores: TokenScore[] = [];
  for (let at = 0; at < items.length; at += PREFILL_BATCH_TOKENS) {
    if (signal?.aborted) throw new EngineError({ code: "ENGINE_ABORTED" });
    const outputs = await turn.take(() => sequence.controlledEvaluate(items.slice(at, at + PREFILL_BATCH_TOKENS)));
    for (const [index, output] of outputs.entries()) {
      const position = at + index - promptTokens.length + 1;
      if (position < 0 || position >= outputTokens.length) continue;
      const score = plan.take(output && logitsOf(output, vocabularyTokens));
      if (score !== undefined) scores.push(score);
    }
  }
  return scores;
}

/** Every token but the last output one, each with what is to be known of the token behind it. */
function itemsOf(job: ScoreJob, vocabularyTokens: number): readonly ControlledEvaluateInputItem[] {
  const { promptTokens, outputTokens } = job;
  const asking = new ScorePlan(job);
  return [...promptTokens, ...outputTokens.slice(0, -1)].map((token, index): ControlledEvaluateInputItem => {
    if (index < promptTokens.length - 1 || outputTokens.length === 0) return token as Token;
    const wanted = asking.wanted();
    asking.take(undefined);
    if (wanted === undefined) return token as Token;
    return [token as Token, { generateNext: askFor(wanted, vocabularyTokens) }];
  });
}
