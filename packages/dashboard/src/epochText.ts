import type { EpochsView } from "@cortensor/sdk";

export type EpochRow = EpochsView["epochs"][number];

/** Seconds as minutes and seconds, or seconds alone. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** What became of an epoch's roots. */
export function rootsText({ roots, missing, isOpen }: EpochRow): string {
  if (missing.length === 0) return "all posted";
  if (isOpen) return roots.length === 0 ? "being signed" : `${missing.join(", ")} being signed`;
  return roots.length === 0 ? "none: the next ones cover it" : `no ${missing.join(", ")}: the next covers it`;
}

/** The fewest signatures that a root was posted with, of how many guards. */
export function quorumText({ roots, guards }: EpochRow): string {
  const known = roots.flatMap(({ signatures }) => signatures ?? []);
  return known.length === 0 ? "…" : `${Math.min(...known)} of ${guards}`;
}

export function beaconText({ beacon }: EpochRow): string {
  if (beacon === undefined) return "…";
  if (beacon.isFallback) return "fallback: nobody's secret";
  return `${beacon.revealed} of ${beacon.committed} secrets`;
}

/** Which epochs a virtual block covers. Undefined for an epoch that has none of its own. */
export function coverageText({ epoch, coversFrom }: EpochRow): string | undefined {
  if (coversFrom === undefined) return undefined;
  return coversFrom === epoch
    ? `epoch ${epoch}`
    : `epochs ${coversFrom} to ${epoch}: ${coversFrom} to ${epoch - 1} had none`;
}
