import { type DisputeVerdict, disputeOutcome } from "../duty/dispute.js";
import { type JuryVerdict, juryVerdict } from "../duty/juryVerdict.js";
import type { JuryOutcome } from "../duty/juryVote.js";
import { type Verdict, type VerdictOutcome, verdictCommitment } from "../duty/verdict.js";
import { type Address, type Bytes32, isBytes32, type UnixSeconds } from "../primitives.js";
import { isHash } from "./answerRounds.js";
import { type TimeRefusal, timeRefusal } from "./deadline.js";
import {
  DISPUTE_ROUNDS_MAX,
  DISPUTE_SEATS,
  DISPUTE_SECONDS,
  type Dispute,
  type DisputeEnding,
  type DisputePhase,
  DRAW_TRIES_MAX,
} from "./dispute.js";
import { areApart, type Seat } from "./networkTask.js";
import {
  arrivalOf,
  arrivedSeats,
  hasAllArrived,
  openRound,
  type Round,
  type RoundRefusal,
  roundRefusal,
  withArrival,
} from "./round.js";
import { isWhole, moved, refused, type Step } from "./step.js";

/** What a validator shows of its verdict: all that the dispute doesn't say already. */
export type ShownFinding = Pick<Verdict, "outcome" | "stats" | "firstDiff" | "salt">;

export type DisputeEvent =
  /** Anyone's. Whether the beacon drew these, `drawOrder` tells. */
  | { readonly kind: "seat"; readonly seats: readonly Seat[] }
  /** See `verdictCommitment`. */
  | { readonly kind: "commit"; readonly by: Address; readonly commitment: Bytes32 }
  | ({ readonly kind: "reveal"; readonly by: Address } & ShownFinding)
  /** Anyone's. Whether the beacon drew these, `drawJury` tells. */
  | { readonly kind: "empanel"; readonly seats: readonly Seat[] }
  | { readonly kind: "vote"; readonly by: Address; readonly outcome: JuryOutcome }
  /** Anyone's, who puts down what an appeal costs. */
  | { readonly kind: "appeal" }
  /** Anyone's: its owner planted the result, for nobody but itself. Whether that is so, `Juries` tells. */
  | { readonly kind: "dismiss" }
  /** Anyone's: what the phase waits for is late. */
  | { readonly kind: "expire" };

export type DisputeRefusal =
  | TimeRefusal
  | RoundRefusal
  /** Not what the phase waits for. */
  | "phaseOther"
  /** Too many or too few seats, two of one owner, one of a party, or one of who has judged before. */
  | "seatsBad"
  /** The verdict that is shown isn't the one committed to. */
  | "commitOther";
export type DisputeStep = Step<Dispute, DisputeRefusal>;

/** The phases in which each event is awaited. */
export const DISPUTE_EVENT_PHASES: Readonly<
  Record<Exclude<DisputeEvent["kind"], "expire">, readonly Exclude<DisputePhase, "ended">[]>
> = {
  seat: ["opened"],
  commit: ["seated"],
  reveal: ["committed"],
  empanel: ["called", "appealed"],
  vote: ["empanelled", "reheard"],
  appeal: ["judged"],
  dismiss: ["opened", "seated", "committed", "called", "empanelled", "judged", "appealed", "reheard"],
};

