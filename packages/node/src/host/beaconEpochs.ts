import { type Bytes32, type EpochTimes, recordEpochAt, type UnixSeconds } from "@cortensor/protocol";

/**
 * How many epochs back the beacon may be of that a task's seed is made of: longer than any task waits and runs, at an epoch's length of ten minutes by far. It
 * bounds what is remembered, and for how long a router that no longer reads the chain is served.
 */
export const BEACON_EPOCHS_MAX = 16;

/** An epoch, and its beacon as the chain has it. */
export type EpochBeacon = { readonly epoch: number; readonly beacon: Bytes32 };

/** Whether a task may be of an epoch while another runs here. The next one is: clocks differ, and its beacon is known before it begins. */
export function isBeaconEpoch(epoch: number, running: number): boolean {
  return epoch >= running - BEACON_EPOCHS_MAX && epoch <= running + 1;
}

/** What a task that begins now is of: the latest epoch that has begun and whose beacon is known. Undefined when that is too long ago. */
export function beaconToBindTo(known: ReadonlyMap<number, Bytes32>, running: number): EpochBeacon | undefined {
  for (let epoch = running; epoch >= Math.max(0, running - BEACON_EPOCHS_MAX); epoch -= 1) {
    const beacon = known.get(epoch);
    if (beacon !== undefined) return { epoch, beacon };
  }
  return undefined;
}

/** Epochs whose beacons tasks are of, or may soon be: the one that runs; once its records are cut off, the next, which no secret changes any more. */
export function beaconsDue(times: EpochTimes, seconds: UnixSeconds): readonly number[] {
  const running = Math.max(0, Math.floor((seconds - times.t0) / times.epochSeconds));
  const next = recordEpochAt(times, seconds);
  return next > running ? [running, next] : [running];
}
