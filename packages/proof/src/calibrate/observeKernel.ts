import type { Engine, GenerateEvent, GenerateJob } from "@cortensor/engine";
import { PREFILL_TOKENS_MIN } from "@cortensor/protocol";
import type { KernelFacts } from "../calibration/calibration.js";
import type { CalibrationTask } from "./runArm.js";

type Runner = Pick<Engine, "generate">;

/**
 * What changes bits in a kernel class, and what doesn't: the same tasks in a fresh process, from the middle as a successor, on a prompt in two
 * prefills, and beside others. Every token and log-probability is compared to the last bit.
 */
export async function observeKernel(parts: {
  readonly miner: Runner & Pick<Engine, "describe">;
  /** The same model and class in another process. */
  readonly again: Runner;
  readonly tasks: readonly CalibrationTask[];
  readonly signal?: AbortSignal;
}): Promise<KernelFacts> {
  const { miner, again, tasks, signal } = parts;
  const jobs = tasks.map(
    ({ promptTokens, params, seed }): GenerateJob => ({
      promptTokens,
      params,
      seed,
      fingerprints: true,
      ...(signal === undefined ? {} : { signal }),
    }),
  );
  const alone: string[][] = [];
  for (const job of jobs) alone.push(await bitsOf(miner, job));
  const tokens = alone.reduce((sum, bits) => sum + bits.length, 0);
  const fresh: string[][] = [];
  for (const job of jobs) fresh.push(await bitsOf(again, job));
  const handedOver: string[][] = [];
  for (const [index, job] of jobs.entries()) handedOver.push(await continued(again, job, alone[index] ?? []));
  const cutInTwo: string[][] = [];
  for (const job of jobs) cutInTwo.push(await bitsOf(again, { ...job, prefills: halvesOf(job.promptTokens.length) }));
  const together = await Promise.all(jobs.map((job) => bitsOf(miner, job)));
  const differ = (others: readonly (readonly string[])[]): boolean => JSON.stringify(others) !== JSON.stringify(alone);
  const { kernelClass, kernel } = miner.describe();
  return {
    kernelClass,
    kernel: kernel === undefined ? "" : Object.values(kernel).join(", "),
    committedFeeding: differ(handedOver) ? "unknown" : "stepwise",
    facts: [
      { what: "freshProcess", changesBits: differ(fresh), tokens },
      { what: "handOver", changesBits: differ(handedOver), tokens },
      { what: "warmPrefix", changesBits: differ(cutInTwo), tokens },
      { what: "neighbours", changesBits: differ(together), tokens },
    ],
  };
}

/** Two prefills of a prompt; one, where it is too short for two. */
function halvesOf(tokens: number): readonly number[] {
  const half = Math.floor(tokens / 2);
  return half < PREFILL_TOKENS_MIN ? [tokens] : [half, tokens - half];
}

/** Each token with all that was seen there. */
async function bitsOf(engine: Runner, job: GenerateJob): Promise<string[]> {
  const bits: string[] = [];
  for await (const event of engine.generate(job)) if (event.kind === "token") bits.push(bitsOfToken(event));
  return bits;
}

/** The same answer with its first half given as committed. */
async function continued(engine: Runner, job: GenerateJob, whole: readonly string[]): Promise<string[]> {
  const half = Math.floor(whole.length / 2);
  const given = whole.slice(0, half);
  const committed = given.map((bits) => Number(bits.slice(0, bits.indexOf(" "))));
  return [...given, ...(await bitsOf(engine, { ...job, committed, checkFrom: 0 }))];
}

function bitsOfToken({ id, logprob, top = [] }: Extract<GenerateEvent, { kind: "token" }>): string {
  return [id, logprob, ...top.flatMap((one) => [one.id, one.logprob])].join(" ");
}
