import { DISPUTE_ROUNDS_MAX, DISPUTE_SECONDS, DRAW_TRIES_MAX, type VerdictOutcome } from "@cortensor/protocol";
import { type Logged, type ModelState, modelRound, over, waiting } from "./roundModel.js";

/** Who sits where in a dispute, and what each of them says of the result. */
export type DisputeCast = {
  /** Three for each round. */
  readonly validators: readonly (readonly string[])[];
  readonly finds: (validator: string) => VerdictOutcome;
  readonly jurors: readonly string[];
  readonly secondJurors: readonly string[];
  readonly findsWrong: (juror: string) => boolean;
};

type Found = "cleared" | "withheld" | "slashed";

/** A dispute's whole story, told from what was accepted and the clock: a second reading of the rules, without a machine. */
export function disputeModel(
  of: DisputeCast & { readonly startSeconds: number },
  log: readonly Logged[],
  nowSeconds: number,
): ModelState {
  const dismissed = log.find(({ kind }) => kind === "dismiss");
  if (dismissed !== undefined) return over("planted", dismissed.atSeconds);
  let from = of.startSeconds;
  for (let round = 1; round <= DISPUTE_ROUNDS_MAX; round += 1) {
    const seated = log.filter(({ kind }) => kind === "seat")[round - 1]?.atSeconds;
    const drawEnd = from + DRAW_TRIES_MAX * DISPUTE_SECONDS.opened;
    if (seated === undefined)
      return nowSeconds < drawEnd ? waiting("opened", "seat", ["anyone"]) : over("undrawn", drawEnd);
    const seats = of.validators[round - 1] ?? [];
    const commits = stage(log, "commit", seats, seated, DISPUTE_SECONDS.seated, nowSeconds);
    if (!commits.isOver) return waiting("seated", "commit", commits.awaited);
    from = commits.endSeconds;
    let shown: readonly string[] = [];
    if (commits.arrived.length > 0) {
      const reveals = stage(log, "reveal", commits.arrived, from, DISPUTE_SECONDS.committed, nowSeconds);
      if (!reveals.isOver) return waiting("committed", "reveal", reveals.awaited);
      from = reveals.endSeconds;
      shown = reveals.arrived;
    }
    const count = (...outcomes: readonly VerdictOutcome[]) =>
      shown.filter((validator) => outcomes.includes(of.finds(validator))).length;
    if (count("failed", "withheld") >= 2) return juryModel(of, log, from, nowSeconds);
    if (count("passed") >= 2) return over("cleared", from);
  }
  return over("undecided", from);
}

function juryModel(of: DisputeCast, log: readonly Logged[], fromSeconds: number, nowSeconds: number): ModelState {
  const [first, second] = log.filter(({ kind }) => kind === "empanel");
  const drawEnd = fromSeconds + DRAW_TRIES_MAX * DISPUTE_SECONDS.called;
  if (first === undefined)
    return nowSeconds < drawEnd ? waiting("called", "empanel", ["anyone"]) : over("undrawn", drawEnd);
  const votes = stage(log, "vote", of.jurors, first.atSeconds, DISPUTE_SECONDS.empanelled, nowSeconds);
  if (!votes.isOver) return waiting("empanelled", "vote", votes.awaited);
  const verdict = foundBy(of, votes.arrived, of.jurors.length);
  if (verdict === "cleared") return over("cleared", votes.endSeconds);

  const appealEnd = votes.endSeconds + DISPUTE_SECONDS.judged;
  const appeal = log.find(({ kind }) => kind === "appeal");
  if (appeal === undefined)
    return nowSeconds < appealEnd ? waiting("judged", "appeal", ["anyone"]) : over(verdict, appealEnd);
  const secondEnd = appeal.atSeconds + DRAW_TRIES_MAX * DISPUTE_SECONDS.appealed;
  if (second === undefined)
    return nowSeconds < secondEnd ? waiting("appealed", "empanel", ["anyone"]) : over(verdict, secondEnd);
  const again = stage(log, "vote", of.secondJurors, second.atSeconds, DISPUTE_SECONDS.reheard, nowSeconds);
  if (!again.isOver) return waiting("reheard", "vote", again.awaited);
  const found = foundBy(of, again.arrived, of.secondJurors.length);
  return over(verdict === "withheld" && found === "slashed" ? "withheld" : found, again.endSeconds);
}

function foundBy({ findsWrong }: DisputeCast, voted: readonly string[], jurors: number): Found {
  const wrong = voted.filter(findsWrong).length;
  if (wrong <= jurors / 3) return "cleared";
  return jurors >= 5 && wrong > (2 * jurors) / 3 ? "slashed" : "withheld";
}

function stage(
  log: readonly Logged[],
  kind: string,
  seats: readonly string[],
  fromSeconds: number,
  seconds: number,
  nowSeconds: number,
) {
  return modelRound(log, { kind, seats, fromSeconds, seconds }, nowSeconds);
}
