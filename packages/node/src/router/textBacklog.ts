import type { InferEvent } from "@cortensor/api";
import type { Backlog } from "./answerQueue.js";

type TextEvent = Extract<InferEvent, { kind: "text" }>;

/**
 * Texts that wait are merged, so a slow reader costs no more than the answer itself, whose length the task bounds; where each ended is
 * kept.
 */
export class TextBacklog implements Backlog<InferEvent> {
  readonly #events: InferEvent[] = [];
  #text: { texts: string[]; ids: number[]; cuts: number[]; logprobs: number[] | undefined } | undefined;

  add(event: InferEvent): true {
    if (event.kind === "text") this.#merge(event);
    else {
      this.#closeText();
      this.#events.push(event);
    }
    return true;
  }

  take(): InferEvent | undefined {
    if (this.#events.length === 0) this.#closeText();
    return this.#events.shift();
  }

  clear(): void {
    this.#events.length = 0;
    this.#text = undefined;
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
