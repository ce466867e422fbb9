import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aKey } from "../test/aSolanaDeposit.js";
import { nextSolanaTask, type SolanaTaskEvent } from "./nextSolanaTask.js";
import { openSolanaTask, SOLANA_SECONDS, type SolanaTask } from "./solanaTask.js";

const T = 1_000_000;
const OPENED = {
  taskId: aKey("task"),
  client: aKey("client"),
  router: aKey("router"),
  guards: aKey("guards"),
  amount: 100n,
  workSeconds: 60,
  nowSeconds: T,
};
const PEOPLE = ["client", "router", "guards", "miner", "stranger"].map(aKey);
const opened = (): SolanaTask => {
  const step = openSolanaTask(OPENED);
  return step.kind === "moved" ? step.state : expect.unreachable();
};
const ASSIGN = { kind: "assign", by: aKey("router"), miner: aKey("miner") } as const satisfies SolanaTaskEvent;
const COMMIT = {
  kind: "commit",
  by: aKey("miner"),
  resultHash: aKey("result"),
  fee: 40n,
} as const satisfies SolanaTaskEvent;
const ACCEPT = { kind: "accept", by: aKey("client") } as const satisfies SolanaTaskEvent;
const REFUSE = { kind: "refuse", by: aKey("guards") } as const satisfies SolanaTaskEvent;
const ATTEST = { kind: "attest", by: aKey("guards") } as const satisfies SolanaTaskEvent;
const EXPIRE: SolanaTaskEvent = { kind: "expire" };
const payout = (minerAmount: bigint, clientAmount: bigint): SolanaTaskEvent & { readonly kind: "payout" } => ({
  kind: "payout",
  by: aKey("guards"),
  signature: `0x${"ab".repeat(64)}`,
  minerAmount,
  clientAmount,
});
const after = (events: readonly SolanaTaskEvent[], atSeconds = T, from = opened()): SolanaTask =>
  events.reduce((task, event) => {
    const step = nextSolanaTask(task, event, atSeconds);
    return step.kind === "moved" ? step.state : expect.unreachable(`${event.kind}: ${step.refusal}`);
  }, from);
const refusal = (task: SolanaTask, event: SolanaTaskEvent, at = T): string => {
  const step = nextSolanaTask(task, event, at);
  return step.kind === "refused" ? step.refusal : "taken";
};

describe("a task over Solana", () => {
  it("pays the miner its fee and the client the rest, once", () => {
    const task = after([ASSIGN, COMMIT, ACCEPT]);
    expect(task.plan).toEqual({ reason: "accepted", minerAmount: 40n, clientAmount: 60n });
    const paid = after([payout(40n, 60n)], T + 9_999, task);
    expect(paid).toMatchObject({ phase: "ended", payout: `0x${"ab".repeat(64)}` });
    expect(refusal(paid, payout(40n, 60n), T + 10_000)).toBe("ended");
  });

  it.each([
    ["unassigned", [], SOLANA_SECONDS.opened, 0n],
    ["unanswered", [ASSIGN], 60, 0n],
    ["unopposed", [ASSIGN, COMMIT], SOLANA_SECONDS.committed, 40n],
  ] as const)("is decided %s when nobody goes on", (reason, events, seconds, minerAmount) => {
    const task = after(events);
    expect(refusal(task, EXPIRE, T + seconds - 1)).toBe("notDue");
    const decided = after([EXPIRE], T + seconds, task);
    expect(decided.plan).toEqual({ reason, minerAmount, clientAmount: 100n - minerAmount });
    expect(refusal(decided, EXPIRE, T + 100_000)).toBe("phaseOther");
  });

  it("gives all back when guards find the answer wrong", () => {
    expect(after([ASSIGN, COMMIT, REFUSE]).plan).toEqual({ reason: "refused", minerAmount: 0n, clientAmount: 100n });
  });

  it("pays when guards attest the answer, without a word of the client's", () => {
    expect(after([ASSIGN, COMMIT, ATTEST]).plan).toEqual({ reason: "attested", minerAmount: 40n, clientAmount: 60n });
    expect(refusal(after([ASSIGN, COMMIT]), { ...ATTEST, by: aKey("client") })).toBe("notYours");
    expect(refusal(after([ASSIGN, COMMIT, ATTEST]), REFUSE)).toBe("phaseOther");
  });

  it("keeps everybody to their part, and knows a payout of other amounts", () => {
    expect(refusal(opened(), { ...ASSIGN, by: aKey("miner") })).toBe("notYours");
    expect(refusal(opened(), COMMIT)).toBe("phaseOther");
    expect(refusal(after([ASSIGN]), { ...COMMIT, by: aKey("router") })).toBe("notYours");
    expect(refusal(after([ASSIGN]), { ...COMMIT, fee: 101n })).toBe("outOfRange");
    expect(refusal(after([ASSIGN]), COMMIT, T + 60)).toBe("deadlineDue");
    expect(refusal(after([ASSIGN, COMMIT]), { ...ACCEPT, by: aKey("miner") })).toBe("notYours");
    expect(refusal(after([ASSIGN, COMMIT]), { ...REFUSE, by: aKey("client") })).toBe("notYours");
    expect(refusal(after([ASSIGN, COMMIT]), payout(40n, 60n))).toBe("phaseOther");
    const decided = after([ASSIGN, COMMIT, ACCEPT]);
    expect(refusal(decided, payout(41n, 59n))).toBe("planOther");
    expect(refusal(decided, { ...payout(40n, 60n), by: aKey("router") })).toBe("notYours");
  });

  it("isn't opened with nothing in escrow, nor for longer than an hour", () => {
    for (const change of [{ amount: 0n }, { workSeconds: 0 }, { workSeconds: 3_601 }, { amount: 2n ** 64n }])
      expect(openSolanaTask({ ...OPENED, ...change }).kind).toBe("refused");
  });
});