/** What an event makes of a dispute. Defined for all of them: a refused one has a name and changes nothing. */
export function nextDispute(dispute: Dispute, event: DisputeEvent, nowSeconds: UnixSeconds): DisputeStep {
  const timing = { ...dispute, isEnded: dispute.phase === "ended" };
  const untimely = timeRefusal(timing, { isExpire: event.kind === "expire", nowSeconds });
  if (untimely !== undefined) return refused(untimely);
  if (event.kind === "expire") return moved(afterDeadline(dispute));
  if (!DISPUTE_EVENT_PHASES[event.kind].some((phase) => phase === dispute.phase)) return refused("phaseOther");
  switch (event.kind) {
    case "seat": {
      const taken = [...dispute.earlier, ...dispute.validators];
      if (!mayBeSeated(dispute, event.seats, taken)) return refused("seatsBad");
      const seated = { ...dispute, validators: event.seats, earlier: taken, commits: openSeats<Bytes32>(event.seats) };
      return moved(atPhase(seated, "seated", nowSeconds));
    }
    case "commit": {
      const refusal = roundRefusal(dispute.commits, event.by);
      if (refusal !== undefined) return refused(refusal);
      if (!isHash(event.commitment)) return refused("outOfRange");
      const arrival = { by: event.by, value: event.commitment, atSeconds: nowSeconds };
      const commits = withArrival(dispute.commits, arrival);
      return inRound({ ...dispute, commits }, commits, nowSeconds);
    }
    case "reveal": {
      const refusal = roundRefusal(dispute.verdicts, event.by) ?? findingRefusal(dispute, event);
      if (refusal !== undefined) return refused(refusal);
      const arrival = { by: event.by, value: event.outcome, atSeconds: nowSeconds };
      const verdicts = withArrival(dispute.verdicts, arrival);
      return inRound({ ...dispute, verdicts }, verdicts, nowSeconds);
    }
    case "empanel":
      return empanel(dispute, event.seats, nowSeconds);
    case "vote": {
      const isFirst = dispute.phase === "empanelled";
      const votes = isFirst ? dispute.votes : dispute.secondVotes;
      const refusal = roundRefusal(votes, event.by);
      if (refusal !== undefined) return refused(refusal);
      const cast = withArrival(votes, { by: event.by, value: event.outcome, atSeconds: nowSeconds });
      return inRound({ ...dispute, ...(isFirst ? { votes: cast } : { secondVotes: cast }) }, cast, nowSeconds);
    }
    case "appeal":
      return moved(atPhase({ ...dispute, isAppealed: true, tries: 0 }, "appealed", nowSeconds));
    case "dismiss":
      return moved(ended(dispute, "planted", nowSeconds));
  }
}

function findingRefusal(
  { taskId, domain, commits }: Dispute,
  event: { readonly by: Address } & ShownFinding,
): "outOfRange" | "commitOther" | undefined {
  const { by, outcome, stats, firstDiff, salt } = event;
  if (!isBytes32(stats) || !isBytes32(salt) || !isWhole(firstDiff, 0, 0xffff_ffff)) return "outOfRange";
  const verdict = { taskId, tier: 2, outcome, stats, firstDiff, salt } as const;
  const shown = verdictCommitment(domain, { validator: by, verdict });
  return shown === arrivalOf(commits, by) ? undefined : "commitOther";
}

function empanel(dispute: Dispute, seats: readonly Seat[], nowSeconds: UnixSeconds): DisputeStep {
  if (!mayBeSeated(dispute, seats, dispute.jurors)) return refused("seatsBad");
  if (dispute.phase === "called")
    return moved(atPhase({ ...dispute, jurors: seats, votes: openSeats(seats) }, "empanelled", nowSeconds));
  return moved(atPhase({ ...dispute, secondJurors: seats, secondVotes: openSeats(seats) }, "reheard", nowSeconds));
}

/** Whether these are as many as the phase awaits, of as many owners, none of them a party, or taken. */
function mayBeSeated({ phase, parties }: Dispute, seats: readonly Seat[], taken: readonly Seat[]): boolean {
  if (phase !== "opened" && phase !== "called" && phase !== "appealed") return false;
  const { least, most } = DISPUTE_SEATS[phase];
  if (!isWhole(seats.length, least, most) || !areApart(seats)) return false;
  const owners = new Set([...parties, ...taken.map(({ owner }) => owner)]);
  return seats.every(({ owner }) => !owners.has(owner));
}

function openSeats<Value>(seats: readonly Seat[]): Round<Value> {
  return openRound(seats.map(({ node }) => node));
}

