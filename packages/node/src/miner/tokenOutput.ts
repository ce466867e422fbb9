import type { LinkStream } from "@cortensor/wire";
import type { TokenPacer } from "./tokenPacer.js";

/** Sends a task's tokens in few frames: the first as soon as it is there, later ones in the rounds of the miner's pacer. */
export class TokenOutput {
  readonly #stream: LinkStream;
  readonly #pacer: TokenPacer;
  readonly #send = (): void => {
    this.#isScheduled = false;
    this.flush();
  };
  #from: number;
  #ids: number[] = [];
  #logprobs: number[] = [];
  #cuts: number[] = [];
  #text = "";
  #isFirst = true;
  #isScheduled = false;

  constructor(stream: LinkStream, { from, pacer }: { readonly from: number; readonly pacer: TokenPacer }) {
    this.#stream = stream;
    this.#pacer = pacer;
    this.#from = from;
  }

  push(token: { readonly id: number; readonly text: string; readonly logprob: number }): void {
    this.#ids.push(token.id);
    this.#logprobs.push(token.logprob);
    this.#cuts.push(token.text.length);
    this.#text += token.text;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    if (this.#isFirst) setImmediate(this.#send);
    else this.#pacer.wait(this.#send);
    this.#isFirst = false;
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
