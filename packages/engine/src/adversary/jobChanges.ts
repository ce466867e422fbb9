import { keccak256, utf8ToBytes } from "@cortensor/protocol";
import type { GenerateJob } from "../engine.js";

/** Ways to do another job than the one paid for. Pure. */

/** A seed of the miner's own: it picks its tokens. */
export function ownSeed(job: GenerateJob): GenerateJob {
  return { ...job, seed: keccak256(utf8ToBytes(`own seed ${job.seed}`)) };
}

/** The second half of the prompt: half of the prefill saved. */
export function halfPrompt(job: GenerateJob): GenerateJob {
  return { ...job, promptTokens: job.promptTokens.slice(Math.floor(job.promptTokens.length / 2)) };
}

/** Another temperature, never below 0. */
export function otherTemperature(by: number): (job: GenerateJob) => GenerateJob {
  return (job) => {
    const temperature = Math.max(0, Math.round((job.params.temperature + by) * 10) / 10);
    return { ...job, params: { ...job.params, temperature } };
  };
}
