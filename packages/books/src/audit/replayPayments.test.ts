import type { PaymentEvent } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { compareBalances, owedOf, type PaymentSnapshot } from "./compareBalances.js";
import { earningsAt } from "./maturing.js";
import { type Replay, replayPayments } from "./replayPayments.js";
import { ACCOUNT, ALICE, aTask, BOB, LANE, TestLane } from "./test/testLane.js";

/** A lane's life with one of everything: 1,000 wei in, 7 given back, 300 settled, some of it withdrawn, the account closed. */
function aLife(): readonly PaymentEvent[] {
  const lane = new TestLane();
  lane.fund(1_000n);
  lane.settle([aTask("one", 100n, { [ALICE]: 92n }), aTask("two", 100n, { [ALICE]: 42n, [BOB]: 50n })]);
  lane.raise(BOB, 60n);
  lane.giveBack(7n, 1);
  lane.pass(1);
  lane.settle([aTask("three", 100n, { [BOB]: 92n })]);
  lane.log({ kind: "creditWithdrawn", lane: LANE, payee: ALICE, amountWei: 134n });
  lane.pass(1);
  lane.log({ kind: "earningsWithdrawn", lane: LANE, amountWei: 16n });
  lane.log({ kind: "maturingFrozen", lane: LANE, frozenWei: 18n });
  lane.log({ kind: "closeRequested", account: ACCOUNT, closeAt: 9_000_000 });
  lane.log({ kind: "allotmentChanged", account: ACCOUNT, lane: LANE, allotmentWei: 300n });
  lane.log({ kind: "closed", account: ACCOUNT, refundWei: 707n });
  lane.log({ kind: "refunded", account: ACCOUNT, amountWei: 707n });
  return lane.events;
}

/** What a contract would say that these logs describe. */
function snapshotOf({ state }: Replay, atSeconds = 200 * 86_400): PaymentSnapshot {
  const operators = [...state.operators].map(([lane, { credits, earnings, head }]) => {
    const { maturedWei, olderWei, newestWei } = earningsAt(earnings, atSeconds);
    return [lane, { credits, head, maturedWei, maturingWei: olderWei + newestWei }] as const;
  });
  return { atSeconds, heldWei: owedOf(state), accounts: state.accounts, operators: new Map(operators) };
}

describe("replaying a payment contract's logs", () => {
  it("finds every balance", () => {
    const { state, settlements, differences } = replayPayments(aLife());
    expect(differences).toEqual([]);
    expect(state.accounts.get(ACCOUNT)).toEqual({
      depositWei: 300n,
      allottedWei: 300n,
      closeAt: 9_000_000,
      closed: true,
      lanes: new Map([[LANE, { allotmentWei: 300n, cumulativeWei: 300n, count: 3 }]]),
    });
    const operator = state.operators.get(LANE);
    expect(operator?.credits).toEqual(
      new Map([
        [ALICE, { creditedWei: 134n, withdrawnWei: 134n }],
        [BOB, { creditedWei: 142n, withdrawnWei: 0n }],
      ]),
    );
    expect(settlements.map(({ debitedWei }) => debitedWei)).toEqual([200n, 100n]);
    expect(owedOf(state)).toBe(142n);
  });

  it("lets an operator's part mature for one whole window of a day", () => {
    const lane = new TestLane();
    lane.fund(100n);
    lane.settle([aTask("one", 100n, { [ALICE]: 90n })]);
    const { state } = replayPayments(lane.events);
    const earnings = state.operators.get(LANE)?.earnings;
    if (earnings === undefined) throw new Error("no earnings");
    const day = 86_400;
    const maturedAt = (seconds: number) => earningsAt(earnings, seconds).maturedWei;
    expect([100 * day, 102 * day - 1, 102 * day].map(maturedAt)).toEqual([0n, 0n, 10n]);
  });

  it("finds nothing that differs in an honest contract's state", () => {
    const replay = replayPayments(aLife());
    expect(compareBalances(replay.state, snapshotOf(replay))).toEqual([]);
  });

  it("finds every figure of every log that is changed, in the logs or beside the state", () => {
    const honest = snapshotOf(replayPayments(aLife()));
    let changes = 0;
    for (const [index, event] of aLife().entries()) {
      for (const [field, value] of Object.entries(event)) {
        if (typeof value !== "bigint" || field === "blockNumber") continue;
        const events = aLife().map((one, place) => (place === index ? { ...one, [field]: value + 1n } : one));
        const replay = replayPayments(events);
        const found = [...replay.differences, ...compareBalances(replay.state, honest)];
        expect(found.length, `${event.kind}.${field}`).toBeGreaterThan(0);
        changes += 1;
      }
    }
    expect(changes).toBe(18);
  });

  it("finds a settlement that is left out, by the lane's head", () => {
    const honest = snapshotOf(replayPayments(aLife()));
    const events = aLife().filter(({ kind }, index) => kind !== "settled" || index < 4);
    const replay = replayPayments(events);
    const names = compareBalances(replay.state, honest).map(({ what, where }) => `${what}: ${where}`);
    expect(names).toContain(`headOf: lane ${LANE}`);
  });

  it("finds COR that is missing, account, lane, credit and earnings that differ, each by name", () => {
    const replay = replayPayments(aLife());
    const honest = snapshotOf(replay);
    const empty = { ...honest, accounts: new Map(), operators: new Map(), heldWei: honest.heldWei - 1n };
    const names = new Set(compareBalances(replay.state, empty).map(({ what }) => what));
    expect(names).toEqual(new Set(["account", "lane", "earnings", "headOf", "credit", "heldWei"]));
  });

  it("finds a debit that pays twice, beyond its allotment, or for fewer receipts", () => {
    const broken = (change: { readonly cumulativeWei?: bigint; readonly count?: number }) => {
      const lane = new TestLane();
      lane.fund(300n);
      lane.settle([aTask("one", 100n, { [ALICE]: 92n })]);
      lane.settle([aTask("two", 100n, { [ALICE]: 92n })], (honest) => ({
        ...honest,
        debits: honest.debits.map((debit) => ({ ...debit, ...change })),
      }));
      return replayPayments(lane.events).differences.map(({ what }) => what);
    };
    expect(broken({})).toEqual([]);
    expect(broken({ cumulativeWei: 100n })).toContain("debitNotHigher");
    expect(broken({ cumulativeWei: 301n })).toContain("debitAboveAllotment");
    expect(broken({ count: 0 })).toContain("countFell");
  });

  it("finds a credit to a session that was given twice for one epoch and reason", () => {
    const lane = new TestLane();
    lane.fund(100n);
    lane.giveBack(5n, 1);
    lane.giveBack(5n, 2);
    expect(replayPayments(lane.events).differences).toEqual([]);
    lane.giveBack(5n, 2);
    expect(replayPayments(lane.events).differences.map(({ what }) => what)).toEqual(["creditRepeated"]);
  });

  it("finds credits beyond what was debited, and a withdrawal beyond the credit", () => {
    const lane = new TestLane();
    lane.fund(100n);
    const credits = [{ payee: ALICE, cumulativeWei: 101n }];
    lane.settle([aTask("one", 100n, { [ALICE]: 92n })], (honest) => ({ ...honest, credits }));
    lane.log({ kind: "creditWithdrawn", lane: LANE, payee: ALICE, amountWei: 102n });
    const names = replayPayments(lane.events).differences.map(({ what }) => what);
    expect(names).toContain("creditsAboveDebits");
    expect(names).toContain("withdrawnAboveCredit");
  });
});
