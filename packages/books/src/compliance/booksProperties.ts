import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BookedReceipt, Books } from "../books.js";
import { payeeEntriesOf } from "../payeeEntries.js";
import { aFee, aKey, aReceipt, MINER, word } from "./makers.js";

type World = {
  readonly books: () => Books;
  readonly open: (over: { allotmentWei: bigint }) => Promise<number>;
};

type Step =
  | { readonly kind: "hold"; readonly withKey: boolean; readonly wei: number }
  | { readonly kind: "release"; readonly pick: number; readonly share: number }
  | { readonly kind: "drop"; readonly pick: number }
  | { readonly kind: "put"; readonly count: number; readonly again: boolean }
  | { readonly kind: "settle"; readonly count: number; readonly end: "confirmed" | "dropped" };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("hold" as const), withKey: fc.boolean(), wei: fc.nat(60) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("release" as const),
      pick: fc.nat(),
      share: fc.integer({ min: 1, max: 100 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("drop" as const), pick: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("put" as const),
      count: fc.integer({ min: 1, max: 5 }),
      again: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("settle" as const),
      count: fc.integer({ min: 1, max: 5 }),
      end: fc.constantFrom("confirmed" as const, "dropped" as const),
    }),
  },
);

const ALLOTMENT_WEI = 200n;
const KEY_BUDGET_WEI = 90n;

type Money = { spentWei: bigint; asideWei: bigint };
type ModelHold = { readonly holdId: number; readonly withKey: boolean; readonly wei: bigint };

/** Any interleaving of what a router does, against the simplest model of it. */
export function booksProperties(world: World): void {
  describe("any interleaving", () => {
    it("never holds over a budget, charges each receipt once, settles each once", async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          run += 1;
          await checkRun(world, steps, run);
        }),
        { numRuns: 25 },
      );
    });
  });
}

async function checkRun(world: World, steps: readonly Step[], run: number): Promise<void> {
  const books = world.books();
  const [before] = await books.payeeStatus([MINER]);
  const account = await world.open({ allotmentWei: ALLOTMENT_WEI });
  const key = aKey({ account, name: `model ${account}`, budgetWei: KEY_BUDGET_WEI });
  await books.putKey(key);
  const session: Money = { spentWei: 0n, asideWei: 0n };
  const keyed: Money = { spentWei: 0n, asideWei: 0n };
  const holds: ModelHold[] = [];
  const waiting: BookedReceipt[] = [];
  const durable: BookedReceipt[] = [];
  const settled = new Set<string>();
  let counter = 0;
  let settlements = 0;

  const moneyOf = (withKey: boolean): Money[] => (withKey ? [session, keyed] : [session]);
  const fits = (withKey: boolean, wei: bigint): boolean =>
    session.spentWei + session.asideWei + wei <= ALLOTMENT_WEI &&
    (!withKey || keyed.spentWei + keyed.asideWei + wei <= KEY_BUDGET_WEI);

  for (const one of steps) {
    if (one.kind === "hold") {
      const wei = BigInt(one.wei);
      const outcome = await books.hold({ account, wei, ...(one.withKey ? { keyHash: key.keyHash } : {}) });
      expect(outcome.kind).toBe(fits(one.withKey, wei) ? "held" : "insufficient");
      if (outcome.kind !== "held") continue;
      holds.push({ holdId: outcome.holdId, withKey: one.withKey, wei });
      for (const money of moneyOf(one.withKey)) money.asideWei += wei;
    } else if (one.kind === "release" || one.kind === "drop") {
      const [hold] = holds.splice(holds.length === 0 ? 0 : one.pick % holds.length, 1);
      if (!hold) continue;
      const feeWei = one.kind === "drop" ? 0n : (hold.wei * BigInt(one.share)) / 100n;
      const task = `model ${account} ${run} ${counter}`;
      counter += 1;
      books.release(hold.holdId, one.kind === "drop" ? undefined : aFee(task, feeWei));
      for (const money of moneyOf(hold.withKey)) money.asideWei -= hold.wei - feeWei;
      if (one.kind === "drop") continue;
      waiting.push(
        aReceipt({
          task,
          account,
          feeWei,
          ...(hold.withKey ? { keyHash: key.keyHash } : {}),
        }),
      );
    } else if (one.kind === "put") {
      const put = waiting.splice(0, one.count);
      await books.putReceipts(put);
      if (one.again) await books.putReceipts(put);
      for (const { receipt, keyHash } of put) {
        for (const money of moneyOf(keyHash !== undefined)) {
          money.spentWei += receipt.feeWei;
          money.asideWei -= receipt.feeWei;
        }
      }
      durable.push(...put);
    } else {
      const open = await books.unsettled(one.count, account);
      const taskIds = open.map(({ receipt }) => receipt.taskId);
      for (const taskId of taskIds) expect(settled.has(taskId)).toBe(false);
      settlements += 1;
      const id = word(`settlement ${account} ${settlements}`);
      await books.recordSettlement({ id, taskIds, state: "prepared" });
      await books.recordSettlement({ id, taskIds, state: one.end });
      if (one.end === "confirmed") for (const taskId of taskIds) settled.add(taskId);
    }
    expect(
      session.spentWei + session.asideWei <= ALLOTMENT_WEI && keyed.spentWei + keyed.asideWei <= KEY_BUDGET_WEI,
    ).toBe(true);
  }
  const lane = await books.laneStatus(account);
  expect(lane).toMatchObject({ spentWei: session.spentWei, heldWei: session.asideWei, count: durable.length });
  expect(durable.reduce((sum, { receipt }) => sum + receipt.feeWei, 0n)).toBe(session.spentWei);
  expect(await books.listKeys({ account, limit: 5 })).toMatchObject([{ spentWei: keyed.spentWei }]);
  const [after] = await books.payeeStatus([MINER]);
  const netsWei = durable.flatMap(payeeEntriesOf).reduce((sum, entry) => sum + entry.netWei, 0n);
  expect((after?.cumulativeWei ?? 0n) - (before?.cumulativeWei ?? 0n)).toBe(netsWei);
  expect((after?.count ?? 0) - (before?.count ?? 0)).toBe(durable.length);
  const unsettled = await books.unsettled(1_000, account);
  expect(unsettled.length).toBe(durable.length - settled.size);
}
