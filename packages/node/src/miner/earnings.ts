import { type Assignment, feeWei } from "@cortensor/protocol";
import type { OfferedModel, Start, StartEmbedding } from "@cortensor/wire";

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

/** The most that a task may come to earn here: what its miner risks by taking it. */
export function mostWei(start: Start | StartEmbedding, offer: Pick<OfferedModel, "contextTokens">): bigint {
  const { task, assignment } = start;
  const nIn = Math.min(task.maxIn, offer.contextTokens);
  if (start.kind === "startEmbedding") return feeWei({ ...assignment, nIn: task.maxIn, nOut: 0 });
  const nOut = Math.max(0, Math.min(start.params.maxTokens, offer.contextTokens) - start.committed.length);
  return feeWei({ ...assignment, nIn, nOut });
}
