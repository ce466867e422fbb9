/** A running hash over everything that happened: equal for two runs only if they took the same steps. 64 bits, not for secrets. */
export class TraceHash {
  #low = 0x9e3779b9;
  #high = 0x85ebca6b;
  readonly #time = new Float64Array(1);
  /** The same bytes, as whole numbers. */
  readonly #timeWords = new Uint32Array(this.#time.buffer);

  add(atMs: number, kind: number, subject: number, detail: number): void {
    this.#time[0] = atMs;
    this.#mix(this.#timeWords[0] ?? 0);
    this.#mix(this.#timeWords[1] ?? 0);
    this.#mix((kind << 24) ^ subject);
    this.#mix(detail);
  }

  get hex(): string {
    const text = (half: number): string => (half >>> 0).toString(16).padStart(8, "0");
    return text(this.#high) + text(this.#low);
  }

  #mix(word: number): void {
    this.#low = Math.imul(this.#low ^ word, 0x01000193) ^ (this.#high >>> 13);
    this.#high = Math.imul(this.#high ^ this.#low ^ (word >>> 7), 0x5bd1e995) ^ (this.#low << 11);
  }
}
