import { type DisputeChore, type DisputeRecord, dueChore } from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  DISPUTE_SECONDS,
  drawWindow,
  type EpochTimes,
  hexToBytes,
  keccak256,
  type UnixSeconds,
  utf8ToBytes,
} from "@cortensor/protocol";
import { claimSecond, drawSecond, halfOf } from "../host/index.js";
import type { CaseFinding } from "./findingBook.js";
import type { DrawnPhase } from "./judgeChain.js";

/** Part of an epoch over which those who follow a dispute spread what any of them may do: so that one does it, and the others see it done. */
const CHORE_PARTS = 10;

/** Of one sitting: a round of validators, the jury, the second jury; `own` is the accused miner's look at its own result. */
export type Sitting = "round 1" | "round 2" | "round 3" | "jury" | "second jury" | "own";

export type JudgeAct =
  | { readonly kind: "claim" | "commit" | "reveal" | "vote"; readonly number: number }
  /** What the accused does: ask for a second jury, or say that its owner planted the result. */
  | { readonly kind: "appeal" | "dismiss"; readonly number: number }
  | { readonly kind: "draw"; readonly number: number; readonly phase: DrawnPhase }
  /** Make the result again. What isn't shown counts as withheld only once it was asked for long enough. */
  | { readonly kind: "judge"; readonly number: number; readonly sitting: Sitting; readonly mayGiveUp: boolean }
  | { readonly kind: "enforce"; readonly number: number; readonly chore: DisputeChore };

/** A dispute as one node sees it. */
export type CaseView = {
  readonly dispute: DisputeRecord;
  /** Whether its model and kernel class are the result's. */
  readonly isAble: boolean;
  /** In the draw that is awaited; undefined where none is, or its beacon isn't known. */
  readonly ticket: Bytes32 | undefined;
  /** What it found in the sitting that goes on. */
  readonly finding: CaseFinding | undefined;
  /** It has shown, or voted, in the sitting that goes on. */
  readonly hasSpoken: boolean;
  /** This node made the result, and its owner planted it for itself. */
  readonly isPlanted: boolean;
};

export type JudgeView = {
  readonly self: Address;
  readonly nowSeconds: UnixSeconds;
  readonly times: EpochTimes;
  readonly cases: readonly CaseView[];
  /** It judges nothing that others made, and only stands up for its own results. */
  readonly isPartyOnly: boolean;
};

/** What a node does in disputes now, by what the chain says and what it has found. Pure. */
export function nextJudgeActs(view: JudgeView): readonly JudgeAct[] {
  return view.cases.flatMap((one) => {
    const { number, phase, miner } = one.dispute;
    if (view.isPartyOnly && miner !== view.self) return [];
    const chore = dueChore(one.dispute, view.nowSeconds);
    // While a deadline is due nothing else is taken.
    if (chore !== undefined) return isOwnTurn(view, one, chore) ? [{ kind: "enforce", number, chore }] : [];
    if (one.isPlanted && phase !== "ended") return [{ kind: "dismiss", number }];
    return nextOf(view, one);
  });
}

function nextOf(view: JudgeView, one: CaseView): readonly JudgeAct[] {
  const { phase, validators, jurors, secondJurors } = one.dispute;
  switch (phase) {
    case "opened":
    case "called":
    case "appealed":
      return inDraw(view, one, phase);
    case "seated":
      return validators.includes(view.self) ? asValidator(view, one) : [];
    case "committed":
      return asRevealer(view, one);
    case "empanelled":
      return jurors.includes(view.self) ? asJuror(view, one) : [];
    case "reheard":
      return secondJurors.includes(view.self) ? asJuror(view, one) : [];
    case "judged":
      return one.dispute.miner === view.self ? asAccused(view, one) : [];
    default:
      return [];
  }
}

/** It appeals what its own replay contradicts: what it puts down is lost when others find the same again. */
function asAccused(view: JudgeView, one: CaseView): readonly JudgeAct[] {
  if (one.finding === undefined) return [judging(view, one)];
  return one.finding.outcome === "passed" ? [{ kind: "appeal", number: one.dispute.number }] : [];
}

/** The lower its ticket, the earlier a node puts itself in, so that whoever comes later is refused at no cost. */
function inDraw(view: JudgeView, { dispute, ticket, isAble }: CaseView, phase: DrawnPhase): readonly JudgeAct[] {
  if (ticket === undefined || view.isPartyOnly) return [];
  const { number } = dispute;
  const window = windowOf(dispute, view.times);
  const { nowSeconds } = view;
  if (nowSeconds < halfOf(window)) {
    return isAble && nowSeconds >= claimSecond(window, ticket) ? [{ kind: "claim", number }] : [];
  }
  const isDrawTime = nowSeconds >= drawSecond(window, ticket) && nowSeconds < window.closesSeconds;
  return isDrawTime ? [{ kind: "draw", number, phase }] : [];
}

function asValidator(view: JudgeView, one: CaseView): readonly JudgeAct[] {
  const { number, committed } = one.dispute;
  if (committed.includes(view.self)) return [];
  return one.finding === undefined ? [judging(view, one)] : [{ kind: "commit", number }];
}

function asRevealer({ self }: JudgeView, { dispute, finding, hasSpoken }: CaseView): readonly JudgeAct[] {
  const isDue = dispute.committed.includes(self) && finding !== undefined && !hasSpoken;
  return isDue ? [{ kind: "reveal", number: dispute.number }] : [];
}

function asJuror(view: JudgeView, one: CaseView): readonly JudgeAct[] {
  if (one.hasSpoken) return [];
  return one.finding === undefined ? [judging(view, one)] : [{ kind: "vote", number: one.dispute.number }];
}

function judging({ nowSeconds }: JudgeView, { dispute }: CaseView): JudgeAct {
  const { number, deadlineSeconds, phase } = dispute;
  const waits = phase === "ended" ? 0 : DISPUTE_SECONDS[phase];
  const mayGiveUp = nowSeconds >= deadlineSeconds - Math.floor(waits / 2);
  return { kind: "judge", number, sitting: sittingOf(dispute) ?? "jury", mayGiveUp };
}

/** The sitting that goes on; undefined where nobody sits. After a verdict it is the accused's own. */
export function sittingOf({ phase, round }: Pick<DisputeRecord, "phase" | "round">): Sitting | undefined {
  if (phase === "empanelled") return "jury";
  if (phase === "reheard") return "second jury";
  if (phase === "judged") return "own";
  if (phase !== "seated" && phase !== "committed") return undefined;
  return round === 1 ? "round 1" : round === 2 ? "round 2" : "round 3";
}

/** When the draw that a dispute waits for may be made. */
export function windowOf({ atSeconds }: Pick<DisputeRecord, "atSeconds">, { t0, epochSeconds }: EpochTimes) {
  const requested = Math.floor((atSeconds - t0) / epochSeconds);
  return drawWindow(requested, { t0Seconds: t0, epochSeconds });
}

/** What anybody may do is done by turns: each node's is drawn by its address and the dispute. */
function isOwnTurn({ self, nowSeconds, times }: JudgeView, { dispute }: CaseView, chore: DisputeChore): boolean {
  const since = chore === "thaw" ? (dispute.frozenUntil ?? 0) : dispute.deadlineSeconds;
  const word = keccak256(new Uint8Array([...utf8ToBytes(`${chore} ${dispute.number}`), ...hexToBytes(self)]));
  const share = Number(BigInt(word) >> 224n) / 2 ** 32;
  return nowSeconds >= since + Math.floor(share * (times.epochSeconds / CHORE_PARTS));
}
