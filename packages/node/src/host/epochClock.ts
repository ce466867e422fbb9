import { epochAt, type NetworkProfile } from "@cortensor/chain";
import type { UnixSeconds } from "@cortensor/protocol";
import { type Clock, type Logger, runLoop } from "@cortensor/runtime";

/** Pause between two looks at the chain's time. It drifts from the machine's by seconds a day; local chains can be moved by hand. */
const REFRESH_MS = 10_000;
const JITTER = 0.2;

/** The chain's time and epoch, without asking the chain each time. */
export type EpochClock = {
  /** Chain time, kept going by the machine's clock between two looks at the chain. */
  chainSeconds(): UnixSeconds;
  epoch(): number;
  /** Resolves when the signal has aborted and no look is under way. */
  readonly stopped: Promise<void>;
};

export type EpochClockParts = {
  readonly profile: Pick<NetworkProfile, "t0" | "epochSeconds">;
  /** Timestamp of the chain's newest block. */
  readonly readChainSeconds: () => Promise<UnixSeconds>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Learns what belongs to the time that a look found, before anybody else has that time. A look whose `beforeMove` fails moves nothing. */
  readonly beforeMove?: (chainSeconds: UnixSeconds) => Promise<void>;
};

/** Looks at the chain once before it resolves; rejects when that fails. */
export async function createEpochClock(parts: EpochClockParts): Promise<EpochClock> {
  const { profile, readChainSeconds, clock, log, signal } = parts;
  let offsetMs = 0;
  const refresh = async (): Promise<void> => {
    const chainMs = (await readChainSeconds()) * 1000;
    // A quiet chain's newest block lies in the past: only a chain that is ahead, or was never looked at, moves the clock.
    const aheadMs = Math.max(0, chainMs - clock.nowMs());
    await parts.beforeMove?.(Math.floor((clock.nowMs() + aheadMs) / 1000));
    offsetMs = aheadMs;
  };
  await refresh();
  const stopped = runLoop({
    name: "epoch clock",
    everyMs: REFRESH_MS,
    jitter: JITTER,
    clock,
    signal,
    work: refresh,
    onError: (error) => log.warn("Chain time could not be read", {}, error),
  });
  const chainSeconds = (): number => Math.floor((clock.nowMs() + offsetMs) / 1000);
  return { chainSeconds, epoch: () => epochAt(profile, chainSeconds()), stopped };
}
