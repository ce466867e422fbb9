import { type Assignment, feeWei } from "@cortensor/protocol";

/**
 * What a segment earns up to a position: the tokens that the miner made itself, and for a task's first segment the prompt.
 * A successor may be paid the prompt too, when nobody before it was paid; it doesn't count on it.
 */
export function earnedWei(parts: {
  readonly assignment: Assignment;
  readonly nIn: number;
  /** First position that this miner made itself. */
  readonly madeFrom: number;
  readonly to: number;
  /** Whether the whole result is meant: its prompt is paid even when nothing was made. */
  readonly isWhole: boolean;
}): bigint {
  const { assignment, madeFrom, to } = parts;
  const nOut = Math.max(0, to - madeFrom);
  const earnsPrompt = assignment.segment === 0 && (nOut > 0 || parts.isWhole);
  return feeWei({ ...assignment, nIn: earnsPrompt ? parts.nIn : 0, nOut });
}
