import type { Address } from "@cortensor/protocol";
import type { QueueChain } from "./queueChain.js";

/** A balance is read again after this: a task spends a small part of one. */
const KNOWN_MS = 60_000;
/** Miners remembered; the oldest leave first. */
const MINERS_MAX = 10_000;

/** Which miners can pay for their steps on chain, asked of it at most once a minute each. */
export class PostingMiners {
  readonly #chain: Pick<QueueChain, "readCanPost">;
  readonly #nowMs: () => number;
  readonly #known = new Map<Address, { readonly canPost: boolean; readonly untilMs: number }>();

  constructor({ chain, nowMs }: { readonly chain: Pick<QueueChain, "readCanPost">; readonly nowMs: () => number }) {
    this.#chain = chain;
    this.#nowMs = nowMs;
  }

  async canPost(miner: Address): Promise<boolean> {
    const known = this.#known.get(miner);
    if (known !== undefined && known.untilMs > this.#nowMs()) return known.canPost;
    const canPost = await this.#chain.readCanPost(miner);
    this.#known.delete(miner);
    this.#known.set(miner, { canPost, untilMs: this.#nowMs() + KNOWN_MS });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MINERS_MAX && oldest !== undefined) this.#known.delete(oldest);
    return canPost;
  }
}
