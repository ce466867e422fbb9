import { SESSION_SECONDS } from "@cortensor/protocol";
import { type Logged, type ModelState, modelRound, over, waiting } from "./roundModel.js";

/** A session task's whole story, told from what was accepted and the clock: a second reading of the rules, without a machine. */
export function sessionModel(
  of: {
    readonly startSeconds: number;
    readonly redundancy: number;
    readonly workSeconds: number;
    readonly client: string;
    readonly assigner: string;
    /** Whom the log's `assign` named. */
    readonly miners: readonly string[];
  },
  log: readonly Logged[],
  nowSeconds: number,
): ModelState {
  const assigned = log.find(({ kind }) => kind === "assign");
  const assignEnd = of.startSeconds + SESSION_SECONDS.enqueued;
  if (assigned === undefined)
    return nowSeconds < assignEnd ? waiting("enqueued", "assign", [of.assigner]) : over("unassigned", assignEnd);
  const stage = (kind: string, seats: readonly string[], fromSeconds: number, seconds: number) =>
    modelRound(log, { kind, seats, fromSeconds, seconds }, nowSeconds);

  const acks = stage("ack", of.miners, assigned.atSeconds, SESSION_SECONDS.assigned);
  if (!acks.isOver) return waiting("assigned", "ack", acks.awaited);
  if (acks.arrived.length === 0) return over("unacked", acks.endSeconds);
  const precommits = stage("precommit", acks.arrived, acks.endSeconds, of.workSeconds);
  if (!precommits.isOver) return waiting("acked", "precommit", precommits.awaited);
  if (precommits.arrived.length === 0) return over("unanswered", precommits.endSeconds);
  const commits = stage("commit", precommits.arrived, precommits.endSeconds, SESSION_SECONDS.precommitted);
  if (!commits.isOver) return waiting("precommitted", "commit", commits.awaited);
  if (commits.arrived.length === 0) return over("unrevealed", commits.endSeconds);
  const end = stage("end", [of.client], commits.endSeconds, SESSION_SECONDS.committed);
  if (!end.isOver) return waiting("committed", "end", end.awaited);
  return over(commits.arrived.length === of.redundancy ? "whole" : "partial", end.endSeconds);
}
