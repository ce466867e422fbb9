import { PPM } from "@cortensor/protocol";

/** Of the tasks that an epoch's duties check: in the middle of one to three of a hundred. */
export const PLANTED_PPM = 20_000;
/** Of one planter in one epoch, however many tasks were checked: each is paid for, and checked by others. */
export const PLANTS_MAX = 16;

/**
 * How many results to plant in an epoch, by the last one of which everything is known. Planters that look at the same epoch leave each other room; a part of one is one so often. Pure.
 */
export function plantsDue(of: {
  /** Tasks that were drawn for a check. */
  readonly checked: number;
  /** Of those, planted by others. */
  readonly others: number;
  /** However few were checked: two of a hundred find nobody where an epoch has a dozen tasks. Default 0. */
  readonly least?: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}): number {
  const wanted = Math.max(0, (of.checked * PLANTED_PPM) / PPM - of.others);
  return Math.min(PLANTS_MAX, Math.max(of.least ?? 0, Math.floor(wanted + of.random())));
}
