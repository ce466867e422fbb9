import { createManualClock, type ManualClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Books, HoldOutcome, HoldRequest } from "../books.js";
import { PAGE_ROWS_MAX } from "../limits.js";
import { booksProperties } from "./booksProperties.js";
import { checkpointSuite } from "./checkpointSuite.js";
import { laneSuite } from "./laneSuite.js";
import { aDebit, aFee, aKey, aReceipt, aSession, MINER, OTHER_MINER, word } from "./makers.js";
import { noteSuite } from "./noteSuite.js";
import { proofSuite } from "./proofSuite.js";
import { serviceSuite } from "./serviceSuite.js";
import { settlementCallSuite } from "./settlementCallSuite.js";
import { workSuite } from "./workSuite.js";

export type MakeBooks = (parts: { readonly clock: ManualClock }) => Promise<Books>;

/** Time at which the suite's clock stands. */
const NOW_MS = 1_700_000_000_000;

/** What any books must do. Every test has accounts of its own, in one set of books. */
export function booksSuite(name: string, make: MakeBooks): void {
  describe(name, () => {
    const clock = createManualClock(NOW_MS);
    let books: Books;
    let lastAccount = 0;
    beforeAll(async () => {
      books = await make({ clock });
    });
    afterAll(() => books.close());

    const open = async (over: { allotmentWei?: bigint; chunkWei?: bigint } = {}): Promise<number> => {
      lastAccount += 1;
      await books.putSession(aSession({ account: lastAccount, ...over }));
      return lastAccount;
    };
    const held = async (request: HoldRequest): Promise<number> => {
      const outcome = await books.hold(request);
      if (outcome.kind !== "held") throw new Error(`not held: ${outcome.kind}`);
      return outcome.holdId;
    };
    const outcome = async (request: HoldRequest): Promise<HoldOutcome> => books.hold(request);

    describe("sessions", () => {
      it("keeps a session as it was given, and its changes", async () => {
        const account = await open({ allotmentWei: 2n ** 95n, chunkWei: 12n });
        expect(await books.findSession(account)).toEqual(aSession({ account, allotmentWei: 2n ** 95n, chunkWei: 12n }));
        await books.putSession(aSession({ account, allotmentWei: 5n, custody: "self" }));
        expect(await books.findSession(account)).toEqual(aSession({ account, allotmentWei: 5n, custody: "self" }));
        expect((await books.sessions()).find((session) => session.account === account)?.allotmentWei).toBe(5n);
      });

      it("knows no session that nobody opened", async () => {
        expect(await books.findSession(999_999)).toBeUndefined();
        expect(await books.laneStatus(999_999)).toBeUndefined();
      });
    });

    describe("holds", () => {
      it("holds up to the allotment and not a wei more", async () => {
        const account = await open({ allotmentWei: 100n });
        await held({ account, wei: 60n });
        await held({ account, wei: 40n });
        expect(await outcome({ account, wei: 1n })).toEqual({ kind: "insufficient", availableWei: 0n, neededWei: 1n });
      });

      it("says what is available when it refuses", async () => {
        const account = await open({ allotmentWei: 100n });
        await held({ account, wei: 70n });
        expect(await outcome({ account, wei: 31n })).toEqual({
          kind: "insufficient",
          availableWei: 30n,
          neededWei: 31n,
        });
        await held({ account, wei: 30n });
      });

      it("frees at once what a task didn't use", async () => {
        const account = await open({ allotmentWei: 100n });
        books.release(await held({ account, wei: 100n }), aFee(`partly used ${account}`, 25n));
        expect(await outcome({ account, wei: 76n })).toMatchObject({ kind: "insufficient", availableWei: 75n });
        await held({ account, wei: 75n });
      });

      it("sees an allotment that was raised", async () => {
        const account = await open({ allotmentWei: 10n });
        expect(await outcome({ account, wei: 11n })).toMatchObject({ kind: "insufficient" });
        await books.putSession(aSession({ account, allotmentWei: 11n }));
        await held({ account, wei: 11n });
      });

      it("refuses a fee above its hold, and leaves the hold as it was", async () => {
        const account = await open({ allotmentWei: 100n });
        const holdId = await held({ account, wei: 10n });
        expect(() => books.release(holdId, aFee("too dear", 11n))).toThrow(
          expect.objectContaining({ code: "BOOKS_FEE_ABOVE_HOLD" }),
        );
        expect(() => books.release(holdId, aFee("below nothing", -1n))).toThrow(
          expect.objectContaining({ code: "BOOKS_FEE_ABOVE_HOLD" }),
        );
        books.release(holdId, aFee(`dear ${account}`, 10n));
      });

      it("ends a hold once", async () => {
        const account = await open();
        const holdId = await held({ account, wei: 10n });
        books.release(holdId);
        expect(() => books.release(holdId)).toThrow(expect.objectContaining({ code: "BOOKS_HOLD_UNKNOWN" }));
      });

      it("refuses unknown sessions and keys, and amounts that no chain could pay", async () => {
        const account = await open();
        await expect(outcome({ account: 999_999, wei: 1n })).rejects.toMatchObject({ code: "BOOKS_SESSION_UNKNOWN" });
        const keyHash = word("nobody's key");
        await expect(outcome({ account, keyHash, wei: 1n })).rejects.toMatchObject({ code: "BOOKS_KEY_UNKNOWN" });
        await expect(outcome({ account, wei: -1n })).rejects.toMatchObject({ code: "BOOKS_OUT_OF_RANGE" });
        await expect(outcome({ account, wei: 2n ** 96n })).rejects.toMatchObject({ code: "BOOKS_OUT_OF_RANGE" });
      });

      it("holds from a key's budget and from its session's allotment", async () => {
        const account = await open({ allotmentWei: 100n });
        const small = aKey({ account, name: `small ${account}`, budgetWei: 30n });
        const large = aKey({ account, name: `large ${account}`, budgetWei: 1_000n });
        await books.putKey(small);
        await books.putKey(large);
        await held({ account, keyHash: small.keyHash, wei: 30n });
        expect(await outcome({ account, keyHash: small.keyHash, wei: 1n })).toMatchObject({ availableWei: 0n });
        await held({ account, keyHash: large.keyHash, wei: 70n });
        expect(await outcome({ account, keyHash: large.keyHash, wei: 1n })).toMatchObject({ kind: "insufficient" });
      });

      it("bounds a key without a budget by its session alone", async () => {
        const account = await open({ allotmentWei: 100n });
        const key = aKey({ account, name: `free ${account}` });
        await books.putKey(key);
        await held({ account, keyHash: key.keyHash, wei: 100n });
        expect(await outcome({ account, keyHash: key.keyHash, wei: 1n })).toMatchObject({ kind: "insufficient" });
      });

      it("asks for a debit when what is owed reaches the chunk, and goes on when it has come", async () => {
        const account = await open({ allotmentWei: 1_000n, chunkWei: 100n });
        const holdId = await held({ account, wei: 100n });
        books.release(holdId, aFee(`chunk ${account}`, 90n));
        await books.putReceipts([aReceipt({ task: `chunk ${account}`, account, feeWei: 90n })]);
        expect(await outcome({ account, wei: 11n })).toEqual({ kind: "debitRequired", owedWei: 90n, chunkWei: 100n });
        await books.putDebit(aDebit(account, 90n));
        await held({ account, wei: 100n });
        expect(await outcome({ account, wei: 1_000n })).toMatchObject({ kind: "insufficient" });
      });

      it("refuses to hold once closed", async () => {
        const own = await make({ clock });
        await own.close();
        expect(() => own.hold({ account: 1, wei: 1n })).toThrow(expect.objectContaining({ code: "BOOKS_CLOSED" }));
        await expect(own.putReceipts([aReceipt({ task: "late", account: 1, feeWei: 1n })])).rejects.toMatchObject({
          code: "BOOKS_CLOSED",
        });
      });
    });

    describe("keys and tokens", () => {
      it("keeps a key as it was given, and what it cost", async () => {
        const account = await open();
        const key = aKey({ account, name: `shop ${account}`, budgetWei: 500n });
        await books.putKey(key);
        expect(await books.findKey(key.keyHash)).toEqual(key);
        books.release(await held({ account, keyHash: key.keyHash, wei: 9n }), aFee(`shop ${account}`, 4n));
        await books.putReceipts([aReceipt({ task: `shop ${account}`, account, feeWei: 4n, keyHash: key.keyHash })]);
        expect(await books.listKeys({ account, limit: 10 })).toEqual([{ ...key, spentWei: 4n, receipts: 1 }]);
      });

      it("revokes a key for good, once", async () => {
        const account = await open();
        const key = aKey({ account, name: `old ${account}` });
        await books.putKey(key);
        expect(await books.revokeKey(key.keyHash)).toBe(true);
        expect(await books.revokeKey(key.keyHash)).toBe(false);
        await books.putKey(key);
        expect(await books.findKey(key.keyHash)).toEqual({ ...key, revoked: true });
        expect(await books.revokeKey(word("nobody's"))).toBe(false);
        expect(await books.findKey(word("nobody's"))).toBeUndefined();
      });

      it("refuses a key and a token of an unknown session", async () => {
        const unknown = { code: "BOOKS_SESSION_UNKNOWN" };
        await expect(books.putKey(aKey({ account: 999_999, name: "x" }))).rejects.toMatchObject(unknown);
        const token = { tokenHash: word("t"), account: 999_999, expiresAtMs: NOW_MS + 1 };
        await expect(books.putAccessToken(token)).rejects.toMatchObject(unknown);
      });

      it("finds a token until it expires", async () => {
        const account = await open();
        const token = { tokenHash: word(`token ${account}`), account, expiresAtMs: NOW_MS + 1 };
        await books.putAccessToken(token);
        expect(await books.findAccessToken(token.tokenHash)).toEqual(token);
        const expired = { ...token, tokenHash: word(`expired ${account}`), expiresAtMs: NOW_MS };
        await books.putAccessToken(expired);
        expect(await books.findAccessToken(expired.tokenHash)).toBeUndefined();
      });
    });

    describe("receipts", () => {
      it("gives back exactly what was put", async () => {
        const account = await open({ allotmentWei: 2n ** 96n - 1n });
        const payees = [
          { miner: MINER, replica: 0, segment: 0, from: 0, to: 32, wei: 2n ** 90n + 1n },
          { miner: OTHER_MINER, replica: 6, segment: 65_535, from: 32, to: 4_294_967_295, wei: 0n },
        ];
        const exact = aReceipt({ task: `exact ${account}`, account, feeWei: 2n ** 90n + 1n, payees });
        const sealing = { suite: "xwing", readers: [MINER, OTHER_MINER], audit: "none" } as const;
        const booked = { ...exact, label: "statistical", sealing } as const;
        await books.putReceipts([booked]);
        expect(await books.findReceipt(booked.receipt.taskId)).toEqual(booked);
        expect(await books.findReceipt(word("no such task"))).toBeUndefined();
      });

      it("charges a receipt once, however often it is put", async () => {
        const account = await open({ allotmentWei: 100n });
        const booked = aReceipt({ task: `twice ${account}`, account, feeWei: 40n });
        books.release(await held({ account, wei: 50n }), aFee(`twice ${account}`, 40n));
        await books.putReceipts([booked, booked]);
        await books.putReceipts([booked]);
        expect(await books.laneStatus(account)).toMatchObject({ spentWei: 40n, heldWei: 0n, count: 1 });
        await held({ account, wei: 60n });
        expect(await outcome({ account, wei: 1n })).toMatchObject({ kind: "insufficient" });
      });

      it("frees the second fee of a task that was run twice", async () => {
        const account = await open({ allotmentWei: 100n });
        const booked = aReceipt({ task: `rerun ${account}`, account, feeWei: 40n });
        books.release(await held({ account, wei: 40n }), aFee(`rerun ${account}`, 40n));
        books.release(await held({ account, wei: 40n }), aFee(`rerun ${account}`, 40n));
        await books.putReceipts([booked]);
        await books.putReceipts([booked]);
        expect(await books.laneStatus(account)).toMatchObject({ spentWei: 40n, heldWei: 0n });
        await held({ account, wei: 60n });
      });

      it("leaves another task's fee aside when a receipt of the same amount comes again", async () => {
        const account = await open({ allotmentWei: 100n });
        const booked = aReceipt({ task: `again ${account}`, account, feeWei: 40n });
        books.release(await held({ account, wei: 40n }), aFee(`again ${account}`, 40n));
        books.release(await held({ account, wei: 40n }), aFee(`other ${account}`, 40n));
        await books.putReceipts([booked]);
        await books.putReceipts([booked]);
        expect(await books.laneStatus(account)).toMatchObject({ spentWei: 40n, heldWei: 40n, count: 1 });
        await books.putReceipts([aReceipt({ task: `other ${account}`, account, feeWei: 40n })]);
        expect(await books.laneStatus(account)).toMatchObject({ spentWei: 80n, heldWei: 0n, count: 2 });
      });

      it("charges a receipt without a hold straight to its budgets", async () => {
        const account = await open({ allotmentWei: 100n });
        await books.putReceipts([aReceipt({ task: `unheld ${account}`, account, feeWei: 60n })]);
        expect(await outcome({ account, wei: 41n })).toMatchObject({ availableWei: 40n });
      });

      it("leaves out what no budget covers, names it, and keeps the others", async () => {
        const account = await open({ allotmentWei: 100n });
        const good = aReceipt({ task: `good ${account}`, account, feeWei: 60n });
        const over = aReceipt({ task: `over ${account}`, account, feeWei: 41n });
        const foreign = aReceipt({ task: `foreign ${account}`, account: 999_999, feeWei: 1n });
        const keyless = aReceipt({ task: `keyless ${account}`, account, feeWei: 1n, keyHash: word("nobody's") });
        await expect(books.putReceipts([good, over, foreign, keyless])).rejects.toMatchObject({
          code: "BOOKS_RECEIPTS_UNCOVERED",
          data: { taskIds: [over, foreign, keyless].map(({ receipt }) => receipt.taskId) },
        });
        expect(await books.findReceipt(good.receipt.taskId)).toEqual(good);
        expect(await books.findReceipt(over.receipt.taskId)).toBeUndefined();
        expect(await books.laneStatus(account)).toMatchObject({ spentWei: 60n, count: 1 });
      });

      it("lists the newest first, page by page, of all or of one account", async () => {
        const [mine, other] = [await open(), await open()];
        const put = [1, 2, 3, 4, 5].map((n) =>
          aReceipt({ task: `page ${mine} ${n}`, account: n === 3 ? other : mine, feeWei: 1n }),
        );
        for (const booked of put) await books.putReceipts([booked]);
        const names = (list: readonly { receipt: { taskId: string } }[]) =>
          list.map(({ receipt }) => put.findIndex((booked) => booked.receipt.taskId === receipt.taskId) + 1);
        expect(names(await books.listReceipts({ limit: 2 }))).toEqual([5, 4]);
        const after = word(`task page ${mine} 4`);
        expect(names(await books.listReceipts({ limit: 3, after }))).toEqual([3, 2, 1]);
        expect(names(await books.listReceipts({ account: mine, limit: 9, after }))).toEqual([2, 1]);
        expect(await books.listReceipts({ limit: 3, after: word("no such task") })).toEqual([]);
      });

      it("refuses pages without a bound", async () => {
        for (const limit of [0, -1, 1.5, PAGE_ROWS_MAX + 1]) {
          const refusal = { code: "BOOKS_OUT_OF_RANGE" };
          await expect((async () => books.listReceipts({ limit }))()).rejects.toMatchObject(refusal);
          await expect((async () => books.listKeys({ limit }))()).rejects.toMatchObject(refusal);
          await expect((async () => books.receiptCommitments({ account: 1, from: 0, limit }))()).rejects.toMatchObject(
            refusal,
          );
        }
      });

      it("adds up its totals", async () => {
        const before = await books.totals();
        const account = await open();
        const booked = aReceipt({ task: `total ${account}`, account, feeWei: 9n });
        await books.putReceipts([booked]);
        await books.recordSettlement({
          id: word(`s ${account}`),
          taskIds: [booked.receipt.taskId],
          state: "confirmed",
        });
        expect(await books.totals()).toEqual({
          receipts: before.receipts + 1,
          settledReceipts: before.settledReceipts + 1,
          tokensIn: before.tokensIn + 11,
          tokensOut: before.tokensOut + 7,
          feesWei: before.feesWei + 9n,
        });
      });
    });

    laneSuite({ books: () => books, open, held, lastAccount: () => lastAccount });
    noteSuite({ books: () => books, open });
    checkpointSuite({ books: () => books, open });
    settlementCallSuite({ books: () => books, open });
    serviceSuite({ books: () => books, open });
    workSuite(() => books);
    proofSuite(() => books);
    booksProperties({ books: () => books, open });
  });
}
