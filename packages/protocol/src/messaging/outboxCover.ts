import { cutOffOf, type EpochTimes } from "../guards/epochTimes.js";
import type { Bytes32, UnixSeconds } from "../primitives.js";

/** An outbox that was posted, and when its challenger took it out, if it did. */
export type PostedRoot = {
  readonly epoch: number;
  readonly root: Bytes32;
  readonly challengedAt?: UnixSeconds;
};

/** Places of a sequence, from 0: `to` exclusive. */
export type CoveredRange = { readonly from: number; readonly to: number };

/** What a chain sent in order, as roots of epochs cover it. */
export type CoverFacts = {
  readonly times: EpochTimes;
  /** In the order of their epochs. */
  readonly posted: readonly PostedRoot[];
  /** How many of the sequence happened before a time. */
  readonly countBefore: (time: UnixSeconds) => number;
  /** The root that an epoch's range has. */
  readonly rootOf: (epoch: number, range: CoveredRange) => Bytes32;
  /** Most under one root: the rest is the next one's. */
  readonly most: number;
};

/**
 * What the root of each posted epoch covers, and what the root of one more has to. A root covers what came before its epoch's cut-off and under no root before, in
 * order, as far as it has room. One that was taken out by an epoch's cut-off, or that isn't what the sequence makes, covers nothing from then on: the
 * next begins where it began. So everybody who reads the same has the same, and nothing is left out for ever. Ranges are by epoch; one is empty where
 * nothing is to be covered.
 */
export function coverOf(facts: CoverFacts, epoch: number): ReadonlyMap<number, CoveredRange> {
  const ranges = new Map<number, CoveredRange>();
  const standing: { readonly posted: PostedRoot; readonly range: CoveredRange }[] = [];
  let next = 0;
  const rangeOf = (ofEpoch: number): CoveredRange => {
    const cutOff = cutOffOf(facts.times, ofEpoch);
    for (const [place, { posted, range }] of [...standing.entries()].reverse()) {
      if (!isFallen(posted, cutOff)) continue;
      next = Math.min(next, range.from);
      standing.splice(place, 1);
    }
    const to = Math.max(next, Math.min(facts.countBefore(cutOff), next + facts.most));
    return { from: next, to };
  };
  for (const posted of facts.posted) {
    if (posted.epoch >= epoch) break;
    const range = rangeOf(posted.epoch);
    ranges.set(posted.epoch, range);
    if (range.to === range.from || facts.rootOf(posted.epoch, range) !== posted.root) continue;
    standing.push({ posted, range });
    next = range.to;
  }
  ranges.set(epoch, rangeOf(epoch));
  return ranges;
}

function isFallen({ challengedAt }: PostedRoot, cutOff: UnixSeconds): boolean {
  return challengedAt !== undefined && challengedAt < cutOff;
}
