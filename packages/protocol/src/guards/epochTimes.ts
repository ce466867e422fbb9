import { ProtocolError } from "../errors.js";
import { type EpochId, epochId, type UnixSeconds } from "../primitives.js";

/** When epoch 0 began, and how long each lasts: facts of a network, in chain time. */
export type EpochTimes = { readonly t0: UnixSeconds; readonly epochSeconds: number };

/** Records of an epoch are cut off this part of it before its end: time for them to become final, and for guards to fetch them. */
const CUT_OFF_PARTS = 10;
/** A leader's slot is this part of an epoch. */
const SLOT_PARTS = 20;

export function epochStart(times: EpochTimes, epoch: number): UnixSeconds {
  checkTimes(times);
  return times.t0 + epochId(epoch) * times.epochSeconds;
}

/** From when on (inclusive) what happens belongs to the next epoch's records: `end − ⌊epochSeconds ÷ 10⌋`. */
export function cutOffOf(times: EpochTimes, epoch: number): UnixSeconds {
  return epochStart(times, epoch + 1) - Math.floor(times.epochSeconds / CUT_OFF_PARTS);
}

/** The epoch whose records hold what happens at a time: the first whose cut-off is still to come. */
export function recordEpochAt(times: EpochTimes, time: UnixSeconds): EpochId {
  checkTimes(times);
  const epoch = Math.max(0, Math.floor((time - times.t0) / times.epochSeconds));
  return epochId(time < cutOffOf(times, epoch) ? epoch : epoch + 1);
}

/**
 * Whose turn it is to gather an epoch's signatures: slot `⌊20 × (time − end) ÷ epochSeconds⌋`. Undefined before the epoch's end, and from
 * the next epoch's cut-off on: what isn't posted by then stays empty, and the next root covers it.
 */
export function leaderSlotAt(times: EpochTimes, epoch: number, time: UnixSeconds): number | undefined {
  const end = epochStart(times, epoch + 1);
  if (time < end || time >= cutOffOf(times, epoch + 1)) return undefined;
  return Math.floor((SLOT_PARTS * (time - end)) / times.epochSeconds);
}

/** When a slot after an epoch's end begins. */
export function slotStart(times: EpochTimes, epoch: number, slot: number): UnixSeconds {
  return epochStart(times, epoch + 1) + Math.ceil((slot * times.epochSeconds) / SLOT_PARTS);
}

/** The first epoch in which anyone may be a guard: it starts at or after the hosted phase's end. */
export function firstOpenEpoch(times: EpochTimes, hostedUntil: UnixSeconds): EpochId {
  checkTimes(times);
  return epochId(Math.max(0, Math.ceil((hostedUntil - times.t0) / times.epochSeconds)));
}

function checkTimes({ t0, epochSeconds }: EpochTimes): void {
  for (const [field, value, least] of [
    ["t0", t0, 0],
    ["epochSeconds", epochSeconds, 1],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field, value: String(value), range: `${least}…2^53−1` });
  }
}
