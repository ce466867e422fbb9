/** What one piece of output did. */
export type Scanned = {
  /** Text that may be shown now. */
  readonly text: string;
  /** True when a stop text is complete: nothing more comes out, and the stop text is no part of the answer. */
  readonly isStopped: boolean;
};

/**
 * Turns the bytes of tokens into text that may be shown: whole characters only, nothing that may yet turn out to be a stop
 * text. The stop text that is complete first ends the answer (of several that end together, the longest), so that the answer
 * does not depend on how the bytes were cut into tokens. Holds back fewer characters than the longest stop text.
 */
export class StopScanner {
  readonly #stop: readonly string[];
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #held = "";
  #isStopped = false;

  /** Stop texts; empty ones are refused at the edge (`canonicalParams`) and never match here. */
  constructor(stop: readonly string[]) {
    this.#stop = stop.filter((text) => text.length > 0);
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Takes one token's bytes, which may end inside a character, or text. Bytes that are no UTF-8 become U+FFFD. */
  push(piece: Uint8Array | string): Scanned {
    if (this.#isStopped) return { text: "", isStopped: true };
    const text =
      typeof piece === "string" ? this.#decoder.decode() + piece : this.#decoder.decode(piece, { stream: true });
    return this.#scan(text);
  }

  /** The answer has ended otherwise: what was held back, and an unfinished character as U+FFFD. */
  finish(): string {
    if (this.#isStopped) return "";
    const scanned = this.#scan(this.#decoder.decode());
    if (scanned.isStopped) return scanned.text;
    const rest = this.#held;
    this.#held = "";
    return scanned.text + rest;
  }

  #scan(text: string): Scanned {
    const whole = this.#held + text;
    const cut = firstCompleted(whole, this.#stop);
    if (cut !== undefined) {
      this.#held = "";
      this.#isStopped = true;
      return { text: whole.slice(0, cut), isStopped: true };
    }
    const shown = whole.length - formingLength(whole, this.#stop);
    this.#held = whole.slice(shown);
    return { text: whole.slice(0, shown), isStopped: false };
  }
}

/** Where the stop text that is complete first begins. */
function firstCompleted(text: string, stop: readonly string[]): number | undefined {
  let start: number | undefined;
  let end = Number.POSITIVE_INFINITY;
  for (const one of stop) {
    const at = text.indexOf(one);
    if (at < 0) continue;
    const ownEnd = at + one.length;
    if (ownEnd < end || (ownEnd === end && at < (start ?? 0))) {
      start = at;
      end = ownEnd;
    }
  }
  return start;
}

/** Length of the longest end of the text that is the beginning of a stop text. */
function formingLength(text: string, stop: readonly string[]): number {
  let longest = 0;
  for (const one of stop) {
    for (let length = Math.min(one.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(one.slice(0, length))) {
        longest = length;
        break;
      }
    }
  }
  return longest;
}
