import type { Engine, GenerateEvent, GenerateJob } from "../engine.js";
import type { Generate } from "./changeJob.js";

/** Of a fingerprint. */
const TOP = 5;

/**
 * The post-hoc scorer: one engine writes, and when it is done another scores the answer, whose log-probabilities are then sent as seen. Nothing
 * comes before the whole answer is there.
 */
export function forgeFingerprints(write: Generate, score: Engine["score"]): Generate {
  return (job) => forged(write, score, job);
}

async function* forged(write: Generate, score: Engine["score"], job: GenerateJob): AsyncGenerator<GenerateEvent, void> {
  const events: GenerateEvent[] = [];
  for await (const event of write(job)) events.push(event);
  const { promptTokens, committed = [], signal } = job;
  const made = events.flatMap((event) => (event.kind === "token" ? [event.id] : []));
  const outputTokens = [...committed, ...made];
  const stop = signal === undefined ? {} : { signal };
  const scores =
    made.length === 0 ? [] : await score({ promptTokens, outputTokens, from: committed.length, topK: TOP, ...stop });
  for (const event of events) {
    const own = event.kind === "token" ? scores[event.position - committed.length] : undefined;
    if (event.kind !== "token" || own === undefined) yield event;
    else yield { ...event, logprob: own.logprob, top: own.top };
  }
}
