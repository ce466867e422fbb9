import type { Bytes32, Prompt } from "@cortensor/protocol";
import type { AnswerEvent } from "../answers.js";

/** A sealed task as the client that asks it knows it. */
export type RecordedTask = {
  readonly taskId: Bytes32;
  readonly model: string;
  readonly prompt: Prompt;
  /** Wall time, milliseconds since 1970. */
  readonly askedAtMs: number;
};

/** The same once nothing more comes of it. */
export type RecordedAnswer = RecordedTask & {
  /** What came of the answer. */
  readonly text: string;
  /** It came to its end, and is what its miner signed. */
  readonly isWhole: boolean;
  readonly answeredAtMs: number;
};

/**
 * Where a client writes down what it asks sealed, and what it is answered: `openClientSink` of `@cortensor/data` makes one. Each call is waited for.
 *
 * - `admit` comes before anything of an ask leaves. What it throws the ask throws, and nothing was asked.
 * - `begun` comes once the task has its id, before the prompt leaves, sealed. What it throws the ask throws, and the assignment is given back.
 * - `ended` comes once for each task that has begun: of a whole answer before its `end` is given out, and what it throws comes in the place of that `end`;
 *   of any other once it has failed, or whoever asked has gone, and then the ask's own failure is thrown.
 */
export type SealedRecorder = {
  admit(): Promise<void>;
  begun(task: RecordedTask): Promise<void>;
  ended(answer: RecordedAnswer): Promise<void>;
};

/** A sealed ask's events, written down on their way. `run` tells the task's id before the prompt leaves. */
export async function* recordAsk(
  parts: {
    readonly recorder: SealedRecorder;
    readonly asked: Pick<RecordedTask, "model" | "prompt">;
    readonly nowMs: () => number;
  },
  run: (onTask: (taskId: Bytes32) => Promise<void>) => AsyncIterable<AnswerEvent>,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const { recorder, asked, nowMs } = parts;
  await recorder.admit();
  const askedAtMs = nowMs();
  const state: { task?: RecordedTask; text: string; hasEnded: boolean } = { text: "", hasEnded: false };
  const end = async (isWhole: boolean): Promise<void> => {
    const { task, text, hasEnded } = state;
    if (task === undefined || hasEnded) return;
    state.hasEnded = true;
    await recorder.ended({ ...task, text, isWhole, answeredAtMs: nowMs() });
  };
  const events = run(async (taskId) => {
    const task = { ...asked, taskId, askedAtMs };
    await recorder.begun(task);
    state.task = task;
  });
  try {
    for await (const event of events) {
      if (event.kind === "text") state.text += event.text;
      if (event.kind === "end") await end(true);
      yield event;
    }
  } finally {
    // Its own failure is what whoever asked is to hear; that it began is written down already.
    await end(false).catch(() => undefined);
  }
}
