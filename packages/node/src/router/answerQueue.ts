import type { InferEvent } from "@cortensor/api";

type TextEvent = Extract<InferEvent, { kind: "text" }>;

/**
 * The events of one answer, between the task that makes them and the one reader that takes them. Texts that wait are merged, so a
 * slow reader costs no more than the answer itself, whose length the task bounds; where each ended is kept.
 */
export class AnswerQueue implements AsyncIterableIterator<InferEvent> {
  readonly #events: InferEvent[] = [];
  readonly #onAbandoned: () => void;
  #text: { texts: string[]; ids: number[]; cuts: number[]; logprobs: number[] | undefined } | undefined;
  #take: ((step: IteratorResult<InferEvent>) => void) | undefined;
  #isEnded = false;

  /** `onAbandoned` is called when the reader stops before the end. */
  constructor(onAbandoned: () => void) {
    this.#onAbandoned = onAbandoned;
  }

  /** Adds an event; `done` and `failed` are the last. */
  push(event: InferEvent): void {
    if (this.#isEnded) return;
    if (event.kind === "done" || event.kind === "failed") this.#isEnded = true;
    const take = this.#take;
    if (take !== undefined) {
      this.#take = undefined;
      take({ value: event, done: false });
      return;
    }
    if (event.kind === "text") {
      this.#merge(event);
      return;
    }
    this.#closeText();
    this.#events.push(event);
  }

  next(): Promise<IteratorResult<InferEvent>> {
    if (this.#events.length === 0) this.#closeText();
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ value: event, done: false });
    if (this.#isEnded) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  return(): Promise<IteratorResult<InferEvent>> {
    if (!this.#isEnded) {
      this.#isEnded = true;
      this.#onAbandoned();
    }
    this.#events.length = 0;
    this.#text = undefined;
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #merge(event: TextEvent): void {
    const { text, ids, cuts = [text.length], logprobs } = event;
    const waiting = this.#text;
    if (waiting === undefined) {
      const kept = logprobs === undefined ? undefined : [...logprobs];
      this.#text = { texts: [text], ids: [...ids], cuts: [...cuts], logprobs: kept };
      return;
    }
    waiting.texts.push(text);
    for (const id of ids) waiting.ids.push(id);
    for (const cut of cuts) waiting.cuts.push(cut);
    if (waiting.logprobs !== undefined && logprobs !== undefined) waiting.logprobs.push(...logprobs);
    else waiting.logprobs = undefined;
  }

  #closeText(): void {
    const waiting = this.#text;
    if (waiting === undefined) return;
    this.#text = undefined;
    const { texts, ids, cuts, logprobs } = waiting;
    const text = texts.join("");
    this.#events.push({ kind: "text", text, ids, cuts, ...(logprobs === undefined ? {} : { logprobs }) });
  }
}
