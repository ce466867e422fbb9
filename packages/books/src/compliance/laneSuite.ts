import { merkleRoot, ZERO_BYTES32 } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import type { Books, HoldRequest } from "../books.js";
import { PAGE_ROWS_MAX } from "../limits.js";
import { receiptCommitment } from "../receiptCommitment.js";
import { aDebit, aFee, aReceipt, LANE, MINER, word } from "./makers.js";

export type LaneWorld = {
  readonly books: () => Books;
  /** Opens a session on an account of its own. */
  readonly open: (over?: { allotmentWei?: bigint }) => Promise<number>;
  readonly held: (request: HoldRequest) => Promise<number>;
  readonly lastAccount: () => number;
};

/** What any books must do between router and chain. */
export function laneSuite(world: LaneWorld): void {
  const { books, open, held } = world;

  describe("lanes", () => {
    it("commits to an account's receipts in the order of their coming", async () => {
      const account = await open({ allotmentWei: 1_000n });
      expect(await books().laneStatus(account)).toMatchObject({ count: 0, receiptsRoot: ZERO_BYTES32, spentWei: 0n });
      const put: ReturnType<typeof aReceipt>[] = [];
      for (const size of [1, 2, 1, 5, 4]) {
        const more = Array.from({ length: size }, (_, n) =>
          aReceipt({ task: `lane ${account} ${put.length + n}`, account, feeWei: 1n }),
        );
        await books().putReceipts(more);
        put.push(...more);
        const lane = await books().laneStatus(account);
        const leaves = put.map(({ receipt }) => receiptCommitment(lane?.salt ?? ZERO_BYTES32, receipt));
        expect(lane).toMatchObject({
          count: put.length,
          spentWei: BigInt(put.length),
          receiptsRoot: merkleRoot(leaves),
        });
        expect(
          (await books().receiptCommitments({ account, from: 0, limit: 100 })).map((one) => one.commitment),
        ).toEqual(leaves);
      }
      const page = await books().receiptCommitments({ account, from: 3, limit: 2 });
      expect(page.map(({ index, taskId }) => [index, taskId])).toEqual([
        [3, put[3]?.receipt.taskId],
        [4, put[4]?.receipt.taskId],
      ]);
    });

    it("salts each account apart", async () => {
      const [one, two] = [await books().laneStatus(await open()), await books().laneStatus(await open())];
      expect(one?.salt).not.toBe(two?.salt);
    });

    it("counts as held what runs, and what waits for its receipt", async () => {
      const account = await open();
      const first = await held({ account, wei: 10n });
      await held({ account, wei: 5n });
      books().release(first, aFee(`held ${account}`, 7n));
      expect(await books().laneStatus(account)).toMatchObject({ heldWei: 12n, spentWei: 0n });
      await books().putReceipts([aReceipt({ task: `held ${account}`, account, feeWei: 7n })]);
      expect(await books().laneStatus(account)).toMatchObject({ heldWei: 5n, spentWei: 7n });
    });

    it("keeps the highest debit of each lane", async () => {
      const account = await open();
      expect(await books().latestDebit(account, LANE)).toBeUndefined();
      const [low, high] = [aDebit(account, 5n), aDebit(account, 8n)];
      await books().putDebit(high);
      await books().putDebit(low);
      await books().putDebit(high);
      await books().putDebit(aDebit(account, 9n, MINER));
      expect(await books().latestDebit(account, LANE)).toEqual(high);
      expect(await books().recentDebits(account, LANE)).toEqual([high, low]);
      expect(await books().laneStatus(account)).toMatchObject({ debitedWei: 8n });
    });

    it("counts a debit that came before its session", async () => {
      await books().putDebit(aDebit(world.lastAccount() + 1, 4n));
      expect(await books().laneStatus(await open())).toMatchObject({ debitedWei: 4n });
    });
  });

  describe("settlements", () => {
    const three = async () => {
      const account = await open();
      const put = [1, 2, 3].map((n) => aReceipt({ task: `settle ${account} ${n}`, account, feeWei: 1n }));
      await books().putReceipts(put);
      const taskIds = put.map(({ receipt }) => receipt.taskId);
      const open3 = async () =>
        (await books().unsettled(100, account)).map(({ receipt }) => taskIds.indexOf(receipt.taskId) + 1);
      return { account, put, taskIds, id: word(`settlement ${account}`), unsettled: open3 };
    };

    it("takes prepared receipts out of the unsettled, oldest first", async () => {
      const { put, taskIds, id, unsettled, account } = await three();
      expect(await books().unsettled(2, account)).toEqual(put.slice(0, 2));
      await books().recordSettlement({ id, taskIds: taskIds.slice(0, 2), state: "prepared" });
      expect(await unsettled()).toEqual([3]);
      expect((await books().openSettlements()).filter((one) => one.id === id)).toEqual([
        { id, taskIds: taskIds.slice(0, 2), state: "prepared" },
      ]);
    });

    it("confirms for good", async () => {
      const { taskIds, id, unsettled } = await three();
      const txHash = word("tx");
      await books().recordSettlement({ id, taskIds, state: "prepared" });
      await books().recordSettlement({ id, taskIds, state: "prepared", txHash });
      expect((await books().openSettlements()).find((one) => one.id === id)?.txHash).toBe(txHash);
      await books().recordSettlement({ id, taskIds, state: "confirmed" });
      await books().recordSettlement({ id, taskIds, state: "confirmed" });
      expect(await unsettled()).toEqual([]);
      const ended = { code: "BOOKS_SETTLEMENT_ENDED" };
      await expect(run(() => books().recordSettlement({ id, taskIds, state: "dropped" }))).rejects.toMatchObject(ended);
      await expect(run(() => books().recordSettlement({ id, taskIds, state: "prepared" }))).rejects.toMatchObject(
        ended,
      );
      expect((await books().openSettlements()).some((one) => one.id === id)).toBe(false);
    });

    it("gives a dropped settlement's receipts to another", async () => {
      const { taskIds, id, unsettled } = await three();
      await books().recordSettlement({ id, taskIds, state: "prepared" });
      await books().recordSettlement({ id, taskIds: [], state: "dropped" });
      expect(await unsettled()).toEqual([1, 2, 3]);
      await books().recordSettlement({ id: word(`again ${id}`), taskIds, state: "prepared" });
      expect(await unsettled()).toEqual([]);
    });

    it("names the tasks of a settlement that stands", async () => {
      const { taskIds, id } = await three();
      await books().recordSettlement({ id, taskIds, state: "prepared" });
      expect([...(await books().settledTaskIds(id))].sort()).toEqual([...taskIds].sort());
      expect(await books().settledTaskIds(word(`no settlement ${id}`))).toEqual([]);
      await books().recordSettlement({ id, taskIds: [], state: "dropped" });
      expect(await books().settledTaskIds(id)).toEqual([]);
    });

    it("keeps the set that a settlement is prepared with for good, also when it is dropped", async () => {
      const { taskIds, id } = await three();
      const set = { setCid: word(`set ${id}`), bytes: Uint8Array.from([1, 2, 0, 255]) };
      await books().recordSettlement({ id, taskIds, state: "prepared", set });
      await books().recordSettlement({ id, taskIds, state: "prepared", txHash: word("tx"), set });
      await books().recordSettlement({ id, taskIds: [], state: "dropped" });
      expect([...((await books().findSettlementSet(set.setCid)) ?? [])]).toEqual([1, 2, 0, 255]);
      expect(await books().findSettlementSet(word(`no set ${id}`))).toBeUndefined();
    });

    it("keeps no set of a settlement that it refuses", async () => {
      const { taskIds, id } = await three();
      await books().recordSettlement({ id, taskIds, state: "prepared" });
      const set = { setCid: word(`refused set ${id}`), bytes: Uint8Array.from([1]) };
      const other = { id: word(`other ${id}`), taskIds, state: "prepared" as const, set };
      await expect(run(() => books().recordSettlement(other))).rejects.toMatchObject({
        code: "BOOKS_ALREADY_SETTLING",
      });
      expect(await books().findSettlementSet(set.setCid)).toBeUndefined();
    });

    it("refuses a receipt that is in another settlement or unknown, and changes nothing", async () => {
      const { taskIds, id, unsettled } = await three();
      await books().recordSettlement({ id, taskIds: taskIds.slice(0, 1), state: "prepared" });
      const other = word(`other ${id}`);
      const refusal = { code: "BOOKS_ALREADY_SETTLING" };
      await expect(
        run(() => books().recordSettlement({ id: other, taskIds, state: "prepared" })),
      ).rejects.toMatchObject({
        ...refusal,
        data: { taskIds: taskIds.slice(0, 1) },
      });
      const unknown = { id: other, taskIds: [word("no such task")], state: "confirmed" as const };
      await expect(run(() => books().recordSettlement(unknown))).rejects.toMatchObject(refusal);
      expect(await unsettled()).toEqual([2, 3]);
      expect((await books().openSettlements()).some((one) => one.id === other)).toBe(false);
    });

    it("names the accounts that wait, the longest waiting first", async () => {
      const [one, two] = [await three(), await three()];
      const waiting = (await books().unsettledAccounts(PAGE_ROWS_MAX)).filter(
        (a) => a === one.account || a === two.account,
      );
      expect(waiting).toEqual([one.account, two.account]);
      await books().recordSettlement({ id: one.id, taskIds: one.taskIds, state: "prepared" });
      expect(await books().unsettledAccounts(PAGE_ROWS_MAX)).not.toContain(one.account);
    });
  });
}

/** Sync refusals count as rejections. */
async function run<Value>(work: () => Promise<Value>): Promise<Value> {
  return work();
}
