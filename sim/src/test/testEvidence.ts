import { wilsonInterval } from "@cortensor/proof";
import type { Evidence, MeasuredShare } from "../evidence/evidence.js";

/** Figures made up for tests, of which the answers are known: one cheat found with a chance, and honest answers suspected with another. */
export function testEvidence(parts: {
  readonly detection: number;
  readonly falseAlarms: number;
  readonly ratio?: number;
}): Evidence {
  const windows = 10_000;
  const of = (share: number): readonly MeasuredShare[] => [
    { tokens: 1, windows, share, ...wilsonInterval(Math.round(share * windows), windows) },
  ];
  const text = { falseAlarms: of(parts.falseAlarms), cheats: new Map([["swap", of(parts.detection)]]) };
  return {
    source: "made up",
    texts: { rich: text, lowEntropy: text },
    checkRatios: [{ promptPerAnswer: 1, ratio: parts.ratio ?? 0.15 }],
  };
}
