import { type Candidate, lnCanonical } from "@cortensor/protocol";
import type { ControlledEvaluateIndexOutput, ControlledEvaluateInputItem, Token } from "node-llama-cpp";
import type { LogitsWanted, NextLogits, TokenSequence } from "../tokenModel.js";
import { prefilledTokens, warmPrefills } from "../warmPrefix.js";
import { cutSlot, emptySlot, type LlamaSlot } from "./llamaSlot.js";
import type { TakeTurn } from "./turnMeter.js";

/** Tokens of a prompt run in one call: the engine's batch. Between two calls other sequences have their turn, and an abort takes effect. */
export const PREFILL_BATCH_TOKENS = 512;
/** Above this, sorting a whole vocabulary at every token would cost more than small models' evaluation. */
const FULL_SORT_TOKENS_MAX = 32_768;
/** Of larger vocabularies, the normaliser is taken over this many: what lies below adds nothing that four digits show. */
const NORMALISER_TOP = 256;

type GenerateNext = NonNullable<Exclude<ControlledEvaluateInputItem, Token>[1]["generateNext"]>;

/** A sequence of a llama context. Every call has the context to itself, so that no neighbour can change its bits. */
export function createLlamaSequence(slot: LlamaSlot, turn: TakeTurn, vocabularyTokens: number): TokenSequence {
  const { sequence } = slot;
  const evaluate = async (tokens: readonly Token[], wanted?: LogitsWanted): Promise<NextLogits | undefined> => {
    const input: ControlledEvaluateInputItem[] = [...tokens];
    const last = tokens.at(-1);
    if (wanted !== undefined && last !== undefined) {
      input[input.length - 1] = [last, { generateNext: askFor(wanted, vocabularyTokens) }];
    }
    const outputs = await turn.take(() => sequence.controlledEvaluate(input));
    return wanted === undefined ? undefined : logitsOf(outputs.at(-1), vocabularyTokens);
  };
  return {
    prefill: async (tokens, wanted, { prefills: asked, warmTag, signal } = {}) => {
      const warm = asked === undefined ? warmPrefills(slot.kept, { tag: warmTag, promptTokens: tokens }) : [];
      const from = prefilledTokens(warm);
      await turn.take(() => (from === 0 ? emptySlot(slot) : cutSlot(slot, from)));
      const prefills = asked ?? [...warm, tokens.length - from];
      let at = from;
      for (const prefill of prefills.slice(warm.length)) {
        for (const end = at + prefill; at < end; ) {
          if (signal?.aborted) return undefined;
          const to = Math.min(end, at + PREFILL_BATCH_TOKENS);
          const logits = await evaluate(tokens.slice(at, to) as Token[], to === tokens.length ? wanted : undefined);
          at = to;
          if (logits === undefined) continue;
          if (warmTag !== undefined) slot.kept = { tag: warmTag, tokens, prefills };
          return { logits, prefills };
        }
      }
      return undefined;
    },
    step: async (token, wanted) => {
      const logits = await evaluate([token as Token], wanted);
      if (logits === undefined) throw new Error("the engine returned no logits");
      return logits;
    },
  };
}

/**
 * How to ask for bounded logits. The engine's own choice isn't used: at temperature 1 its sampler leaves logits as they are, and its top-K puts
 * them in order by buckets, a little faster than greedy sampling's whole sort. Its default filters would hide most of the vocabulary.
 */
export function askFor({ top, ids }: LogitsWanted, vocabularyTokens: number): GenerateNext {
  const options = { temperature: 1, topP: 1, minP: 0, seed: 0 };
  if (vocabularyTokens <= FULL_SORT_TOKENS_MAX) {
    return {
      logits: { filter: { tokens: ids as Token[], includeTop: Math.min(top, vocabularyTokens) } },
      totalLogitWeight: true,
      options: { ...options, topK: vocabularyTokens },
    };
  }
  const includeTop = Math.max(top, NORMALISER_TOP);
  const logits = { filter: { tokens: ids as Token[], includeTop } };
  if (ids.length > 0) return { logits, options: { temperature: 0 } };
  return { logits, options: { ...options, topK: includeTop } };
}

/** The engine's answer as candidates and their normaliser. */
export function logitsOf(output: ControlledEvaluateIndexOutput | undefined, vocabularyTokens: number): NextLogits {
  const candidates: Candidate[] = [];
  for (const [id, logit] of output?.next.logits ?? []) candidates.push({ id, logit });
  const [best] = candidates;
  if (best === undefined) throw new Error("the engine returned no logits");
  const isWhole = vocabularyTokens <= FULL_SORT_TOKENS_MAX;
  const weight = isWhole ? output?.next.totalLogitWeight : weightOf(candidates.slice(0, NORMALISER_TOP), best.logit);
  return { candidates, logNormaliser: best.logit + lnCanonical(weight ?? 1) };
}

function weightOf(candidates: readonly Candidate[], highest: number): number {
  return candidates.reduce((sum, { logit }) => sum + Math.exp(logit - highest), 0);
}
