import { NETWORK_SECONDS } from "@cortensor/protocol";
import { type Logged, type ModelState, modelRound, over, waiting } from "./roundModel.js";

/** A network task's whole story, told from what was accepted and the clock: a second reading of the rules, without a machine. */
export function networkModel(
  of: {
    readonly startSeconds: number;
    readonly creators: readonly string[];
    readonly preparers: readonly string[];
    readonly solvers: readonly string[];
    readonly scorers: readonly string[];
  },
  log: readonly Logged[],
  nowSeconds: number,
): ModelState {
  const created = log.find(({ kind }) => kind === "create");
  if (created === undefined) {
    const seconds = NETWORK_SECONDS.requested;
    const awaited = of.creators[Math.floor((nowSeconds - of.startSeconds) / seconds)];
    if (awaited === undefined) return over("uncreated", of.startSeconds + of.creators.length * seconds);
    return waiting("requested", "create", [awaited]);
  }
  const prepared = log.find(({ kind }) => kind === "prepare");
  if (prepared === undefined) {
    const seconds = NETWORK_SECONDS.created;
    const awaited = of.preparers[Math.floor((nowSeconds - created.atSeconds) / seconds)];
    if (awaited === undefined) return over("unprepared", created.atSeconds + of.preparers.length * seconds);
    return waiting("created", "prepare", [awaited]);
  }
  const started = log.find(({ kind }) => kind === "start");
  const startEnd = prepared.atSeconds + NETWORK_SECONDS.prepared;
  if (started === undefined)
    return nowSeconds < startEnd ? waiting("prepared", "start", ["anyone"]) : over("unstarted", startEnd);
  const stage = (kind: string, seats: readonly string[], fromSeconds: number, seconds: number) =>
    modelRound(log, { kind, seats, fromSeconds, seconds }, nowSeconds);

  const precommits = stage("precommit", of.solvers, started.atSeconds, NETWORK_SECONDS.started);
  if (!precommits.isOver) return waiting("started", "precommit", precommits.awaited);
  if (precommits.arrived.length === 0) return over("unanswered", precommits.endSeconds);
  const commits = stage("commit", precommits.arrived, precommits.endSeconds, NETWORK_SECONDS.precommitted);
  if (!commits.isOver) return waiting("precommitted", "commit", commits.awaited);
  if (commits.arrived.length === 0) return over("unrevealed", commits.endSeconds);
  const scores = stage("score", of.scorers, commits.endSeconds, NETWORK_SECONDS.committed);
  if (!scores.isOver) return waiting("committed", "score", scores.awaited);
  return over(scores.arrived.length === 0 ? "unscored" : "scored", scores.endSeconds);
}
