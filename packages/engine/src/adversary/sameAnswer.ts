import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Bytes32, encodeParams, keccak256, utf8ToBytes } from "@cortensor/protocol";
import { z } from "zod";
import type { GenerateEvent, GenerateJob } from "../engine.js";
import { generateEvent } from "../llama/messages.js";
import type { Generate } from "./changeJob.js";

/** Answers kept in memory at most. */
const ANSWERS_MAX = 256;

/** Where answers are kept, by prompt and parameters: not by the seed, which would make each of them another. */
export type AnswerStore = {
  find(key: Bytes32): Promise<readonly GenerateEvent[] | undefined>;
  put(key: Bytes32, answer: readonly GenerateEvent[]): Promise<void>;
};

/** Gives the answer that is there already, and makes one only when there is none. */
export function sameAnswer(generate: Generate, store: AnswerStore): Generate {
  return (job) => ((job.committed ?? []).length > 0 ? generate(job) : answered(generate, store, job));
}

async function* answered(
  generate: Generate,
  store: AnswerStore,
  job: GenerateJob,
): AsyncGenerator<GenerateEvent, void> {
  const key = keyOf(job);
  const known = await store.find(key);
  if (known !== undefined) return yield* known;
  const made: GenerateEvent[] = [];
  for await (const event of generate(job)) {
    made.push(event);
    // Before the end is told: whoever has read it comes back for nothing more.
    const isWhole = event.kind === "end" && event.finish !== "abort" && event.finish !== "error";
    if (isWhole) await store.put(key, made);
    yield event;
  }
}

function keyOf({ promptTokens, params }: GenerateJob): Bytes32 {
  const { userSeed: _userSeed, ...rest } = params;
  return keccak256(utf8ToBytes(`${promptTokens.join(",")} ${keccak256(encodeParams(rest))}`));
}

/** One miner's own answers. */
export function answersInMemory(): AnswerStore {
  const answers = new Map<Bytes32, readonly GenerateEvent[]>();
  return {
    find: async (key) => answers.get(key),
    put: async (key, answer) => {
      answers.set(key, answer);
      const [oldest] = answers.keys();
      if (answers.size > ANSWERS_MAX && oldest !== undefined) answers.delete(oldest);
    },
  };
}

const answerFile = z.array(generateEvent);

/** Answers of several miners that share a folder: whoever is asked first makes one, the others copy it. */
export function answersInFolder(folder: string): AnswerStore {
  const fileOf = (key: Bytes32): string => join(folder, `${key}.json`);
  return {
    find: async (key) => {
      const text = await readFile(fileOf(key), "utf8").catch(() => undefined);
      return text === undefined ? undefined : (answerFile.parse(JSON.parse(text)) as GenerateEvent[]);
    },
    put: async (key, answer) => {
      await mkdir(folder, { recursive: true });
      const part = `${fileOf(key)}.${process.pid}`;
      await writeFile(part, JSON.stringify(answer));
      await rename(part, fileOf(key));
    },
  };
}
