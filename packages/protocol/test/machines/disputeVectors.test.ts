import { writeFileSync } from "node:fs";
import {
  DISPUTE_ENDINGS,
  type Dispute,
  type DisputeEvent,
  type DisputeRefusal,
  nextDispute,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { readVectors } from "../readVectors.js";
import { diceOf } from "./dice.js";
import { type DisputeVector, inDisputeColumns, sentInDispute } from "./disputeColumns.js";
import { type DisputePlan, disputeMachine } from "./disputeMachine.js";
import { randomTrace } from "./taskTrace.js";
import { replay, showTask, type TraceVector } from "./traceVectors.js";

const OPEN = ["undecided", "passed", "withheld"] as const;
const DISPUTED = ["failed", "passed", "withheld"] as const;
/** Between them they end in every way. */
const PLANS: readonly DisputePlan[] = [
  { outcomes: [DISPUTED], jurors: 7, wrong: 5, secondJurors: 5, secondWrong: 4 },
  { outcomes: [OPEN, DISPUTED], jurors: 5, wrong: 4, secondJurors: 7, secondWrong: 3 },
  { outcomes: [OPEN, OPEN, DISPUTED], jurors: 3, wrong: 3, secondJurors: 6, secondWrong: 6 },
  { outcomes: [DISPUTED], jurors: 6, wrong: 5, secondJurors: 5, secondWrong: 1 },
  { outcomes: [DISPUTED], jurors: 7, wrong: 2, secondJurors: 5, secondWrong: 0 },
  { outcomes: [OPEN, ["passed", "failed", "passed"]], jurors: 1, wrong: 1, secondJurors: 5, secondWrong: 5 },
  { outcomes: [OPEN, OPEN, OPEN], jurors: 1, wrong: 1, secondJurors: 5, secondWrong: 5 },
];
const SEEDS = 400;
const REFUSALS: readonly DisputeRefusal[] = [
  "already",
  "commitOther",
  "deadlineDue",
  "ended",
  "notDue",
  "notYours",
  "phaseOther",
  "seatsBad",
];
const EXPIRE = { kind: "expire" } as const;

/** What each step of a trace shows. */
function shownBy({ start, steps }: TraceVector<Dispute, DisputeEvent>): readonly string[] {
  const phases = [start.phase, ...steps.map(({ state }) => state)];
  return steps.map(({ event, outcome, state }, index) => {
    const to = outcome === "moved" ? ` to ${state}` : "";
    return `${event.kind} while ${phases[index]}: ${outcome}${to}`;
  });
}

/**
 * The first traces by plan and seed that show something new, and then everything that is still due, once too often. Refusals that were shown before
 * are left out: they change nothing.
 */
function makeVectors(): readonly DisputeVector[] {
  const seen = new Set<string>();
  return PLANS.flatMap((plan) => {
    const machine = disputeMachine(plan);
    return Array.from({ length: SEEDS }, (_, seed) => {
      const { steps } = randomTrace(machine, diceOf(seed));
      const nowSeconds = Math.max(steps.at(-1)?.nowSeconds ?? 0, machine.start.atSeconds + machine.secondsMax);
      const late = Array.from({ length: 12 }, () => ({ event: EXPIRE, nowSeconds }));
      const whole = replay({ ...machine, shown: showTask }, [...steps, ...late]);
      const shown = shownBy(whole);
      const { ending, verdict, isAppealed } = whole.end;
      const isNew = [...shown, `${ending} after ${verdict} ${isAppealed}`].filter((each) => !seen.has(each)).length > 0;
      const kept = whole.steps.filter(({ outcome }, index) => {
        const isFirst = !seen.has(shown[index] ?? "");
        seen.add(shown[index] ?? "");
        return outcome === "moved" || isFirst;
      });
      seen.add(`${ending} after ${verdict} ${isAppealed}`);
      return isNew ? [inDisputeColumns(replay({ ...machine, shown: showTask }, kept))] : [];
    }).flat();
  });
}

/** `CORTENSOR_MAKE_VECTORS=1` writes the file anew; the contract is held against the same. */
if (process.env.CORTENSOR_MAKE_VECTORS === "1") {
  const file = new URL("../../vectors/dispute.json", import.meta.url);
  writeFileSync(file, `${JSON.stringify(makeVectors(), undefined, 2)}\n`);
}

/** As JSON keeps it: without what is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("vectors of disputes", () => {
  const vectors = readVectors<readonly DisputeVector[]>("dispute");

  it("meet every ending and refusal", () => {
    const outcomes = new Set(vectors.flatMap(({ columns }) => columns.outcome));
    expect(outcomes).toEqual(new Set(["moved", ...REFUSALS]));
    expect(new Set(vectors.map(({ end }) => end.ending))).toEqual(new Set(DISPUTE_ENDINGS));
  });

  it.each(vectors)("of one that ends $end.ending", (vector) => {
    const of = { start: vector.start, next: nextDispute, shown: showTask };
    expect(plain(inDisputeColumns(replay(of, sentInDispute(vector))))).toEqual(vector);
  });
});
