import type { GenerateEvent, GenerateJob } from "../engine.js";
import type { Generate } from "./changeJob.js";

/** Makes at most half of the tokens asked for, and says that the model ended there. */
export function stopEarly(generate: Generate): Generate {
  return (job) => stopped(generate, job);
}

async function* stopped(generate: Generate, job: GenerateJob): AsyncGenerator<GenerateEvent, void> {
  const { params, committed = [] } = job;
  const maxTokens = Math.max(committed.length + 1, Math.ceil(params.maxTokens / 2));
  const isShorter = maxTokens < params.maxTokens;
  for await (const event of generate({ ...job, params: { ...params, maxTokens }, checkFrom: committed.length })) {
    if (event.kind === "end" && event.finish === "length" && isShorter) yield { ...event, finish: "stop" };
    else yield event;
  }
}
