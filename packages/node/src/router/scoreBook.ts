import type { Address } from "@cortensor/protocol";

/** What a miner did with one task, as far as its score goes. */
export type Conduct = "good" | "died" | "silent" | "bad" | "outlier";

/** Miners remembered, gone ones too: a miner that reconnects keeps its score. The longest unseen are forgotten first. */
const MINERS_MAX = 16_384;
/** A miner nobody has seen work yet. */
const FIRST_SCORE = 0.5;
/** A good task moves the score this far of the way to 1: about 40 good tasks make a good name. */
const GOOD_STEP = 0.05;
const KEPT_AFTER: Readonly<Record<Exclude<Conduct, "good">, number>> = {
  died: 0.8,
  silent: 0.7,
  bad: 0.4,
  // Honest answers are outliers too, as often as the threshold says.
  outlier: 0.8,
};

/** How well each miner has served this router: 0 to 1. Steers traffic, nothing else. */
export class ScoreBook {
  readonly #scores = new Map<Address, number>();

  scoreOf(miner: Address): number {
    return this.#scores.get(miner) ?? FIRST_SCORE;
  }

  record(miner: Address, conduct: Conduct): void {
    const before = this.scoreOf(miner);
    const after = conduct === "good" ? before + GOOD_STEP * (1 - before) : before * KEPT_AFTER[conduct];
    this.#scores.delete(miner);
    this.#scores.set(miner, after);
    if (this.#scores.size <= MINERS_MAX) return;
    for (const oldest of this.#scores.keys()) {
      this.#scores.delete(oldest);
      return;
    }
  }
}
