import { cutOffOf, type EpochTimes, epochStart, recordEpochAt, slotStart, type UnixSeconds } from "@cortensor/protocol";

/**
 * Until when a duty has nothing to do, in chain time: a guard looks every second or two, and asks nothing of the chain in between. Undefined
 * while something may come at any moment.
 */
export type RestUntil = UnixSeconds | undefined;

/** The next work records to look at are those of the epoch whose records are open; while one of before isn't shown, it is asked for again. */
export function restOfWork(
  times: EpochTimes,
  at: { readonly time: UnixSeconds; readonly openRecords: number },
): RestUntil {
  return at.openRecords === 0 ? cutOffOf(times, recordEpochAt(times, at.time)) : undefined;
}

/** The set that was fixed for the open records, and what was committed to and shown in them, stand until their cut-off. */
export function restOfRecords(
  times: EpochTimes,
  at: { readonly time: UnixSeconds; readonly isDone: boolean },
): RestUntil {
  return at.isDone ? cutOffOf(times, recordEpochAt(times, at.time)) : undefined;
}

/**
 * Roots of the epoch that is over: once all are posted, until the first slot in which others are asked again; and until the running epoch
 * ends when there is none, or nothing may be signed any more.
 */
export function restOfRoots(
  times: EpochTimes,
  at: {
    /** The epoch that is over. */
    readonly epoch: number;
    /** Undefined when its roots can't be posted any more. */
    readonly slot: number | undefined;
    readonly isDone: boolean;
    /** The next slot in which others are asked. */
    readonly nextRound: number | undefined;
  },
): RestUntil {
  const { epoch, slot, isDone, nextRound } = at;
  if (slot !== undefined && !isDone) return undefined;
  const isRound = slot !== undefined && nextRound !== undefined;
  return isRound ? slotStart(times, epoch, nextRound) : epochStart(times, epoch + 2);
}

/** The virtual block of the epoch before the running one is made: the next comes with a checkpoint that can't be posted before this one's end. */
export function restOfBlocks(
  times: EpochTimes,
  at: { readonly epoch: number; readonly madeEpoch: number | undefined },
): RestUntil {
  const { epoch, madeEpoch } = at;
  return madeEpoch !== undefined && madeEpoch >= epoch - 1 ? epochStart(times, epoch + 1) : undefined;
}
