import type { UnixSeconds } from "@cortensor/protocol";
import type { LifeAct, LifeView, PlannedAct } from "./lifeView.js";
import { planOwnLife } from "./planOwnLife.js";
import { planSessionDraws } from "./planSessionDraws.js";
import { planRequest, planTaskDraws } from "./planTaskDraws.js";
import { planTurns } from "./planTurns.js";

/** Looks in an epoch while something of this node's is under way, and while nothing is: news is at most so old. */
const BUSY_LOOKS = 20;
const IDLE_LOOKS = 6;
/** Longest and shortest pause: a creator's turn lasts a minute, and no chain makes blocks faster than a second. */
const PAUSE_SECONDS_MAX = { busy: 10, idle: 60 };
const PAUSE_SECONDS_MIN = 1;

export type NextLifeActs = {
  /** What is due now, in this order. */
  readonly acts: readonly LifeAct[];
  /** Pause until the next look, unless something comes of the acts. */
  readonly pauseSeconds: number;
};

/** What a node does now about its life on chain, and when it looks again: a pure function of what the chain says and of the time. */
export function nextLifeActs(view: LifeView): NextLifeActs {
  const { nowSeconds } = view;
  const planned = [
    ...planTurns(view),
    ...planTaskDraws(view),
    ...planSessionDraws(view),
    ...planOwnLife(view),
    ...planRequest(view),
  ].filter(({ untilSeconds = Number.POSITIVE_INFINITY }) => nowSeconds < untilSeconds);
  const acts = planned.filter(({ atSeconds }) => atSeconds <= nowSeconds).map(({ act }) => act);
  return { acts, pauseSeconds: pauseOf(view, planned) };
}

function pauseOf(view: LifeView, planned: readonly PlannedAct[]): number {
  const { nowSeconds, times, work } = view;
  const ahead = planned.map(({ atSeconds }) => atSeconds).filter((atSeconds) => atSeconds > nowSeconds);
  const isBusy = work.size > 0 || isSoon(ahead, nowSeconds + times.epochSeconds) || view.tasks.length > 0;
  const [looks, most] = isBusy ? [BUSY_LOOKS, PAUSE_SECONDS_MAX.busy] : [IDLE_LOOKS, PAUSE_SECONDS_MAX.idle];
  const pause = Math.min(times.epochSeconds / looks, most, ...ahead.map((atSeconds) => atSeconds - nowSeconds));
  return Math.max(PAUSE_SECONDS_MIN, pause);
}

function isSoon(ahead: readonly UnixSeconds[], bySeconds: UnixSeconds): boolean {
  return ahead.some((atSeconds) => atSeconds <= bySeconds);
}
