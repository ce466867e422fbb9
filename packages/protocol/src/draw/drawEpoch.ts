import type { UnixSeconds } from "../primitives.js";

/** Where a chain's epochs lie. */
export type EpochClock = { readonly t0Seconds: UnixSeconds; readonly epochSeconds: number };

/**
 * Epochs from a request to its draw. A beacon is revealed in the epoch before its own, so of the next epoch's some part may be known already; of
 * the one after that nobody knows anything.
 */
export const DRAW_EPOCHS_AHEAD = 2;

/** When a draw may be made, and by when its candidates had to be there. */
export type DrawWindow = {
  /** Whose beacon decides. */
  readonly epoch: number;
  /** First second at which nothing about the candidates can be changed in view of the beacon: they are in from before it. */
  readonly fixedAtSeconds: UnixSeconds;
  /** From this second on anyone may make the draw. */
  readonly opensSeconds: UnixSeconds;
  /** From this second on it is void, so that nobody gains by waiting. */
  readonly closesSeconds: UnixSeconds;
};

/** The window of what was requested in an epoch: candidates as they are when it ends, drawn in the second epoch after it. */
export function drawWindow(requestedEpoch: number, { t0Seconds, epochSeconds }: EpochClock): DrawWindow {
  const epoch = requestedEpoch + DRAW_EPOCHS_AHEAD;
  const opensSeconds = t0Seconds + epoch * epochSeconds;
  const fixedAtSeconds = t0Seconds + (requestedEpoch + 1) * epochSeconds;
  return { epoch, fixedAtSeconds, opensSeconds, closesSeconds: opensSeconds + epochSeconds };
}

/** Why no draw is made at this second; undefined while its window is open. */
export function drawRefusal(window: DrawWindow, nowSeconds: UnixSeconds): "drawEarly" | "drawLate" | undefined {
  if (nowSeconds < window.opensSeconds) return "drawEarly";
  return nowSeconds < window.closesSeconds ? undefined : "drawLate";
}
