import type { LinkStream } from "@cortensor/wire";

/** Sends tokens as few frames as the event loop allows: what comes within one turn travels together. */
export class TokenOutput {
  readonly #stream: LinkStream;
  #from: number;
  #ids: number[] = [];
  #logprobs: number[] = [];
  #cuts: number[] = [];
  #text = "";
  #isScheduled = false;

  constructor(stream: LinkStream, from: number) {
    this.#stream = stream;
    this.#from = from;
  }

  push(token: { readonly id: number; readonly text: string; readonly logprob: number }): void {
    this.#ids.push(token.id);
    this.#logprobs.push(token.logprob);
    this.#cuts.push(token.text.length);
    this.#text += token.text;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  /** Sends what waits, now: before a checkpoint, so that it never speaks of tokens that the router hasn't got. */
  flush(): void {
    if (this.#ids.length === 0) return;
    const ids = this.#ids;
    const tokens = { from: this.#from, ids, text: this.#text, logprobs: this.#logprobs };
    if (ids.length === 1) this.#stream.send({ kind: "tokens", ...tokens });
    else this.#stream.send({ kind: "tokens", ...tokens, cuts: this.#cuts });
    this.#from += ids.length;
    this.#ids = [];
    this.#cuts = [];
    this.#logprobs = [];
    this.#text = "";
  }
}
