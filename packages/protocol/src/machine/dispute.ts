import { DISPUTE_VALIDATORS } from "../duty/dispute.js";
import { JURORS_TO_SLASH, type JuryVerdict } from "../duty/juryVerdict.js";
import type { JuryOutcome } from "../duty/juryVote.js";
import type { VerdictOutcome } from "../duty/verdict.js";
import type { Eip712Domain } from "../eip712Domain.js";
import { COMMITTEE_SEATS_MAX } from "../guards/committee.js";
import { type Address, type Bytes32, isAddress, isBytes32, type UnixSeconds } from "../primitives.js";
import type { Seat } from "./networkTask.js";
import { openRound, type Round } from "./round.js";
import { isSecond, isWhole, moved, refused, type Step } from "./step.js";

/** How far a dispute over one result is: what has been reached last. The order is the number on chain. */
export const DISPUTE_PHASES = [
  "opened",
  "seated",
  "committed",
  "called",
  "empanelled",
  "judged",
  "appealed",
  "reheard",
  "ended",
] as const;
export type DisputePhase = (typeof DISPUTE_PHASES)[number];

/** How long each phase waits for what leads on. A draw waits so long for each of its tries. */
export const DISPUTE_SECONDS: Readonly<Record<Exclude<DisputePhase, "ended">, number>> = {
  /** Three epochs: validators are drawn in the second after this one. */
  opened: 1_800,
  seated: 3_600,
  committed: 1_800,
  called: 1_800,
  empanelled: 3_600,
  judged: 86_400,
  appealed: 1_800,
  reheard: 3_600,
};

/** How often three others may be drawn, the first three counted. */
export const DISPUTE_ROUNDS_MAX = 3;
/** Epochs in which a draw may be made, before it is given up. */
export const DRAW_TRIES_MAX = 3;
/** A second jury has at least as many jurors as a slash takes: fewer can't undo it. */
export const SECOND_JURORS_MIN: number = JURORS_TO_SLASH;
/** Owners that may sit in no seat: of the result's miner, of the task's router, its client, who opened the dispute, and whose node that is. */
export const DISPUTE_PARTIES_MAX = 5;
/** Longest that a dispute can take, however late everybody is. */
export const DISPUTE_SECONDS_MAX: number =
  DISPUTE_ROUNDS_MAX * (DRAW_TRIES_MAX * DISPUTE_SECONDS.opened + DISPUTE_SECONDS.seated + DISPUTE_SECONDS.committed) +
  DRAW_TRIES_MAX * DISPUTE_SECONDS.called +
  DISPUTE_SECONDS.empanelled +
  DISPUTE_SECONDS.judged +
  DRAW_TRIES_MAX * DISPUTE_SECONDS.appealed +
  DISPUTE_SECONDS.reheard;

/** How a dispute ended. The order is the number on chain, from 1. */
export const DISPUTE_ENDINGS = ["cleared", "withheld", "slashed", "undecided", "undrawn", "planted"] as const;
export type DisputeEnding = (typeof DISPUTE_ENDINGS)[number];

export type Dispute = {
  /** As the results root has it: see `setEntryId`. */
  readonly taskId: Bytes32;
  /** Struct hash of the result. */
  readonly resultHash: Bytes32;
  /** That verdicts are made under: see `guardsDomain`. */
  readonly domain: Eip712Domain;
  readonly parties: readonly Address[];
  readonly phase: DisputePhase;
  /** Of the last event or deadline. */
  readonly atSeconds: UnixSeconds;
  /** First second at which what the phase waits for is late; after the end, that of the end. */
  readonly deadlineSeconds: UnixSeconds;
  /** Of the second tier; 1 first. */
  readonly round: number;
  /** Draws that weren't made in time, of the seats that are awaited or were awaited last. */
  readonly tries: number;
  /** Of this round. */
  readonly validators: readonly Seat[];
  /** Of the rounds before. */
  readonly earlier: readonly Seat[];
  /** Seats: the validators. Values: commitments to verdicts. */
  readonly commits: Round<Bytes32>;
  /** Seats: who has committed. Values: what they found. */
  readonly verdicts: Round<VerdictOutcome>;
  readonly jurors: readonly Seat[];
  readonly votes: Round<JuryOutcome>;
  /** Of the first jury, once it has judged. */
  readonly verdict: JuryVerdict | undefined;
  readonly isAppealed: boolean;
  readonly secondJurors: readonly Seat[];
  readonly secondVotes: Round<JuryOutcome>;
  /** Once ended. */
  readonly ending: DisputeEnding | undefined;
};

/** A new dispute. */
export function openDispute(of: {
  readonly taskId: Bytes32;
  readonly resultHash: Bytes32;
  readonly domain: Eip712Domain;
  readonly parties: readonly Address[];
  readonly nowSeconds: UnixSeconds;
}): Step<Dispute, "outOfRange"> {
  const { taskId, resultHash, domain, parties, nowSeconds } = of;
  if (!isSecond(nowSeconds) || !isBytes32(taskId) || !isBytes32(resultHash)) return refused("outOfRange");
  if (!isWhole(parties.length, 1, DISPUTE_PARTIES_MAX) || !parties.every(isAddress)) return refused("outOfRange");
  return moved({
    taskId,
    resultHash,
    domain,
    parties,
    phase: "opened",
    atSeconds: nowSeconds,
    deadlineSeconds: nowSeconds + DISPUTE_SECONDS.opened,
    round: 1,
    tries: 0,
    validators: [],
    earlier: [],
    commits: openRound([]),
    verdicts: openRound([]),
    jurors: [],
    votes: openRound([]),
    verdict: undefined,
    isAppealed: false,
    secondJurors: [],
    secondVotes: openRound([]),
    ending: undefined,
  });
}

/** How many seats a draw fills, in the phase that waits for it. */
export const DISPUTE_SEATS: Readonly<
  Record<"opened" | "called" | "appealed", { readonly least: number; readonly most: number }>
> = {
  opened: { least: DISPUTE_VALIDATORS, most: DISPUTE_VALIDATORS },
  called: { least: 1, most: COMMITTEE_SEATS_MAX },
  appealed: { least: SECOND_JURORS_MIN, most: COMMITTEE_SEATS_MAX },
};

/** Whether less came of an appeal than the first jury found. */
export function isAppealWon({ phase, isAppealed, verdict, ending }: Dispute): boolean {
  return phase === "ended" && isAppealed && ending !== verdict;
}
