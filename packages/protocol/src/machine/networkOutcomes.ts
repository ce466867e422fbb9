import type { Outcome } from "../life/levelRecord.js";
import type { Address } from "../primitives.js";
import type { NetworkTask } from "./networkTask.js";
import { arrivedSeats } from "./round.js";

/** What a task says of one of its solvers. */
export type NetworkOutcome = { readonly node: Address; readonly outcome: Outcome };

/**
 * What an ended task counts for its solvers, in the order of their seats: passed when more than half of the scorers that scored found the result good,
 * else failed; missed without a result. A task that nobody scored says nothing of anyone: nobody can tell whether it could be solved.
 */
export function networkOutcomes(task: NetworkTask): readonly NetworkOutcome[] {
  if (task.ending !== "scored") return [];
  const shown = arrivedSeats(task.commits);
  const votes = task.scores.arrived.map(({ value }) => value);
  return task.precommits.seats.map((node) => {
    const place = shown.indexOf(node);
    if (place < 0) return { node, outcome: "missed" };
    const good = votes.filter((vote) => vote[place]).length;
    return { node, outcome: good * 2 > votes.length ? "passed" : "failed" };
  });
}

/** Creators and preparers that let their turn pass. */
export function missedTurns(task: NetworkTask): readonly Address[] {
  const late = [...task.creators.slice(0, task.creatorTurn), ...task.preparers.slice(0, task.preparerTurn)];
  return late.map(({ node }) => node);
}
