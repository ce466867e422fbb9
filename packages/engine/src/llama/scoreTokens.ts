import type { ControlledEvaluateInputItem, Token } from "node-llama-cpp";
import type { ScoreJob, TokenScore } from "../engine.js";
import { EngineError } from "../engineError.js";
import { ScorePlan } from "../scorePlan.js";
import type { LlamaChildOptions } from "./llamaOptions.js";
import { askFor, logitsOf, PREFILL_BATCH_TOKENS } from "./llamaSequence.js";
import { emptySlot, type LlamaSlot } from "./llamaSlot.js";
import type { TakeTurn } from "./turnMeter.js";

/**
 * Tokens scored in one call on a processor. Each token attends to all of its batch, what comes after it masked: smaller batches waste less, and
 * their activations stay in the cache. Bits don't depend on it.
 */
const CPU_BATCH_TOKENS = 128;

export function scoreBatchTokens(gpu: LlamaChildOptions["gpu"]): number {
  return gpu === false ? CPU_BATCH_TOKENS : PREFILL_BATCH_TOKENS;
}

/** Scores given output tokens: prompt and output in one prefill, logits at each place before an output token. */
export async function scoreTokens(
  parts: {
    readonly slot: LlamaSlot;
    readonly turn: TakeTurn;
    readonly vocabularyTokens: number;
    readonly batchTokens: number;
  },
  job: ScoreJob,
): Promise<readonly TokenScore[]> {
  const { slot, turn, vocabularyTokens, batchTokens } = parts;
  const { promptTokens, outputTokens, signal } = job;
  const items = itemsOf(job, vocabularyTokens);
  const plan = new ScorePlan(job);
  await turn.take(() => emptySlot(slot));
  const scores: TokenScore[] = [];
  const batches = Math.ceil(items.length / batchTokens);
  for (let batch = 0; batch < batches; batch += 1) {
    if (signal?.aborted) throw new EngineError({ code: "ENGINE_ABORTED" });
    const at = startOf(batch, batches, items.length);
    const end = startOf(batch + 1, batches, items.length);
    const outputs = await turn.take(() => slot.sequence.controlledEvaluate(items.slice(at, end)));
    for (const [index, output] of outputs.entries()) {
      const position = at + index - promptTokens.length + 1;
      if (position < 0 || position >= outputTokens.length) continue;
      const score = plan.take(output && logitsOf(output, vocabularyTokens));
      if (score !== undefined) scores.push(score);
    }
  }
  return scores;
}

/** Batches of all but the same length: a last one of few tokens would be run as decoding steps are, with other bits. */
function startOf(batch: number, batches: number, length: number): number {
  return Math.floor((batch * length) / batches);
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
