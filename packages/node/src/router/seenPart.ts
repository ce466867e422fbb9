import type { Assignment, ProvenCheckpoint, WorkOutcome, WorkPart, WorkWord } from "@cortensor/protocol";
import type { SegmentEnd } from "./segment.js";

/** A miner's part of a task, as it is told in public. */
export type SeenPart = Omit<WorkPart, "word"> & {
  /** The miner's word that it had taken it, if it has signed one by now. */
  readonly word: () => WorkWord | undefined;
};

/** What the router saw itself, and what the miner has signed. */
type Seen = Pick<WorkPart, "nIn" | "nOut" | "tFirstMs" | "tTotalMs"> & {
  /** What the miner has signed of it by now. */
  readonly signed: () => ProvenCheckpoint | undefined;
};

/** A part that has ended: a result speaks for itself, of any other the router says what it saw. */
export function seenPart(
  { miner, replica, segment, kernelClass }: Assignment,
  end: SegmentEnd,
  { signed, ...seen }: Seen,
): SeenPart {
  const word = (): WorkWord | undefined => toWord(signed());
  const part = { replica, segment, miner, kernelClass, outcome: outcomeOf(end), word };
  if (end.kind === "finished") {
    const { nIn, nOut, tFirstMs, tTotalMs } = end.message.result;
    return { ...part, nIn, nOut, tFirstMs, tTotalMs };
  }
  const tFirstMs = Math.max(0, Math.round(seen.tFirstMs));
  const tTotalMs = Math.max(0, Math.round(seen.tTotalMs));
  return { ...part, ...seen, tFirstMs, tTotalMs };
}

/** The same part, of which somebody found more than its frames said. */
export function judgedPart(part: SeenPart, outcome: Extract<WorkOutcome, "rejected" | "withheld">): SeenPart {
  return part.outcome === "delivered" ? { ...part, outcome } : part;
}

function outcomeOf(end: SegmentEnd): WorkOutcome {
  if (end.kind === "finished") return "delivered";
  if (end.kind === "refused" || end.conduct === undefined) return "stopped";
  if (end.conduct === "died" || end.conduct === "silent") return end.conduct;
  return "wrong";
}

function toWord(signed: ProvenCheckpoint | undefined): WorkWord | undefined {
  if (signed === undefined) return undefined;
  const { checkpoint, proof } = signed;
  const { taskId, position, tokenRoot } = checkpoint;
  return { taskId, position, tokenRoot, proof };
}
