import { type Bytes32, bytes32Field } from "@cortensor/protocol";
import { z } from "zod";
import { badCalibration, calibrationJson } from "../calibration/calibrationJson.js";
import { wilsonInterval } from "../statistics/wilson.js";
import type { DistanceThreshold } from "./calibrateDistance.js";

/** A few figures for each of many models. */
export const DISTANCES_BYTES_MAX = 1_048_576;
const THRESHOLDS_MAX = 1_024;
const CHEATS_MAX = 64;

/** A threshold, and whose answers it is for: those of one model, embedded by one other. */
export type ModelDistance = DistanceThreshold & { readonly modelId: Bytes32; readonly embeddingModelId: Bytes32 };

const share = z.number().min(0).max(1);
const count = z.int().min(0);
const schema = z.strictObject({
  format: z.literal("cortensor-distances-1"),
  thresholds: z
    .array(
      z.strictObject({
        modelId: bytes32Field,
        embeddingModelId: bytes32Field,
        copies: z.int().min(3),
        outlierAbove: z.number().min(0).max(2),
        falseAlarmsMax: share,
        held: z.strictObject({ answers: count, outliers: count }),
        cheats: z
          .array(
            z.strictObject({
              name: z.string().min(1).max(128),
              answers: count,
              outliers: count,
              found: z.strictObject({ low: share, high: share }),
            }),
          )
          .max(CHEATS_MAX),
      }),
    )
    .max(THRESHOLDS_MAX),
});

/**
 * Reads the thresholds that a router goes by: well-formed and within bounds. Whose measurements they are, its operator decides.
 * @throws CodedError PROOF_BAD_CALIBRATION
 */
export function parseDistanceFile(text: string): readonly ModelDistance[] {
  if (text.length > DISTANCES_BYTES_MAX) throw badCalibration([`more than ${DISTANCES_BYTES_MAX} bytes`]);
  const parsed = schema.safeParse(calibrationJson(text));
  if (parsed.success) return parsed.data.thresholds;
  throw badCalibration(parsed.error.issues.slice(0, 8).map(({ path, message }) => `${path.join(".")}: ${message}`));
}

/** The file's text. */
export function encodeDistanceFile(thresholds: readonly ModelDistance[]): string {
  return `${JSON.stringify({ format: "cortensor-distances-1", thresholds }, undefined, 2)}\n`;
}

/** Honest copies held back below which nothing is shown of a threshold. */
export const HELD_ANSWERS_MIN = 100;

/**
 * Whether a threshold may cost anybody anything: what it calls outliers of honest copies that didn't set it goes with what it was set for, and some
 * cheat is found more often than that, both by their 95 % intervals.
 */
export function isTelling({ falseAlarmsMax, held, cheats }: DistanceThreshold): boolean {
  if (held.answers < HELD_ANSWERS_MIN) return false;
  const alarms = wilsonInterval(held.outliers, held.answers);
  return alarms.low <= falseAlarmsMax && cheats.some(({ found }) => found.low > alarms.high);
}

/** The calibrated distance of exactly these models and so many copies; undefined where nobody measured one that tells. */
export function findDistance(
  thresholds: readonly ModelDistance[],
  of: { readonly modelId: Bytes32; readonly embeddingModelId: Bytes32; readonly copies: number },
): number | undefined {
  const found = thresholds.find(
    ({ modelId, embeddingModelId, copies }) =>
      modelId === of.modelId && embeddingModelId === of.embeddingModelId && copies === of.copies,
  );
  return found !== undefined && isTelling(found) ? found.outlierAbove : undefined;
}
