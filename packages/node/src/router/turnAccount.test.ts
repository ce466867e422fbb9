import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arrive,
  type Charge,
  CREDIT_TOKENS_MAX,
  chargeTurn,
  NEW_ACCOUNT,
  settleTurn,
  type TurnAccount,
} from "./turnAccount.js";

const tokens = fc.integer({ min: 1, max: 1_000 });
const turn = fc.record({ expected: tokens, served: tokens });

/** Gives a client these turns at once. */
function giveAll(account: TurnAccount, turns: readonly { readonly expected: number }[]) {
  const charges: Charge[] = [];
  let after = account;
  for (const { expected } of turns) {
    const [next, charge] = chargeTurn(after, expected);
    charges.push(charge);
    after = next;
  }
  return { account: after, charges };
}

describe("a client's turns, when all of them have ended", () => {
  it("count for what they did cost, or for what was expected of them where that is more, in whatever order they end", () => {
    const turns = fc.array(fc.tuple(turn, fc.integer()), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(turns, fc.nat(1_000), (given, virtualTime) => {
        const before = arrive(NEW_ACCOUNT, virtualTime);
        const { account, charges } = giveAll(
          before,
          given.map(([one]) => one),
        );
        const ends = given.map(([{ served }, order], at) => ({ served, order, charge: charges[at] }));
        ends.sort((left, right) => left.order - right.order);
        const settled = ends.reduce(
          (known, { charge, served }) => (charge === undefined ? known : settleTurn(known, charge, served)),
          account,
        );
        const served = ends.reduce((sum, one) => sum + one.served, 0);
        const expected = given.reduce((sum, [one]) => sum + one.expected, 0);
        // Credit that is left covers what comes later.
        expect(settled.startsAt - settled.credit).toBe(virtualTime + served);
        expect(settled.startsAt).toBeGreaterThanOrEqual(virtualTime + Math.max(served, expected));
      }),
    );
  });
});

describe("whatever a client claims, and whenever it comes and goes", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ give: turn }) },
    { weight: 3, arbitrary: fc.record({ end: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ arriveAfter: fc.nat(1_500) }) },
  );

  it("it has paid for all that it had since it last returned, and its next turn never comes sooner", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        let virtualTime = 0;
        let account = arrive(NEW_ACCOUNT, virtualTime);
        let since = { startedAt: 0, served: 0, returns: account.returns };
        let running: { readonly charge: Charge; readonly served: number }[] = [];
        const end = ({ charge, served }: { readonly charge: Charge; readonly served: number }): void => {
          account = settleTurn(account, charge, served);
          if (charge.returns === since.returns) since = { ...since, served: since.served + served };
        };
        for (const one of steps) {
          const { startsAt } = account;
          if ("give" in one) {
            const [next, charge] = chargeTurn(account, one.give.expected);
            account = next;
            running.push({ charge, served: one.give.served });
          } else if ("end" in one) {
            const ended = running[one.end % Math.max(1, running.length)];
            running = running.filter((other) => other !== ended);
            if (ended !== undefined) end(ended);
          } else {
            virtualTime += one.arriveAfter;
            account = arrive(account, virtualTime);
            if (account.returns !== since.returns)
              since = { startedAt: account.startsAt, served: 0, returns: account.returns };
          }
          expect(account.startsAt).toBeGreaterThanOrEqual(startsAt);
          expect(account.credit).toBeLessThanOrEqual(CREDIT_TOKENS_MAX);
        }
        for (const one of running) end(one);
        expect(account.startsAt).toBeGreaterThanOrEqual(since.startedAt + since.served);
      }),
      { numRuns: 1_000 },
    );
  });

  it("what it was charged too much covers what it is charged too little, until it returns", () => {
    const [charged, first] = chargeTurn(arrive(NEW_ACCOUNT, 0), 1_000);
    const credited = settleTurn(charged, first, 10);
    expect(credited).toMatchObject({ startsAt: 1_000, credit: 990 });
    const [again, second] = chargeTurn(credited, 100);
    expect(settleTurn(again, second, 2_000)).toMatchObject({ startsAt: 2_010, credit: 0 });
    expect(arrive(credited, 999)).toEqual(credited);
    expect(arrive(credited, 1_001)).toMatchObject({ startsAt: 1_001, credit: 0 });
    const back = arrive(charged, 1_500);
    expect(settleTurn(back, first, 10)).toEqual(back);
  });

  it("what it was charged too little is charged, less the time that passed without it", () => {
    const [charged, charge] = chargeTurn(arrive(NEW_ACCOUNT, 0), 100);
    expect(settleTurn(charged, charge, 2_000).startsAt).toBe(2_000);
    expect(settleTurn(arrive(charged, 1_500), charge, 2_000).startsAt).toBe(2_000);
    expect(settleTurn(arrive(charged, 3_000), charge, 2_000).startsAt).toBe(3_000);
  });
});