describe("whatever anybody does in whatever order", () => {
  const by = fc.constantFrom(...PEOPLE);
  const event: fc.Arbitrary<SolanaTaskEvent> = fc.oneof(
    fc.record({ kind: fc.constant("assign" as const), by, miner: by }),
    fc.record({ kind: fc.constant("commit" as const), by, resultHash: by, fee: fc.bigInt({ min: -1n, max: 120n }) }),
    fc.record({ kind: fc.constantFrom("accept" as const, "refuse" as const, "attest" as const), by }),
    fc.record({
      kind: fc.constant("payout" as const),
      by,
      signature: fc.constant(`0x${"cd".repeat(64)}` as const),
      minerAmount: fc.constantFrom(0n, 40n),
      clientAmount: fc.constantFrom(60n, 100n),
    }),
    fc.constant(EXPIRE),
    fc.constantFrom(ASSIGN, COMMIT, ACCEPT, REFUSE, ATTEST, payout(40n, 60n), payout(0n, 100n)),
  );
  const events = fc.array(fc.tuple(event, fc.nat(200)), { maxLength: 40 });

  it("a task ends with what guards pay, pays once, exactly what it held, and a decision stays as it is", () => {
    fc.assert(
      fc.property(events, (coming) => {
        let task = opened();
        let now = T;
        let payouts = 0;
        for (const [one, seconds] of coming) {
          now += seconds;
          const step = nextSolanaTask(task, one, now);
          if (step.kind === "refused") continue;
          if (task.plan !== undefined) expect(step.state.plan).toEqual(task.plan);
          if (one.kind === "payout") payouts += 1;
          task = step.state;
        }
        for (const phases = ["opened", "assigned", "committed"]; phases.includes(task.phase); ) {
          now = Math.max(now, task.deadlineSeconds);
          task = after([EXPIRE], now, task);
        }
        const { plan } = task;
        if (plan === undefined) expect.unreachable("neither decided nor ended");
        expect(plan.minerAmount + plan.clientAmount).toBe(100n);
        expect(plan.minerAmount >= 0n && plan.clientAmount >= 0n).toBe(true);
        if (task.phase === "decided") {
          task = after([payout(plan.minerAmount, plan.clientAmount)], now, task);
          payouts += 1;
        }
        expect(task.phase).toBe("ended");
        expect(payouts).toBe(1);
        for (const one of [ASSIGN, COMMIT, ACCEPT, REFUSE, EXPIRE, payout(plan.minerAmount, plan.clientAmount)])
          expect(refusal(task, one, now)).toBe("ended");
      }),
      { numRuns: 500 },
    );
  });
});
