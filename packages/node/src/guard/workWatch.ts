import { type Address, cutOffOf, recordEpochAt, type UnixSeconds } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { GuardChain, WorkPosted } from "./guardChain.js";
import type { GuardMetrics } from "./metrics.js";
import { listWork, type WorkParts, workName } from "./readWork.js";

/** A record that isn't shown for this part of an epoch after its cut-off is reported: half of it is left to show it after a fault. */
const REPORT_PARTS = 2;
/** Epochs whose records are looked at: one that the chain closed lately, and those that a short absence left. */
const EPOCHS_WATCHED = 4;

export type WorkWatchParts = WorkParts & {
  readonly chain: WorkParts["chain"] &
    Pick<GuardChain, "times" | "readHead" | "readGuardSet" | "readFrozen" | "reportWork">;
  readonly self: Address;
  readonly metrics: GuardMetrics;
  readonly log: Logger;
};

/**
 * Sees that what lanes posted is shown. A record that nobody shows this guard in time is reported; guards that hold a quorum so decide that it counts nothing, instead of
 * waiting for ever.
 */
export class WorkWatch {
  readonly #parts: WorkWatchParts;
  /** Epochs whose postings are known, and the records of them that nobody showed yet. */
  readonly #open = new Map<number, WorkPosted[]>();

  constructor(parts: WorkWatchParts) {
    this.#parts = parts;
  }

  async look(time: UnixSeconds): Promise<void> {
    const records = recordEpochAt(this.#parts.chain.times, time);
    for (const epoch of this.#open.keys()) if (epoch < records - EPOCHS_WATCHED) this.#open.delete(epoch);
    for (let epoch = Math.max(0, records - EPOCHS_WATCHED); epoch < records; epoch += 1) {
      await this.#watch(epoch, time);
    }
  }

  async #watch(epoch: number, time: UnixSeconds): Promise<void> {
    const { times } = this.#parts.chain;
    const open = this.#open.get(epoch) ?? [...(await listWork({ fromEpoch: epoch, epoch }, this.#parts))];
    this.#open.set(epoch, open);
    const isDue = time >= cutOffOf(times, epoch) + Math.floor(times.epochSeconds / REPORT_PARTS);
    for (const posting of [...open]) {
      const isSettled = (await this.#isShown(posting)) || (isDue && (await this.#report(posting)));
      if (isSettled) open.splice(open.indexOf(posting), 1);
    }
  }

  async #isShown({ lane, recordCid }: WorkPosted): Promise<boolean> {
    const { fetchSet, signal } = this.#parts;
    return (await fetchSet({ lane, setCid: recordCid }, signal)) !== undefined;
  }

  /** Whether nothing is left to do: it is condemned, this guard has no word in it, or it has said it. */
  async #report(posting: WorkPosted): Promise<boolean> {
    const { chain, self, metrics, log } = this.#parts;
    const { lane, epoch, recordCid } = posting;
    const head = await chain.readHead();
    const condemned = (await chain.readCondemnedWork(head.number)).map(workName);
    if (condemned.includes(workName(posting))) return true;
    const { members } = await chain.readGuardSet(epoch);
    const hasWord = members.some(({ guard }) => guard === self) && !(await chain.readFrozen([self])).has(self);
    if (!hasWord) return true;
    log.warn("Nobody shows a work record; it is reported", { lane, epoch, recordCid });
    await chain.reportWork({ lane, epoch });
    metrics.workReports.add({});
    return true;
  }
}
