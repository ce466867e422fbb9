import { type Books, type KeptProof, RECEIPTS_PUT_MAX } from "@cortensor/books";
import type { BatchProof, Bytes32 } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { ExpectedResult } from "./provenResults.js";

/** Proofs that may wait while the database is away: some seconds at full load. What comes beyond it is lost. */
export const WAITING_MAX = 65_536;
/** A result may be disputed for a day after its task's deadline, and may be judged for two more. */
const KEPT_MS = 4 * 24 * 60 * 60 * 1_000;
/** How often what is older is looked for. */
const FORGET_MS = 600_000;

export type ProofDeskParts = {
  readonly books: Pick<Books, "keepProofs" | "findProofs" | "forgetProofs">;
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Logger;
};

/**
 * Keeps where miners signed their results, many at a time, beside the request path: nothing waits for it. Whoever finds a result wrong needs it to
 * have it judged.
 */
export class ProofDesk {
  readonly #parts: ProofDeskParts;
  #waiting: KeptProof[] = [];
  #lost = 0;
  #forgotAtMs = 0;
  #writing: Promise<void> | undefined;

  constructor(parts: ProofDeskParts) {
    this.#parts = parts;
  }

  keep(of: ExpectedResult, proof: BatchProof): void {
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push({ ...of, proof });
    else this.#lost += 1;
  }

  /** Where miners signed these results, as far as it is known. Those of a receipt: not many. */
  async find(results: readonly Bytes32[]): Promise<readonly KeptProof[]> {
    const kept = await this.#parts.books.findProofs(results);
    const known = new Map(
      [...this.#waiting.filter(({ result }) => results.includes(result)), ...kept].map((one) => [one.result, one]),
    );
    return results.flatMap((result) => known.get(result) ?? []);
  }

  /** Writes what waits, and forgets what is old. */
  round(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** Writes everything, when nothing more will come. */
  async drain(): Promise<void> {
    await this.#writing?.catch(() => undefined);
    await this.round();
  }

  async #write(): Promise<void> {
    const { books, clock, log } = this.#parts;
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0)
      log.error("More signatures of miners wait to be kept than may: their results can't be disputed", { lost });
    const nowMs = clock.nowMs();
    while (this.#waiting.length > 0) {
      const part = this.#waiting.slice(0, RECEIPTS_PUT_MAX);
      await books.keepProofs(part, nowMs);
      this.#waiting = this.#waiting.slice(part.length);
    }
    if (nowMs - this.#forgotAtMs < FORGET_MS) return;
    await books.forgetProofs(nowMs - KEPT_MS);
    this.#forgotAtMs = nowMs;
  }
}
