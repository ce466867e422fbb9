import { describe, expect, it } from "vitest";
import type { Books } from "../books.js";
import { SETTLEMENT_CALL_BYTES_MAX } from "../limits.js";
import { aReceipt, word } from "./makers.js";

export type CallWorld = {
  readonly books: () => Books;
  /** Opens a session on an account of its own. */
  readonly open: (over?: { readonly allotmentWei?: bigint }) => Promise<number>;
};

/** What any books must keep of settlements that a chain may lose again, and of deposits. */
export function settlementCallSuite({ books, open }: CallWorld): void {
  describe("settlements that vanish", () => {
    it("keeps the first call of a settlement as it was given", async () => {
      const id = word(`call of ${await open()}`);
      expect(await books().findSettlementCall(id)).toBeUndefined();
      const kept = { call: "0x00ff", sinceBlock: 9_007_199_254_740_993n } as const;
      await books().keepSettlementCall(id, kept);
      await books().keepSettlementCall(id, { call: "0x01", sinceBlock: 1n });
      expect(await books().findSettlementCall(id)).toEqual(kept);
    });

    it("refuses a call without bytes, and one longer than any settlement", async () => {
      const id = word(`no call of ${await open()}`);
      for (const call of ["0x", `0x${"00".repeat(SETTLEMENT_CALL_BYTES_MAX + 1)}`] as const) {
        const keeping = (async () => books().keepSettlementCall(id, { call, sinceBlock: 1n }))();
        await expect(keeping).rejects.toMatchObject({ code: "BOOKS_OUT_OF_RANGE" });
      }
      const longest = `0x${"ff".repeat(SETTLEMENT_CALL_BYTES_MAX)}` as const;
      await books().keepSettlementCall(id, { call: longest, sinceBlock: 1n });
      expect((await books().findSettlementCall(id))?.call).toBe(longest);
    });

    it("takes a dropped settlement's receipts back into the same one", async () => {
      const account = await open();
      const booked = aReceipt({ task: `again ${account}`, account, feeWei: 1n });
      await books().putReceipts([booked]);
      const settlement = { id: word(`same ${account}`), taskIds: [booked.receipt.taskId] };
      await books().recordSettlement({ ...settlement, state: "prepared" });
      await books().recordSettlement({ ...settlement, taskIds: [], state: "dropped" });
      await books().recordSettlement({ ...settlement, state: "prepared" });
      expect(await books().unsettled(10, account)).toEqual([]);
      await books().recordSettlement({ ...settlement, state: "confirmed" });
      expect((await books().openSettlements()).some(({ id }) => id === settlement.id)).toBe(false);
    });
  });

  describe("a deposit that vanishes", () => {
    it("holds no more than what is left, at once, and as before when it is back", async () => {
      const account = await open({ allotmentWei: 1_000n });
      const session = await books().findSession(account);
      if (session === undefined) throw new Error("the session is gone");
      const first = await books().hold({ account, wei: 10n });
      if (first.kind !== "held") throw new Error("nothing was held");
      await books().putSession({ ...session, allotmentWei: 15n });
      expect(await books().hold({ account, wei: 6n })).toMatchObject({ kind: "insufficient", availableWei: 5n });
      await books().putSession({ ...session, allotmentWei: 0n });
      expect(await books().hold({ account, wei: 1n })).toMatchObject({ kind: "insufficient" });
      await books().putSession(session);
      const rest = await books().hold({ account, wei: 990n });
      expect(rest).toMatchObject({ kind: "held" });
      if (rest.kind === "held") books().release(rest.holdId);
      books().release(first.holdId);
    });
  });
}
