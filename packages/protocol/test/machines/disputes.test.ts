import {
  DISPUTE_ENDINGS,
  DISPUTE_SECONDS_MAX,
  type Dispute,
  isAppealWon,
  nextDispute,
  openDispute,
  VERDICT_OUTCOMES,
  type VerdictOutcome,
} from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diceOf } from "./dice.js";
import { type DisputePlan, disputeMachine } from "./disputeMachine.js";
import { randomTrace, settle, type Trace } from "./taskTrace.js";

/** `npm run deep -- machines` runs more, in parts. */
const TRACES = Number(process.env.CORTENSOR_MACHINE_TRACES ?? 1_000);
const FROM = Number(process.env.CORTENSOR_MACHINE_FROM ?? 0);

const anyPlan: fc.Arbitrary<DisputePlan> = fc.record({
  outcomes: fc.array(fc.array(fc.constantFrom(...VERDICT_OUTCOMES), { minLength: 3, maxLength: 3 }), {
    minLength: 3,
    maxLength: 3,
  }),
  jurors: fc.integer({ min: 1, max: 7 }),
  wrong: fc.integer({ min: 0, max: 7 }),
  secondJurors: fc.integer({ min: 5, max: 7 }),
  secondWrong: fc.integer({ min: 0, max: 7 }),
});

/** Does everything that is awaited, at once, appealing or not, until the dispute has ended. */
function played(plan: DisputePlan, isAppealed: boolean): Dispute {
  const machine = disputeMachine(plan);
  const said: { kind: string; by: string; atSeconds: number }[] = [];
  let dispute = machine.start;
  while (dispute.phase !== "ended") {
    if (dispute.phase === "judged" && !isAppealed) {
      dispute = settle(machine, dispute, dispute.deadlineSeconds).task;
      continue;
    }
    const { kind = "", awaited } = machine.model(said, dispute.atSeconds);
    const [by = "anyone"] = awaited;
    machine.next(dispute, { kind: "expire" }, dispute.atSeconds);
    const step = machine.next(dispute, machine.awaitedEvent(kind, by), dispute.atSeconds);
    if (step.kind === "refused") throw new Error(`${kind}: ${step.refusal}`);
    said.push({ kind, by, atSeconds: dispute.atSeconds });
    dispute = step.state;
  }
  return dispute;
}

const wrongBefore = (outcomes: readonly VerdictOutcome[]): DisputePlan["outcomes"] => [outcomes, [], []];
const called: DisputePlan = {
  outcomes: wrongBefore(["failed", "failed", "passed"]),
  jurors: 7,
  wrong: 5,
  secondJurors: 5,
  secondWrong: 4,
};

describe("the machine of disputes", () => {
  it("does what its model says, event by event, whoever enforces its deadlines and when", () => {
    const traces: Trace<unknown>[] = [];
    fc.assert(
      fc.property(anyPlan, fc.nat(), (plan, seed) => {
        traces.push(randomTrace(disputeMachine(plan), diceOf(seed)));
      }),
      { numRuns: TRACES, seed: FROM + 1 },
    );
    const refusals = new Set(traces.flatMap((trace) => trace.refusals));
    for (const refusal of ["already", "commitOther", "deadlineDue", "notDue", "notYours", "phaseOther", "seatsBad"])
      expect(refusals).toContain(refusal);
    expect(new Set(traces.map(({ ending }) => ending))).toEqual(new Set(DISPUTE_ENDINGS));
  });

  it("slashes by more than two thirds of at least five jurors alone, and never by an appeal", () => {
    fc.assert(
      fc.property(anyPlan, fc.boolean(), (plan, isAppealed) => {
        const { ending, verdict, isAppealed: wasAppealed } = played(plan, isAppealed);
        const most = (of: number) => of >= 5;
        const isSlashable = most(plan.jurors) && Math.min(plan.wrong, plan.jurors) * 3 > 2 * plan.jurors;
        if (ending !== "slashed") return;
        expect(verdict).toBe("slashed");
        expect(isSlashable).toBe(true);
        const second = Math.min(plan.secondWrong, plan.secondJurors);
        expect(!wasAppealed || second * 3 > 2 * plan.secondJurors).toBe(true);
      }),
    );
  });

  it("ends as the three, the jury and the second jury find", () => {
    expect(played(called, false)).toMatchObject({ ending: "slashed", verdict: "slashed" });
    expect(played(called, true)).toMatchObject({ ending: "slashed", isAppealed: true });
    expect(played({ ...called, secondWrong: 1 }, true)).toMatchObject({ ending: "cleared", verdict: "slashed" });
    expect(played({ ...called, secondWrong: 3 }, true)).toMatchObject({ ending: "withheld", verdict: "slashed" });
    expect(played({ ...called, jurors: 4, wrong: 4 }, false)).toMatchObject({ ending: "withheld" });
    expect(played({ ...called, jurors: 4, wrong: 4, secondWrong: 5 }, true)).toMatchObject({ ending: "withheld" });
    expect(played({ ...called, wrong: 2 }, true)).toMatchObject({ ending: "cleared", isAppealed: false });
    const undecided = ["undecided", "withheld", "passed"] as const;
    expect(played({ ...called, outcomes: [undecided, undecided, undecided] }, false)).toMatchObject({
      ending: "undecided",
      round: 3,
      verdict: undefined,
    });
  });

  it("says that an appeal was won when it made the verdict milder", () => {
    expect(isAppealWon(played({ ...called, secondWrong: 1 }, true))).toBe(true);
    expect(isAppealWon(played({ ...called, secondWrong: 3 }, true))).toBe(true);
    expect(isAppealWon(played(called, true))).toBe(false);
    expect(isAppealWon(played(called, false))).toBe(false);
    expect(isAppealWon(played({ ...called, wrong: 2 }, true))).toBe(false);
  });

  it("leaves the first verdict where no second jury can be drawn", () => {
    const machine = disputeMachine(called);
    const judged = { ...played(called, false), phase: "judged", ending: undefined, deadlineSeconds: 2 ** 32 } as const;
    const step = nextDispute(judged, { kind: "appeal" }, judged.atSeconds);
    if (step.kind === "refused") throw new Error(step.refusal);
    const few = { kind: "empanel", seats: machine.start.jurors } as const;
    expect(nextDispute(step.state, few, judged.atSeconds)).toEqual({ kind: "refused", refusal: "seatsBad" });
    const { task } = settle(machine, step.state, judged.atSeconds + DISPUTE_SECONDS_MAX);
    expect(task).toMatchObject({ phase: "ended", ending: "slashed", tries: 3 });
    expect(isAppealWon(task)).toBe(false);
  });

  it("refuses to open what can't be", () => {
    const { taskId, resultHash, domain, parties } = disputeMachine(called).start;
    const of = { taskId, resultHash, domain, parties, nowSeconds: 1 };
    expect(openDispute(of).kind).toBe("moved");
    const outOfRange = { kind: "refused", refusal: "outOfRange" };
    expect(openDispute({ ...of, parties: [] })).toEqual(outOfRange);
    expect(openDispute({ ...of, nowSeconds: -1 })).toEqual(outOfRange);
    expect(openDispute({ ...of, taskId: "0x12" })).toEqual(outOfRange);
  });
});
