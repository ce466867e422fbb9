import {
  type Address,
  DISPUTE_PHASES,
  DISPUTE_SECONDS_MAX,
  type Dispute,
  type DisputeEvent,
  NO_DIFF,
  nextDispute,
  openDispute,
  type Seat,
  type ShownFinding,
  setEntryId,
  type VerdictOutcome,
  verdictCommitment,
} from "@cortensor/protocol";
import { type DisputeCast, disputeModel } from "./disputeModel.js";
import { stateOf } from "./machines.js";
import { address, DOMAIN, START_SECONDS, STRANGER, seat, TASK_ID, word } from "./parties.js";
import type { Machine } from "./taskTrace.js";

const ROUNDS = [0, 1, 2].map((round) => [0, 1, 2].map((index) => seat(`validator ${round} ${index}`)));
const JURORS: readonly Seat[] = Array.from({ length: 7 }, (_, index) => seat(`juror ${index}`));
const SECOND_JURORS: readonly Seat[] = Array.from({ length: 7 }, (_, index) => seat(`second juror ${index}`));
const MINER_OWNER = address("owner of the miner");
const ROUTER_OWNER = address("owner of the router");
const GUARDS_DOMAIN = {
  name: "Cortensor",
  version: "1",
  chainId: DOMAIN.chainId,
  verifyingContract: address("attestations"),
} as const;

const AWAITED = ["seat", "commit", "reveal", "empanel", "vote", "appeal"] as const;
/** So few events out of turn say that the result was planted: most traces have to get further. */
const DISMISSED_IN = 40;

/** What one dispute is made of: the outcomes of its validators, round after round, and how many of its jurors find the result wrong. */
export type DisputePlan = {
  readonly outcomes: readonly (readonly VerdictOutcome[])[];
  readonly jurors: number;
  readonly wrong: number;
  readonly secondJurors: number;
  readonly secondWrong: number;
};

const nodesOf = (seats: readonly Seat[]): readonly Address[] => seats.map(({ node }) => node);

/** The machine of disputes, for one plan. */
export function disputeMachine(plan: DisputePlan): Machine<Dispute, DisputeEvent> {
  const jurors = JURORS.slice(0, plan.jurors);
  const secondJurors = SECOND_JURORS.slice(0, plan.secondJurors);
  const wrong = new Set<string>([
    ...nodesOf(jurors.slice(0, plan.wrong)),
    ...nodesOf(secondJurors.slice(0, plan.secondWrong)),
  ]);
  const outcomes = new Map<string, VerdictOutcome>(
    ROUNDS.flatMap((seats, round) =>
      seats.map(({ node }, index): [string, VerdictOutcome] => [node, plan.outcomes[round]?.[index] ?? "undecided"]),
    ),
  );
  const cast: DisputeCast = {
    validators: ROUNDS.map(nodesOf),
    finds: (validator) => outcomes.get(validator) ?? "undecided",
    jurors: nodesOf(jurors),
    secondJurors: nodesOf(secondJurors),
    findsWrong: (juror) => wrong.has(juror),
  };
  const findingOf = (by: Address): ShownFinding => {
    const outcome = cast.finds(by);
    const stats = word(`statistics of ${by}`);
    return { outcome, stats, firstDiff: outcome === "failed" ? 7 : NO_DIFF, salt: word(`salt of ${by}`) };
  };
  const taskId = setEntryId(TASK_ID);
  const parties = [MINER_OWNER, ROUTER_OWNER, address("client")];
  const of = { taskId, resultHash: word("result"), domain: GUARDS_DOMAIN, parties, nowSeconds: START_SECONDS };
  // Which seats a draw fills, the last dispute tells.
  let last: Pick<Dispute, "round" | "phase"> = { round: 1, phase: "opened" };
  const awaitedEvent = (kind: string, name: string): DisputeEvent => {
    const by = name as Address;
    switch (kind) {
      case "seat":
        return { kind, seats: ROUNDS[last.round - 1] ?? [] };
      case "commit": {
        const verdict = { taskId, tier: 2, ...findingOf(by) } as const;
        return { kind, by, commitment: verdictCommitment(GUARDS_DOMAIN, { validator: by, verdict }) };
      }
      case "reveal":
        return { kind, by, ...findingOf(by) };
      case "empanel":
        return { kind, seats: last.phase === "called" ? jurors : secondJurors };
      case "vote":
        return { kind, by, outcome: cast.findsWrong(by) ? "failed" : "passed" };
      case "dismiss":
        return { kind };
      default:
        return { kind: "appeal" };
    }
  };
  return {
    start: stateOf(openDispute(of)),
    next: (dispute, event, nowSeconds) => {
      last = dispute;
      return nextDispute(dispute, event, nowSeconds);
    },
    model: (log, nowSeconds) => disputeModel({ ...cast, startSeconds: START_SECONDS }, log, nowSeconds),
    awaitedEvent,
    anytime: "dismiss",
    anyEvent: (dice, dispute) => {
      last = dispute;
      const kind = dice.below(DISMISSED_IN) === 0 ? "dismiss" : dice.pick(AWAITED);
      const by = dice.pick([...ROUNDS.flatMap(nodesOf), ...nodesOf([...jurors, ...secondJurors]), STRANGER]);
      const event = awaitedEvent(kind, by);
      if (dice.below(2) === 0) return { event, isRight: true };
      if (event.kind === "reveal") return { event: { ...event, salt: word("another salt") }, isRight: false };
      if (event.kind !== "seat" && event.kind !== "empanel") return { event, isRight: true };
      const right = event.seats;
      const rest = right.slice(1);
      const ofParty = { node: address("another"), owner: MINER_OWNER };
      const [second = seat("none")] = rest;
      const sameOwner = { node: address("another"), owner: second.owner };
      const before = event.kind === "seat" ? (ROUNDS[0] ?? []) : jurors;
      const wrongSeats: readonly (readonly Seat[])[] = [
        [],
        [...rest, ofParty],
        [...rest, ...rest.slice(0, 1)],
        [...right, ...SECOND_JURORS.slice(0, 7)],
        ...(rest.length > 0 ? [[...rest, sameOwner]] : []),
        ...((event.kind === "seat" ? last.round > 1 : last.phase === "appealed") ? [before] : []),
      ];
      return { event: { ...event, seats: dice.pick(wrongSeats) }, isRight: false };
    },
    phases: DISPUTE_PHASES,
    place: ({ phase, round }) => round * DISPUTE_PHASES.length + DISPUTE_PHASES.indexOf(phase),
    secondsMax: DISPUTE_SECONDS_MAX,
  };
}
