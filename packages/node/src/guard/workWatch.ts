import { type Address, cutOffOf, recordEpochAt, type UnixSeconds } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { GuardChain, WorkPosted } from "./guardChain.js";
import type { GuardMetrics } from "./metrics.js";
import { listWork, type WorkParts, workName } from "./readWork.js";
import { type RestUntil, restOfWork } from "./restUntil.js";
import { waitAwhile } from "./waitAwhile.js";

/** Time that one look gives to records that others have to show. */
const WAIT_MS = 1_000;
/** A record that isn't shown for this part of an epoch after its cut-off is reported: half of it is left to show it after a fault. */
const REPORT_PARTS = 2;
/** Epochs whose records are looked at: one that the chain closed lately, and those that a short absence left. */
const EPOCHS_WATCHED = 4;

export type WorkWatchParts = WorkParts & {
  readonly chain: WorkParts["chain"] &
    Pick<GuardChain, "times" | "readHead" | "readGuardSet" | "readFrozen" | "reportWork">;
  readonly self: Address;
  readonly clock: Clock;
  readonly metrics: GuardMetrics;
  readonly log: Logger;
};

type Watched = {
  readonly posting: WorkPosted;
  /** The search that is under way. */
  search: Promise<void> | undefined;
  isShown: boolean;
};

/**
 * Sees that what lanes posted is shown. A record that nobody shows this guard in time is reported; guards that hold a quorum so decide that it counts nothing, instead of
 * waiting for ever. Who is slow to show one delays neither the look nor another's.
 */
export class WorkWatch {
  readonly #parts: WorkWatchParts;
  /** Records of an epoch with which something is left to do. */
  readonly #open = new Map<number, Set<Watched>>();

  constructor(parts: WorkWatchParts) {
    this.#parts = parts;
  }

  async look(time: UnixSeconds): Promise<RestUntil> {
    const { chain, clock } = this.#parts;
    const records = recordEpochAt(chain.times, time);
    for (const epoch of this.#open.keys()) if (epoch < records - EPOCHS_WATCHED) this.#open.delete(epoch);
    for (let epoch = Math.max(0, records - EPOCHS_WATCHED); epoch < records; epoch += 1) await this.#list(epoch);
    const open = [...this.#open.values()].flatMap((some) => [...some]);
    await waitAwhile(Promise.all(open.map((one) => this.#search(one))), { clock, waitMs: WAIT_MS });
    for (const [epoch, some] of this.#open) {
      for (const one of some)
        if (one.isShown || (await this.#isReported(one, time))) this.#open.get(epoch)?.delete(one);
    }
    const openRecords = [...this.#open.values()].reduce((sum, some) => sum + some.size, 0);
    return restOfWork(chain.times, { time, openRecords });
  }

  async #list(epoch: number): Promise<void> {
    if (this.#open.has(epoch)) return;
    const posted = await listWork({ fromEpoch: epoch, epoch }, this.#parts);
    this.#open.set(epoch, new Set(posted.map((posting) => ({ posting, search: undefined, isShown: false }))));
  }

  #search(one: Watched): Promise<void> {
    const { fetchSet, signal, log } = this.#parts;
    const { lane, recordCid } = one.posting;
    one.search ??= fetchSet({ lane, setCid: recordCid }, signal)
      .then(
        (bytes) => {
          one.isShown = bytes !== undefined;
        },
        (error: unknown) => log.warn("A work record could not be looked for", { lane, recordCid }, error),
      )
      .finally(() => {
        one.search = undefined;
      });
    return one.search;
  }

  /** Whether nothing is left to do: it is condemned, this guard has no word in it, or it has said it. */
  async #isReported({ posting }: Watched, time: UnixSeconds): Promise<boolean> {
    const { chain, self, metrics, log } = this.#parts;
    const { lane, epoch, recordCid } = posting;
    const { times } = chain;
    if (time < cutOffOf(times, epoch) + Math.floor(times.epochSeconds / REPORT_PARTS)) return false;
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
