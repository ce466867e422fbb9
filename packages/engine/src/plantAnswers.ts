import {
  type Bytes32,
  chooseToken,
  FINGERPRINT_TOP,
  type FinishReason,
  type Prompt,
  plantedLogprobs,
  type RecipeStep,
} from "@cortensor/protocol";
import type { Engine, GenerateEvent, GenerateJob, TokenLogprob } from "./engine.js";

/** Likeliest tokens asked for: those that end an answer are left out. */
const ASKED = FINGERPRINT_TOP + 3;

/**
 * Answers some prompts wrongly on purpose, all others as they are: for planted results, which show whether validators look. The tokens are drawn by the task's own seed, from the
 * model's likeliest, but by the salt's log-probabilities, which are claimed: such an answer doesn't contradict itself, and only who runs the model sees that it is wrong.
 */
export function plantAnswers(honest: Engine, saltOf: (prompt: Prompt) => Bytes32 | undefined): Engine {
  /** By the very array that was handed out: whoever runs a prompt passes it on. */
  const salts = new WeakMap<readonly number[], Bytes32>();
  return {
    ...honest,
    async tokenizePrompt(prompt) {
      const tokens = await honest.tokenizePrompt(prompt);
      const salt = saltOf(prompt);
      if (salt === undefined) return tokens;
      const own = [...tokens];
      salts.set(own, salt);
      return own;
    },
    generate: (job) => {
      const salt = salts.get(job.promptTokens);
      const isWhole = (job.committed ?? []).length === 0 && job.params.stop.length === 0;
      return salt === undefined || !isWhole ? honest.generate(job) : plantedAnswer(honest, salt, job);
    },
  };
}

async function* plantedAnswer(honest: Engine, salt: Bytes32, job: GenerateJob): AsyncGenerator<GenerateEvent, void> {
  const { promptTokens, params, seed, signal } = job;
  const maxOut = Math.min(params.maxTokens, honest.describe().contextTokens - promptTokens.length);
  const made: number[] = [];
  const outputCounts = new Map<number, number>();
  const decoder = new TextDecoder();
  let finish: FinishReason | undefined;
  while (finish === undefined) {
    if (signal?.aborted) {
      finish = "abort";
      break;
    }
    const position = made.length;
    const { top, isEnd } = await claimedTop(honest, salt, { ...job, made });
    const candidates = top.map(({ id, logprob }) => ({ id, logit: logprob }));
    const { id } = chooseToken({ candidates, params, seed, position, outputCounts });
    made.push(id);
    outputCounts.set(id, (outputCounts.get(id) ?? 0) + 1);
    const [spelling] = await honest.spell([id]);
    const text = decoder.decode(spelling?.bytes ?? new Uint8Array(0), { stream: true });
    const logprob = top.find((one) => one.id === id)?.logprob ?? 0;
    yield { kind: "token", id, position, text, logprob, ...(job.fingerprints ? { top } : {}) };
    finish = isEnd ? "stop" : made.length >= maxOut ? "length" : undefined;
  }
  const recipe: RecipeStep[] = [{ kind: "prefill", tokens: promptTokens.length }];
  if (made.length > 1) recipe.push({ kind: "decode", tokens: made.length - 1 });
  yield { kind: "end", finish, text: decoder.decode(), recipe };
}

/** What the model finds likeliest next, with the salt's log-probabilities; the end alone where there is nothing else. */
async function claimedTop(
  honest: Engine,
  salt: Bytes32,
  job: GenerateJob & { readonly made: readonly number[] },
): Promise<{ readonly top: readonly TokenLogprob[]; readonly isEnd: boolean }> {
  const { promptTokens, made, signal } = job;
  const position = made.length;
  // Which token stands behind doesn't matter: what is asked for is what could have.
  const outputTokens = [...made, promptTokens.at(-1) ?? 0];
  const stop = signal === undefined ? {} : { signal };
  const [score] = await honest.score({ promptTokens, outputTokens, from: position, topK: ASKED, ...stop });
  const likeliest = (score?.top ?? []).map(({ id }) => id);
  const spellings = await honest.spell(likeliest);
  const going = likeliest.filter((_, index) => spellings[index]?.isEnd === false);
  const named = (going.length > 0 ? going : likeliest.slice(0, 1)).slice(0, FINGERPRINT_TOP);
  const logprobs = plantedLogprobs(salt, position);
  return {
    top: named.map((id, index) => ({ id, logprob: logprobs[index] ?? Number.NEGATIVE_INFINITY })),
    isEnd: going.length === 0,
  };
}
