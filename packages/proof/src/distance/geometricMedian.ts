import { checkLengths, euclideanDistance, type Vector } from "./vectorDistance.js";

/** The iteration's error falls geometrically; so many steps are far beyond what a double can tell apart. */
const STEPS_MAX = 512;
/** A step shorter than this is none, and vectors this near are one, for vectors of about length 1. */
const STEP_LEAST = 1e-12;

/**
 * The point with the least sum of distances to the vectors: fewer than half of them can't drag it away, wherever they lie. Weiszfeld's iteration
 * (Tôhoku Mathematical Journal 43, 1937), with Vardi and Zhang's criterion (PNAS 97, 2000) for a median that is one of the vectors. The same
 * vectors in the same order give the same bits.
 */
export function geometricMedian(vectors: readonly Vector[]): readonly number[] {
  checkLengths(vectors);
  const own = vectors.find((vector) => isMedian(vector, vectors));
  if (own !== undefined) return Array.from(own);
  let at = meanVector(vectors);
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const next = weiszfeldStep(at, vectors);
    const moved = euclideanDistance(at, next);
    at = next;
    if (moved < STEP_LEAST) break;
  }
  return nearestToAll([at, ...vectors], vectors);
}

/** The first of the points with the least sum of distances: the iteration nears a vector ever more slowly where the others' pulls all but balance. */
function nearestToAll(points: readonly Vector[], vectors: readonly Vector[]): readonly number[] {
  const sums = points.map((point) => vectors.reduce((sum, vector) => sum + euclideanDistance(point, vector), 0));
  return Array.from(points[sums.indexOf(Math.min(...sums))] ?? []);
}

/** Whether the pull of all others on a vector is no stronger than the vectors that stand on it. */
function isMedian(vector: Vector, vectors: readonly Vector[]): boolean {
  const pull = new Array<number>(vector.length).fill(0);
  let standing = 0;
  for (const other of vectors) {
    const distance = euclideanDistance(vector, other);
    if (distance < STEP_LEAST) {
      standing += 1;
      continue;
    }
    for (let index = 0; index < pull.length; index += 1) {
      pull[index] = (pull[index] ?? 0) + ((other[index] ?? 0) - (vector[index] ?? 0)) / distance;
    }
  }
  return Math.sqrt(pull.reduce((square, one) => square + one * one, 0)) <= standing;
}

/** The mean, each vector weighing the inverse of its distance. */
function weiszfeldStep(at: readonly number[], vectors: readonly Vector[]): readonly number[] {
  const sum = new Array<number>(at.length).fill(0);
  let weights = 0;
  for (const vector of vectors) {
    const weight = 1 / Math.max(euclideanDistance(at, vector), Number.EPSILON);
    weights += weight;
    for (let index = 0; index < sum.length; index += 1) {
      sum[index] = (sum[index] ?? 0) + weight * (vector[index] ?? 0);
    }
  }
  return sum.map((value) => value / weights);
}

function meanVector(vectors: readonly Vector[]): readonly number[] {
  const length = vectors[0]?.length ?? 0;
  return Array.from(
    { length },
    (_, index) => vectors.reduce((sum, one) => sum + (one[index] ?? 0), 0) / vectors.length,
  );
}
