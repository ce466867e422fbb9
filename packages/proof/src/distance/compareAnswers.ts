import { geometricMedian } from "./geometricMedian.js";
import { cosineDistance, normalised, type Vector } from "./vectorDistance.js";

/** Fewer answers have no middle: of two that differ nobody can say which is off. */
export const ANSWERS_COMPARED_MIN = 3;

/** How copies of one answer lie to each other. */
export type Comparison = {
  /** Each answer's cosine distance to the median of all, in their order. */
  readonly distances: readonly number[];
  /** The answer nearest the median; of several equally near the first. */
  readonly nearest: number;
  /** Answers farther off than the threshold, in order. None without a threshold, and never `nearest`. */
  readonly outliers: readonly number[];
};

/**
 * Compares the embeddings of three copies of an answer or more with the geometric median of their directions: never pair by pair, so that one liar
 * drags nobody else off. `outlierAbove` is a calibrated distance; without it nobody is called an outlier. Throws RangeError for fewer vectors.
 */
export function compareAnswers(vectors: readonly Vector[], outlierAbove: number | undefined): Comparison {
  if (vectors.length < ANSWERS_COMPARED_MIN) throw new RangeError(`fewer than ${ANSWERS_COMPARED_MIN} answers`);
  const directions = vectors.map(normalised);
  const median = geometricMedian(directions);
  const distances = directions.map((direction) => cosineDistance(direction, median));
  const nearest = distances.indexOf(Math.min(...distances));
  const isOutlier = (at: number): boolean =>
    outlierAbove !== undefined && at !== nearest && (distances[at] ?? 0) > outlierAbove;
  return { distances, nearest, outliers: [...distances.keys()].filter(isOutlier) };
}
