import type { Books } from "@cortensor/books";
import type { OpenedSetChallenge } from "@cortensor/chain";
import type { Bytes32, UnixSeconds } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { challengesToAnswer } from "./challengesToAnswer.js";
import type { RouterMetrics } from "./metrics.js";
import type { RouterChain } from "./routerChain.js";

/** Answers of one round: each is a transaction, waited for. A lane has 32 open challenges at most, and each of them an hour. */
const ANSWERS_AT_ONCE = 8;
/** Challenges of the last blocks are looked for, and those that are answered looked at again: a reorganisation may take either back. */
const AGAIN_BLOCKS = 12n;

export type ChallengeWatchParts = {
  readonly chain: Pick<
    RouterChain,
    "profile" | "readHead" | "listSetChallenges" | "readSetChallenge" | "findSetCid" | "answerSetChallenge"
  >;
  readonly books: Pick<Books, "findSettlementSet">;
  readonly metrics: Pick<RouterMetrics, "setChallenges">;
  readonly log: Logger;
};

/** A challenge whose hour isn't over. */
type Watched = OpenedSetChallenge & {
  failures: number;
  /** It was told that the books haven't its set. */
  isMissed: boolean;
  /** Head at which it was first seen answered. */
  answeredBlock: bigint | undefined;
};

/**
 * Answers challenges of the lane's settlement sets from the operator's books, within their hour: else the lane loses what has not matured,
 * and its bond a tenth. The chain takes one answer to each, so that of several routers of an operator one pays for it and the others see
 * that it is there.
 */
export class ChallengeWatch {
  readonly #parts: ChallengeWatchParts;
  readonly #watched = new Map<Bytes32, Watched>();
  #fromBlock: bigint;

  constructor(parts: ChallengeWatchParts) {
    this.#parts = parts;
    this.#fromBlock = parts.chain.profile.deployBlock;
  }

  /** Looks for new challenges, and answers what is open. What fails is tried again in a later round. */
  async round(): Promise<void> {
    const { chain } = this.#parts;
    const { blockNumber, timestamp } = await chain.readHead();
    for (const opened of await chain.listSetChallenges(this.#fromBlock)) this.#note(opened, timestamp);
    const again = blockNumber - AGAIN_BLOCKS;
    if (again > this.#fromBlock) this.#fromBlock = again;
    for (const watched of this.#watched.values()) if (watched.deadline <= timestamp) await this.#end(watched);
    const waiting: Watched[] = [];
    for (const watched of this.#watched.values()) if (await this.#waits(watched, blockNumber)) waiting.push(watched);
    const chosen = challengesToAnswer(waiting, { nowSeconds: timestamp, most: ANSWERS_AT_ONCE });
    for (const watched of chosen) await this.#tryToAnswer(watched);
  }

  #note(opened: OpenedSetChallenge, timestamp: UnixSeconds): void {
    if (opened.deadline <= timestamp || this.#watched.has(opened.id)) return;
    this.#watched.set(opened.id, { ...opened, failures: 0, isMissed: false, answeredBlock: undefined });
    this.#parts.log.warn("A piece of a settlement's set is asked for", toData(opened));
  }

  /** Its hour is over. */
  async #end(watched: Watched): Promise<void> {
    const { chain, metrics, log } = this.#parts;
    const found = await chain.readSetChallenge(watched.id);
    this.#watched.delete(watched.id);
    if (found === undefined || found.state === "answered") return;
    metrics.setChallenges.add({ outcome: "late" });
    log.error("A challenge wasn't answered in time: anyone may have its set condemned", toData(watched));
  }

  async #waits(watched: Watched, blockNumber: bigint): Promise<boolean> {
    const { answeredBlock } = watched;
    if (answeredBlock !== undefined && blockNumber - answeredBlock >= AGAIN_BLOCKS) return false;
    const found = await this.#parts.chain.readSetChallenge(watched.id);
    // Its own opening was taken back: it comes again with another block, or never.
    if (found === undefined) this.#watched.delete(watched.id);
    const isOpen = found?.state === "open";
    watched.answeredBlock = isOpen ? undefined : (answeredBlock ?? blockNumber);
    return isOpen;
  }

  /** One challenge whose answer fails keeps no other from its own. */
  async #tryToAnswer(watched: Watched): Promise<void> {
    const { chain, metrics, log } = this.#parts;
    const { id } = watched;
    try {
      await this.#answer(watched);
    } catch (error) {
      watched.failures += 1;
      const found = await chain.readSetChallenge(id).catch(() => undefined);
      if (found?.state === "answered") {
        log.info("A challenge was answered by another", { id });
        metrics.setChallenges.add({ outcome: "elsewhere" });
        return;
      }
      log.error("A challenge could not be answered; it is tried again", toData(watched), error);
      metrics.setChallenges.add({ outcome: "failed" });
    }
  }

  async #answer(watched: Watched): Promise<void> {
    const { chain, books, metrics, log } = this.#parts;
    const { id, index, settlementId } = watched;
    const setCid = await chain.findSetCid(settlementId);
    const bytes = setCid && (await books.findSettlementSet(setCid));
    if (bytes === undefined) {
      watched.failures += 1;
      if (watched.isMissed) return;
      watched.isMissed = true;
      const remedy = `cortensor challenge answer ${id} --sets <folder|url>`;
      log.error("A challenge can't be answered: the books haven't its set. Show it from elsewhere, or the bond pays", {
        ...toData(watched),
        setCid,
        remedy,
      });
      metrics.setChallenges.add({ outcome: "missing" });
      return;
    }
    const { txHash } = await chain.answerSetChallenge({ id, index, bytes });
    log.info("Challenge answered", { id, settlementId, index, txHash });
    metrics.setChallenges.add({ outcome: "answered" });
  }
}

function toData({ id, settlementId, index, deadline }: OpenedSetChallenge) {
  return { id, settlementId, index, deadline };
}
