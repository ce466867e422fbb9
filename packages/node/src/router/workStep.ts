import type { SealedWork } from "@cortensor/books";
import { type Bytes32, cutOffOf, type EpochTimes, recordEpochAt, type UnixSeconds } from "@cortensor/protocol";

/** A record is made and sent from half an epoch before its cut-off on: late enough to tell of the epoch, early enough to be in a block in time. */
const LEAD_PARTS = 2;

/** What to do about work records now. */
export type WorkStep =
  | { readonly kind: "wait" }
  /** Make the record of this epoch, and send it. */
  | { readonly kind: "seal"; readonly epoch: number }
  | { readonly kind: "send" | "posted" | "dropped"; readonly record: SealedWork };

/** What the chain says of the record that is on its way. */
export type WorkOnChain = {
  /** The root that stands in the newest block, and in the deepest that counts as not final yet; undefined for none. */
  readonly latestRoot: Bytes32 | undefined;
  readonly finalRoot: Bytes32 | undefined;
  readonly finalSeconds: UnixSeconds;
};

/** When a record is due. */
export function dueEpoch(times: EpochTimes, nowSeconds: UnixSeconds): number | undefined {
  const epoch = recordEpochAt(times, nowSeconds);
  const from = cutOffOf(times, epoch) - Math.floor(times.epochSeconds / LEAD_PARTS);
  return nowSeconds >= from ? epoch : undefined;
}

/**
 * A record that is final as it was made is posted for good. One that another took the place of, or that is in no final block of its epoch's records, never will be: it is
 * dropped, and its tasks go into the next. Until that is known it is sent as long as it can come in time, and no other is made.
 */
export function workStep(of: {
  readonly times: EpochTimes;
  readonly nowSeconds: UnixSeconds;
  readonly open: { readonly record: SealedWork; readonly onChain: WorkOnChain } | undefined;
}): WorkStep {
  const { times, nowSeconds, open } = of;
  if (open === undefined) {
    const epoch = dueEpoch(times, nowSeconds);
    return epoch === undefined ? { kind: "wait" } : { kind: "seal", epoch };
  }
  const { record, onChain } = open;
  const { latestRoot, finalRoot, finalSeconds } = onChain;
  const cutOff = cutOffOf(times, record.epoch);
  if (finalRoot !== undefined) return { kind: finalRoot === record.recordRoot ? "posted" : "dropped", record };
  if (finalSeconds >= cutOff) return { kind: "dropped", record };
  return latestRoot === undefined && nowSeconds < cutOff ? { kind: "send", record } : { kind: "wait" };
}
