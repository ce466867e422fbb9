import type { BeaconView, EpochView } from "@cortensor/api";

/** An epoch in one line. */
export function formatEpoch(of: EpochView): string {
  const { epoch, beacon } = of;
  return [`Epoch   ${epoch}: ${rootsText(of)}`, beaconText(beacon), coverageText(of)]
    .filter((text) => text !== undefined)
    .join("; ");
}

function rootsText({ roots, guards, missing, isOpen }: EpochView): string {
  const posted = roots.map(({ kind, signatures }) => `${kind} (${signatures ?? "?"} of ${guards})`).join(", ");
  if (missing.length === 0) return posted;
  const absent = `${missing.join(", ")} ${isOpen ? "may still be posted" : "not posted: the next root covers"}`;
  return posted === "" ? absent : `${posted}; ${absent}`;
}

function beaconText(beacon: BeaconView | undefined): string | undefined {
  if (beacon === undefined) return undefined;
  if (beacon.isFallback) return "its beacon is a fallback";
  return `beacon of ${beacon.revealed} of ${beacon.committed} secrets`;
}

function coverageText({ epoch, coversFrom }: EpochView): string | undefined {
  if (coversFrom === undefined) return undefined;
  return coversFrom === epoch ? "a virtual block" : `a virtual block over ${coversFrom} to ${epoch}`;
}
