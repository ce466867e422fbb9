import type { ControlledEvaluateInputItem, LlamaContextSequence, Token } from "node-llama-cpp";
import type { ScoreJob } from "../engine.js";
import { EngineError } from "../engineError.js";
import type { NextLogits } from "../tokenModel.js";
import { askFor, logitsOf, PREFILL_BATCH_TOKENS } from "./llamaSequence.js";
import type { Turn } from "./turn.js";

/** As in generation: ties at the edge of the top then fall to the lower id. */
const TIE_SLACK = 8;

export type ScoredLogits = { readonly logprob: number; readonly next: NextLogits };

/** Log-probabilities of given output tokens: prompt and output in one prefill, logits at each place before an output token. */
export async function scoreTokens(
  parts: { readonly sequence: LlamaContextSequence; readonly turn: Turn; readonly vocabularyTokens: number },
  { promptTokens, outputTokens, topK, signal }: ScoreJob,
): Promise<readonly ScoredLogits[]> {
  const { sequence, turn, vocabularyTokens } = parts;
  if (promptTokens.length === 0) throw new EngineError({ code: "ENGINE_BAD_JOB", reason: "the prompt has no tokens" });
  const items = [...promptTokens, ...outputTokens.slice(0, -1)].map((token, index): ControlledEvaluateInputItem => {
    const scored = outputTokens[index - promptTokens.length + 1];
    if (scored === undefined) return token as Token;
    return [token as Token, { generateNext: askFor({ top: topK + TIE_SLACK, ids: [scored] }, vocabularyTokens) }];
  });
  await turn.take(() => sequence.clearHistory());
  const scores: ScoredLogits[] = [];
  for (let at = 0; at < items.length; at += PREFILL_BATCH_TOKENS) {
    if (signal?.aborted) throw new EngineError({ code: "ENGINE_ABORTED" });
    const outputs = await turn.take(() => sequence.controlledEvaluate(items.slice(at, at + PREFILL_BATCH_TOKENS)));
    for (const output of outputs) {
      const id = outputTokens[scores.length];
      if (output === undefined || id === undefined) continue;
      const next = logitsOf(output, vocabularyTokens);
      const logit = next.candidates.find((candidate) => candidate.id === id)?.logit ?? Number.NEGATIVE_INFINITY;
      scores.push({ logprob: Math.min(0, logit - next.logNormaliser), next });
    }
  }
  return scores;
}
