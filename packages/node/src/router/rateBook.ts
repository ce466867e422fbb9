import type { RateView } from "@cortensor/api";
import type { RateRecord } from "@cortensor/chain";
import type { Logger } from "@cortensor/runtime";
import type { RouterChain } from "./routerChain.js";
import type { ChainTime } from "./routerCore.js";

export type RateBookParts = {
  readonly chain: Pick<RouterChain, "readRate">;
  readonly time: Pick<ChainTime, "chainSeconds">;
  readonly log: Logger;
};

/** The rate as the chain had it last. Only what is shown in LLM tokens depends on it: no hold, no charge. */
export class RateBook {
  readonly #parts: RateBookParts;
  #last: RateRecord | undefined;

  constructor(parts: RateBookParts) {
    this.#parts = parts;
  }

  /** Never rejects: an unreachable chain leaves the last rate to its age. */
  async refresh(): Promise<void> {
    try {
      this.#last = await this.#parts.chain.readRate();
    } catch (error) {
      this.#parts.log.warn("The rate could not be read", {}, error);
    }
  }

  /** Undefined while none was posted. */
  view(): RateView | undefined {
    const last = this.#last;
    if (last === undefined) return undefined;
    const { weiPerLlmToken, source, postedAt, ageMaxSeconds } = last;
    const ageSeconds = Math.max(0, this.#parts.time.chainSeconds() - postedAt);
    return { weiPerLlmToken, source, postedAt, ageSeconds, ageMaxSeconds, isFresh: ageSeconds <= ageMaxSeconds };
  }
}