/** The dispute after one more arrival: on to what follows when it was the last one. */
function inRound<Value>(dispute: Dispute, round: Round<Value>, nowSeconds: UnixSeconds): DisputeStep {
  return moved(hasAllArrived(round) ? afterRound(dispute, nowSeconds) : { ...dispute, atSeconds: nowSeconds });
}

/** What follows a round: the next one, others' turn, or the end. */
function afterRound(dispute: Dispute, atSeconds: UnixSeconds): Dispute {
  switch (dispute.phase) {
    case "seated": {
      const seats = arrivedSeats(dispute.commits);
      if (seats.length === 0) return afterVerdicts(dispute, atSeconds);
      return atPhase({ ...dispute, verdicts: openRound<VerdictOutcome>(seats) }, "committed", atSeconds);
    }
    case "committed":
      return afterVerdicts(dispute, atSeconds);
    case "empanelled": {
      const verdict = verdictOf(dispute.votes);
      if (verdict === "cleared") return ended({ ...dispute, verdict }, "cleared", atSeconds);
      return atPhase({ ...dispute, verdict }, "judged", atSeconds);
    }
    default:
      return ended(dispute, milder(dispute.verdict, verdictOf(dispute.secondVotes)), atSeconds);
  }
}

function afterVerdicts(dispute: Dispute, atSeconds: UnixSeconds): Dispute {
  const said = dispute.validators.map(
    ({ node }): DisputeVerdict => ({ validator: node, outcome: arrivalOf(dispute.verdicts, node) }),
  );
  switch (disputeOutcome(said)) {
    case "cleared":
      return ended(dispute, "cleared", atSeconds);
    case "disputed":
      return atPhase({ ...dispute, tries: 0 }, "called", atSeconds);
    case "open": {
      if (dispute.round >= DISPUTE_ROUNDS_MAX) return ended(dispute, "undecided", atSeconds);
      const next = { ...dispute, round: dispute.round + 1, tries: 0 };
      return atPhase({ ...next, commits: openRound([]), verdicts: openRound([]) }, "opened", atSeconds);
    }
  }
}

/** The dispute after its deadline, as of the deadline's own second. */
function afterDeadline(dispute: Dispute): Dispute {
  const atSeconds = dispute.deadlineSeconds;
  switch (dispute.phase) {
    case "opened":
    case "called":
    case "appealed": {
      const tries = dispute.tries + 1;
      if (tries < DRAW_TRIES_MAX) return atPhase({ ...dispute, tries }, dispute.phase, atSeconds);
      // Where no second jury can be drawn the first one's verdict stands.
      const ending = dispute.phase === "appealed" ? (dispute.verdict ?? "undrawn") : "undrawn";
      return ended({ ...dispute, tries }, ending, atSeconds);
    }
    case "judged":
      return ended(dispute, dispute.verdict ?? "undrawn", atSeconds);
    default:
      return afterRound(dispute, atSeconds);
  }
}

function verdictOf({ seats, arrived }: Round<JuryOutcome>): JuryVerdict {
  return juryVerdict(seats.map((seat) => arrived.some(({ by, value }) => by === seat && value === "failed")));
}

/** An appeal never makes it worse. */
function milder(first: JuryVerdict | undefined, second: JuryVerdict): JuryVerdict {
  const order: readonly JuryVerdict[] = ["cleared", "withheld", "slashed"];
  return first !== undefined && order.indexOf(first) < order.indexOf(second) ? first : second;
}

function atPhase(dispute: Dispute, phase: Exclude<DisputePhase, "ended">, atSeconds: UnixSeconds): Dispute {
  return { ...dispute, phase, atSeconds, deadlineSeconds: atSeconds + DISPUTE_SECONDS[phase] };
}

function ended(dispute: Dispute, ending: DisputeEnding, atSeconds: UnixSeconds): Dispute {
  return { ...dispute, phase: "ended", ending, atSeconds, deadlineSeconds: atSeconds };
}
