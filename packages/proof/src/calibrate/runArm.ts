import type { Engine, GenerateJob } from "@cortensor/engine";
import {
  type Bytes32,
  decodeFingerprint,
  encodeFingerprint,
  type FingerprintedToken,
  TOP_K_MAX,
} from "@cortensor/protocol";
import { checkTokens } from "../check/checkTokens.js";
import type { CheckedToken } from "../check/taskScore.js";

/** One question, as it was asked: what an honest miner runs, and what the checker holds the answer against. */
export type CalibrationTask = Pick<GenerateJob, "promptTokens" | "params"> & {
  readonly seed: Bytes32;
  /** Which family of prompts it is from. */
  readonly family: number;
};

/** A way to answer: an engine, honest or not. The checker knows nothing of it. */
export type Arm = { readonly name: string; readonly engine: Pick<Engine, "generate"> };

/** An answer, token by token, as the check saw it. */
export type CheckedSequence = {
  readonly family: number;
  readonly tokens: readonly CheckedToken[];
  /** Positions where the decoded log-probabilities equal the prefilled ones to the last bit. */
  readonly equalBits: number;
};

/** Answers a task by an arm, and checks the answer. Pure but for the engines. */
export async function runArm(
  arm: Arm,
  checker: Pick<Engine, "score">,
  task: CalibrationTask,
  signal?: AbortSignal,
): Promise<CheckedSequence> {
  const stop = signal === undefined ? {} : { signal };
  const { promptTokens, params, seed } = task;
  const answer: FingerprintedToken[] = [];
  const events = arm.engine.generate({ promptTokens, params, seed, fingerprints: true, ...stop });
  for await (const event of events) {
    if (event.kind === "token") answer.push({ id: event.id, top: event.top ?? [] });
  }
  const outputTokens = answer.map(({ id }) => id);
  const scores = await checker.score({ promptTokens, outputTokens, topK: TOP_K_MAX, params, ...stop });
  // What a miner sends has been through the fingerprint's bytes.
  const sent = decodeFingerprint(encodeFingerprint(answer));
  const tokens = checkTokens({
    outputTokens,
    from: 0,
    scores,
    fingerprintAt: (position) => sent[position],
    params,
    seed,
  });
  const equalBits = answer.filter(({ top }, position) =>
    top.every(({ id, logprob }, rank) => {
      const ours = scores[position]?.top[rank];
      return ours?.id === id && ours.logprob === logprob;
    }),
  ).length;
  return { family: task.family, tokens, equalBits };
}
