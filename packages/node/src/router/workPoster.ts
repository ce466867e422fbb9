import type { Books, PublishedSet, SealedWork } from "@cortensor/books";
import type { Logger } from "@cortensor/runtime";
import type { RouterMetrics } from "./metrics.js";
import type { RouterChain } from "./routerChain.js";
import type { ChainTime } from "./routerCore.js";
import type { PublishedKind } from "./routerParts.js";
import { type WorkOnChain, workStep } from "./workStep.js";

export type WorkPosterParts = {
  readonly chain: Pick<RouterChain, "profile" | "readHead" | "readBlockSeconds" | "readWorkRoot" | "postWork">;
  readonly books: Pick<Books, "sealWork" | "openWork" | "endWork">;
  readonly time: Pick<ChainTime, "chainSeconds">;
  readonly finalityBlocks: number;
  readonly metrics: RouterMetrics;
  readonly log: Logger;
  /** Puts a record's bytes where they can be had without this router. Safe to call again. */
  readonly publishSet: (set: PublishedSet, kind: PublishedKind) => Promise<void>;
};

/**
 * Makes what the operator's routers took up and ended public, once an epoch. Written down before it is published, published before it is sent, found again on chain after
 * a crash; several routers of one operator may do it side by side.
 */
export class WorkPoster {
  readonly #parts: WorkPosterParts;

  constructor(parts: WorkPosterParts) {
    this.#parts = parts;
  }

  async round(): Promise<void> {
    const { books, chain, time, log } = this.#parts;
    const record = await books.openWork();
    const open = record && { record, onChain: await this.#look(record) };
    const step = workStep({ times: chain.profile, nowSeconds: time.chainSeconds(), open });
    if (step.kind === "seal") {
      const sealed = await books.sealWork({ chainId: chain.profile.chainId, epoch: step.epoch });
      if (sealed !== undefined) await this.#send(sealed);
    } else if (step.kind === "send") await this.#send(step.record);
    else if (step.kind !== "wait") {
      const { epoch } = step.record;
      await this.#publish(step.record);
      await books.endWork(epoch, step.kind);
      this.#parts.metrics.workRecords.add({ outcome: step.kind });
      log.info("Work record ended", { epoch, outcome: step.kind });
    }
  }

  async #look({ epoch }: SealedWork): Promise<WorkOnChain> {
    const { chain, finalityBlocks } = this.#parts;
    const { blockNumber } = await chain.readHead();
    const final = blockNumber - BigInt(finalityBlocks);
    const latest = chain.readWorkRoot({ epoch, blockNumber });
    if (final < chain.profile.deployBlock) {
      return { latestRoot: await latest, finalRoot: undefined, finalSeconds: 0 };
    }
    const [latestRoot, finalRoot, finalSeconds] = await Promise.all([
      latest,
      chain.readWorkRoot({ epoch, blockNumber: final }),
      chain.readBlockSeconds(final),
    ]);
    return { latestRoot, finalRoot, finalSeconds };
  }

  /** What is in no block is looked for, and sent again, by the next round. */
  async #send(record: SealedWork): Promise<void> {
    const { chain, log } = this.#parts;
    const { epoch, recordRoot, recordCid, begun, ended } = record;
    await this.#publish(record);
    try {
      await chain.postWork({ epoch, recordRoot, recordCid, begun, ended });
      log.info("Work record posted", { epoch, recordCid, begun, ended });
    } catch (error) {
      log.warn("A work record may not have been posted; it is looked for on chain", { epoch }, error);
    }
  }

  /** The books keep it: a failure is made good when the record has ended. */
  async #publish({ recordCid, bytes }: SealedWork): Promise<void> {
    try {
      await this.#parts.publishSet({ setCid: recordCid, bytes }, "workRecord");
    } catch (error) {
      this.#parts.log.error("A work record could not be published", { recordCid }, error);
    }
  }
}
