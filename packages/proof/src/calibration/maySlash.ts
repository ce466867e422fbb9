import type { Bytes32 } from "@cortensor/protocol";
import type { WorkProof } from "../work/proofOfWork.js";
import type { Calibration, PairCalibration } from "./calibration.js";

/** Least counts of a calibration whose verdicts may take stake; below, it serves to raise doubts. */
export const SLASHING_COUNTS = {
  honestSequences: 200,
  cheatSequences: 100,
  tokensLeast: 128,
  families: 5,
} as const;

/** Who served, who checks, and at what temperature. */
export type CheckedPair = {
  readonly minerClass: Bytes32;
  readonly checkerClass: Bytes32;
  readonly temperature: number;
};

/** The thresholds for a pair; undefined when nothing is calibrated for it. The narrowest bucket of temperatures counts. */
export function findPair(calibration: Calibration | undefined, pair: CheckedPair): PairCalibration | undefined {
  const { minerClass, checkerClass, temperature } = pair;
  const width = (one: PairCalibration): number => one.temperatureTo - one.temperatureFrom;
  return (calibration?.pairs ?? [])
    .filter((one) => one.minerClass === minerClass && one.checkerClass === checkerClass)
    .filter((one) => one.temperatureFrom <= temperature && temperature <= one.temperatureTo)
    .sort((left, right) => width(left) - width(right))[0];
}

export type SlashingRight =
  | { readonly kind: "may" }
  /** A verdict may move reputation and hold a fee back, no more. */
  | { readonly kind: "mayNot"; readonly why: "work" | "uncalibrated" | "tooFewRuns" };

/** No calibration, no slashing: whether a verdict about this work, in this pair, may take stake at all. Pure. */
export function maySlash(
  proof: Pick<WorkProof, "maySlash">,
  calibration: Calibration | undefined,
  pair: CheckedPair,
): SlashingRight {
  if (!proof.maySlash) return { kind: "mayNot", why: "work" };
  const found = findPair(calibration, pair);
  if (found === undefined) return { kind: "mayNot", why: "uncalibrated" };
  return isLargeEnough(found) ? { kind: "may" } : { kind: "mayNot", why: "tooFewRuns" };
}

/** Whether enough was run for the thresholds to carry a slash. */
export function isLargeEnough({ honest, cheats }: Pick<PairCalibration, "honest" | "cheats">): boolean {
  const { honestSequences, cheatSequences, tokensLeast, families } = SLASHING_COUNTS;
  if (honest.sequences < honestSequences || honest.tokensLeast < tokensLeast || honest.families < families)
    return false;
  return cheats.length > 0 && cheats.every(({ sequences }) => sequences >= cheatSequences);
}
