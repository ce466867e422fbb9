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

/** A way to answer: an engine, and what it does with the job. The checker knows nothing of it. */
export type Arm = {
  readonly name: string;
  readonly engine: Pick<Engine, "generate">;
  /** The job that is really run. Default: the one asked for. */
  readonly change?: (task: CalibrationTask) => Pick<GenerateJob, "promptTokens" | "params" | "seed">;
  /** Sends the fingerprints that this engine sees in the finished answer, instead of its own. */
  readonly forgedBy?: Pick<Engine, "score">;
};

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
  const job = arm.change?.(task) ?? task;
  const answer: FingerprintedToken[] = [];
  const { promptTokens: prompt, params: own, seed } = job;
  const events = arm.engine.generate({ promptTokens: prompt, params: own, seed, fingerprints: true, ...stop });
  for await (const event of events) {
    if (event.kind === "token") answer.push({ id: event.id, top: event.top ?? [] });
  }
  const { promptTokens, params } = task;
  const outputTokens = answer.map(({ id }) => id);
  const scoring = { promptTokens, outputTokens, topK: TOP_K_MAX, params, ...stop };
  const scores = await checker.score(scoring);
  const forged = arm.forgedBy === undefined ? undefined : await arm.forgedBy.score({ ...scoring, topK: 5 });
  // What a miner sends has been through the fingerprint's bytes.
  const sent = decodeFingerprint(
    encodeFingerprint(answer.map(({ id, top }, position) => ({ id, top: forged?.[position]?.top ?? top }))),
  );
  const tokens = checkTokens({
    outputTokens,
    from: 0,
    scores,
    fingerprintAt: (position) => sent[position],
    params,
    seed: task.seed,
  });
  const equalBits = answer.filter(({ top }, position) =>
    top.every(({ id, logprob }, rank) => {
      const ours = scores[position]?.top[rank];
      return ours?.id === id && ours.logprob === logprob;
    }),
  ).length;
  return { family: task.family, tokens, equalBits };
}
