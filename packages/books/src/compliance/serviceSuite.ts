import { NO_SERVICE } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import type { Books } from "../books.js";
import { PAGE_ROWS_MAX } from "../limits.js";
import type { ServiceRow, SessionCredit } from "../serviceBooks.js";
import { aKey, aReceipt, word } from "./makers.js";

export type ServiceWorld = {
  readonly books: () => Books;
  /** Opens a session on an account of its own. */
  readonly open: (over?: { readonly allotmentWei?: bigint }) => Promise<number>;
};

function aRow(over: Partial<ServiceRow> & { readonly account: number }): ServiceRow {
  return { epoch: 3, sla: 2, asked: 10, answered: 9, first: 9, late: 1, ...over };
}

function aCredit(over: Partial<SessionCredit> & { readonly account: number }): SessionCredit {
  const figures = { asked: 20, answered: 19, first: 19, late: 2 };
  return { reason: "sla", fromEpoch: 3, epoch: 3, wei: 7n, state: "owed", sla: 2, figures, ...over };
}

/** What any books must keep of how sessions were served, and of what they get back. */
export function serviceSuite({ books, open }: ServiceWorld): void {
  const unjudged = async (account: number, beforeEpoch: number) =>
    (await books().unjudgedService(beforeEpoch, PAGE_ROWS_MAX)).filter((row) => row.account === account);

  describe("service figures", () => {
    it("add up over processes, and count each process's latest totals once", async () => {
      const account = await open();
      await books().keepService(word("meter 1"), [aRow({ account, asked: 4, answered: 4, first: 4, late: 0 })]);
      await books().keepService(word("meter 1"), [aRow({ account })]);
      await books().keepService(word("meter 1"), [aRow({ account })]);
      await books().keepService(word("meter 2"), [aRow({ account, asked: 5, answered: 5, first: 5, late: 0 })]);
      await books().keepService(word("meter 2"), []);
      expect(await unjudged(account, 4)).toEqual([aRow({ account, asked: 15, answered: 14, first: 14, late: 1 })]);
    });

    it("are to be judged once their epoch is over, until a verdict covers it", async () => {
      const account = await open();
      await books().keepService(
        word("meter"),
        [2, 3, 4].map((epoch) => aRow({ account, epoch })),
      );
      expect(await unjudged(account, 2)).toEqual([]);
      expect((await unjudged(account, 4)).map(({ epoch }) => epoch)).toEqual([2, 3]);
      expect(await books().bookSessionCredit(aCredit({ account, reason: "cut", epoch: 4 }), [])).toBe(true);
      expect((await unjudged(account, 9)).map(({ epoch }) => epoch)).toEqual([2, 3, 4]);
      expect(await books().bookSessionCredit(aCredit({ account, fromEpoch: 2, epoch: 3 }), [])).toBe(true);
      expect((await unjudged(account, 9)).map(({ epoch }) => epoch)).toEqual([4]);
    });

    it("that come after the verdict on their epoch are too late", async () => {
      const account = await open();
      await books().keepService(word("meter"), [aRow({ account })]);
      await books().bookSessionCredit(aCredit({ account }), []);
      await books().keepService(word("meter"), [aRow({ account, asked: 11 }), aRow({ account, epoch: 4, asked: 1 })]);
      expect(await unjudged(account, 9)).toEqual([aRow({ account, epoch: 4, asked: 1 })]);
    });

    it("have the fees of their epochs beside them", async () => {
      const account = await open({ allotmentWei: 100n });
      for (const epoch of [2, 3, 4, 5]) {
        await books().putReceipts([aReceipt({ task: `fees ${account} ${epoch}`, account, feeWei: 10n, epoch })]);
      }
      expect(await books().feesOf({ account, fromEpoch: 3, epoch: 4 })).toBe(20n);
      expect(await books().feesOf({ account, fromEpoch: 6, epoch: 9 })).toBe(0n);
    });

    it("are read in pages with a bound", async () => {
      const refusal = { code: "BOOKS_OUT_OF_RANGE" };
      for (const limit of [0, PAGE_ROWS_MAX + 1]) {
        await expect((async () => books().unjudgedService(1, limit))()).rejects.toMatchObject(refusal);
        await expect((async () => books().cutReceipts(1, limit))()).rejects.toMatchObject(refusal);
        await expect((async () => books().owedSessionCredits(limit))()).rejects.toMatchObject(refusal);
        await expect((async () => books().sessionCredits({ account: 1, limit }))()).rejects.toMatchObject(refusal);
      }
    });
  });

  describe("credits to sessions", () => {
    it("are kept as they were booked, once for each account, epoch and reason", async () => {
      const account = await open();
      const credit = aCredit({ account, fromEpoch: 2, wei: 2n ** 90n });
      expect(await books().bookSessionCredit(credit, [])).toBe(true);
      expect(await books().bookSessionCredit({ ...credit, wei: 1n }, [])).toBe(false);
      const later = aCredit({ account, epoch: 5, wei: 0n, state: "none" });
      expect(await books().bookSessionCredit(later, [])).toBe(true);
      expect(await books().sessionCredits({ account, limit: 9 })).toEqual([later, credit]);
      expect(await books().sessionCredits({ account, limit: 1 })).toEqual([later]);
    });

    it("are owed until they are given, and stay given", async () => {
      const account = await open();
      const credit = aCredit({ account });
      const kept = aCredit({ account, epoch: 4, wei: 0n, state: "none" });
      for (const one of [credit, kept]) await books().bookSessionCredit(one, []);
      const owed = async () =>
        (await books().owedSessionCredits(PAGE_ROWS_MAX)).filter((one) => one.account === account);
      expect(await owed()).toEqual([credit]);
      const txHash = word(`credit ${account}`);
      await books().markSessionCredit(credit, { state: "owed", txHash });
      expect(await owed()).toEqual([{ ...credit, txHash }]);
      await books().markSessionCredit(credit, { state: "given" });
      expect(await owed()).toEqual([]);
      await books().markSessionCredit(credit, { state: "owed" });
      expect(await books().sessionCredits({ account, limit: 9 })).toEqual([
        kept,
        { ...credit, state: "given", txHash },
      ]);
    });
  });

  describe("tasks that were cut", () => {
    const cutOf = async (account: number) =>
      (await books().cutReceipts(9, PAGE_ROWS_MAX)).filter((receipt) => receipt.account === account);

    it("are those with a fee and without a whole answer, until they are given back, once", async () => {
      const account = await open({ allotmentWei: 100n });
      const cut = aReceipt({ task: `cut ${account}`, account, feeWei: 10n, finish: "error" });
      await books().putReceipts([
        cut,
        aReceipt({ task: `whole ${account}`, account, feeWei: 10n }),
        aReceipt({ task: `left ${account}`, account, feeWei: 10n, finish: "abort" }),
        aReceipt({ task: `free ${account}`, account, feeWei: 0n, finish: "error" }),
        aReceipt({ task: `new ${account}`, account, feeWei: 10n, finish: "error", epoch: 9 }),
      ]);
      const { taskId } = cut.receipt;
      expect(await cutOf(account)).toEqual([{ taskId, account, epoch: 3, feeWei: 10n }]);
      const credit = aCredit({ account, reason: "cut", wei: 10n, sla: 0, figures: NO_SERVICE });
      expect(await books().bookSessionCredit(credit, [taskId])).toBe(true);
      expect(await cutOf(account)).toEqual([]);
      expect(await books().bookSessionCredit({ ...credit, epoch: 4 }, [taskId])).toBe(false);
      expect(await books().sessionCredits({ account, limit: 9 })).toEqual([credit]);
      expect(await books().laneStatus(account)).toMatchObject({ spentWei: 40n });
    });

    it("leave what their key has spent, so that it may spend it again", async () => {
      const account = await open({ allotmentWei: 100n });
      const key = aKey({ account, name: `cut ${account}`, budgetWei: 10n });
      await books().putKey(key);
      const cut = aReceipt({ task: `key ${account}`, account, feeWei: 10n, keyHash: key.keyHash, finish: "error" });
      await books().putReceipts([cut]);
      const hold = async () => (await books().hold({ account, keyHash: key.keyHash, wei: 10n })).kind;
      expect(await hold()).toBe("insufficient");
      const credit = aCredit({ account, reason: "cut", wei: 10n, state: "given", sla: 0, figures: NO_SERVICE });
      await books().bookSessionCredit(credit, [cut.receipt.taskId]);
      expect(await books().listKeys({ account, limit: 9 })).toMatchObject([{ spentWei: 0n, receipts: 1 }]);
      expect(await hold()).toBe("held");
    });

    it("are not given back when one of them is unknown", async () => {
      const account = await open({ allotmentWei: 100n });
      const cut = aReceipt({ task: `half ${account}`, account, feeWei: 10n, finish: "error" });
      await books().putReceipts([cut]);
      const credit = aCredit({ account, reason: "cut", wei: 10n });
      expect(await books().bookSessionCredit(credit, [cut.receipt.taskId, word("nobody's")])).toBe(false);
      expect(await cutOf(account)).toHaveLength(1);
      expect(await books().sessionCredits({ account, limit: 9 })).toEqual([]);
    });
  });
}
