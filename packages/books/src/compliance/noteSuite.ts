import {
  type Address,
  type Bytes32,
  findSplits,
  hashPaidSegment,
  leafHash,
  merkleRoot,
  netWei,
  type Payee,
  splitsHash,
  splitsOf,
  verifyMerklePath,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import type { BookedReceipt, Books, SettlementCredit } from "../books.js";
import { PAGE_ROWS_MAX } from "../limits.js";
import { aReceipt, word } from "./makers.js";

export type NoteWorld = {
  readonly books: () => Books;
  /** Opens a session on an account of its own. */
  readonly open: (over?: { allotmentWei?: bigint }) => Promise<number>;
};

/** What any books must know of what an operator owes its miners. */
export function noteSuite({ books, open }: NoteWorld): void {
  const statusOf = async (payee: Address) => {
    const [status] = await books().payeeStatus([payee]);
    if (status === undefined) throw new Error("no status");
    return status;
  };

  describe("payees", () => {
    it("adds up the nets of all receipts, and commits to them in the order of their booking", async () => {
      const account = await open({ allotmentWei: 2n ** 90n });
      const [alice, bob] = [minerOf(account, 1), minerOf(account, 2)];
      const put = [
        aReceipt({ task: `n ${account} 1`, account, feeWei: 1_002n, payees: [pay(alice, 0, 999n), pay(bob, 1, 3n)] }),
        aReceipt({ task: `n ${account} 2`, account, feeWei: 2n ** 80n, payees: [pay(bob, 0, 2n ** 80n)] }),
        aReceipt({ task: `n ${account} 3`, account, feeWei: 8n, payees: [pay(alice, 0, 1n), pay(alice, 1, 7n)] }),
      ];
      await books().putReceipts(put.slice(0, 1));
      await books().putReceipts(put.slice(1));
      for (const payee of [alice, bob]) {
        const segments = segmentsOf(put, payee);
        expect(await statusOf(payee)).toEqual({
          payee,
          cumulativeWei: segments.reduce((sum, one) => sum + one.netWei, 0n),
          count: segments.length,
          receiptsRoot: merkleRoot(segments.map(leafOf)),
          creditedWei: 0n,
        });
      }
      expect((await statusOf(alice)).cumulativeWei).toBe(919n + 0n + 6n);
    });

    it("counts a receipt once, and not at all when no budget covers it", async () => {
      const account = await open({ allotmentWei: 100n });
      const payee = minerOf(account, 1);
      const good = aReceipt({ task: `once ${account}`, account, feeWei: 60n, payees: [pay(payee, 0, 60n)] });
      const over = aReceipt({ task: `over ${account}`, account, feeWei: 41n, payees: [pay(payee, 0, 41n)] });
      await books().putReceipts([good, good]);
      await expect(books().putReceipts([good, over])).rejects.toMatchObject({ code: "BOOKS_RECEIPTS_UNCOVERED" });
      expect(await statusOf(payee)).toMatchObject({ cumulativeWei: 55n, count: 1 });
    });

    it("has zeros for one that nobody ever paid, whatever the case of its address", async () => {
      const payee: Address = `0x${"ab".repeat(20)}`;
      const unpaid = { payee, cumulativeWei: 0n, count: 0, receiptsRoot: ZERO_BYTES32, creditedWei: 0n };
      expect(await books().payeeStatus([`0x${"AB".repeat(20)}`])).toEqual([unpaid]);
      expect(await books().payeeStatus([])).toEqual([]);
    });

    it("refuses splits of no table, and writes nothing of the whole call", async () => {
      const account = await open({ allotmentWei: 100n });
      const payee = minerOf(account, 1);
      const good = aReceipt({ task: `known ${account}`, account, feeWei: 1n, payees: [pay(payee, 0, 1n)] });
      const other = aReceipt({ task: `unknown ${account}`, account, feeWei: 1n, payees: [pay(payee, 0, 1n)] });
      const unknown = { ...other, receipt: { ...other.receipt, splitsHash: word("splits of nobody") } };
      await expect(run(() => books().putReceipts([good, unknown]))).rejects.toMatchObject({
        code: "BOOKS_SPLITS_UNKNOWN",
        data: { taskId: unknown.receipt.taskId },
      });
      expect(await books().findReceipt(good.receipt.taskId)).toBeUndefined();
      expect(await statusOf(payee)).toMatchObject({ count: 0 });
      expect(await books().laneStatus(account)).toMatchObject({ spentWei: 0n });
    });

    it("refuses more than a page", async () => {
      const many = Array.from({ length: PAGE_ROWS_MAX + 1 }, () => minerOf(1, 1));
      await expect(run(() => books().payeeStatus(many))).rejects.toMatchObject({ code: "BOOKS_OUT_OF_RANGE" });
    });
  });

  describe("proofs of paid segments", () => {
    const booked = async () => {
      const account = await open({ allotmentWei: 10_000n });
      const payee = minerOf(account, 1);
      const put: BookedReceipt[] = [];
      for (const size of [3, 1, 4, 1, 5]) {
        const more = Array.from({ length: size }, (_, n) =>
          aReceipt({ task: `p ${account} ${put.length + n}`, account, feeWei: 10n, payees: [pay(payee, 0, 10n)] }),
        );
        await books().putReceipts(more);
        put.push(...more);
      }
      return { payee, segments: segmentsOf(put, payee) };
    };

    it("show any segment under the root of any later count", async () => {
      const { payee, segments } = await booked();
      for (const [index, segment] of segments.entries()) {
        for (const count of new Set([index + 1, Math.min(segments.length, index + 4), segments.length])) {
          const proof = await books().provePaidSegment({ payee, count, segment });
          const receiptsRoot = merkleRoot(segments.slice(0, count).map(leafOf));
          expect(proof).toMatchObject({ index, count, receiptsRoot });
          expect(verifyMerklePath(leafOf(segment), proof?.path ?? [], receiptsRoot)).toBe(true);
        }
      }
    });

    it("show none that isn't there, isn't yet, or is of another amount", async () => {
      const { payee, segments } = await booked();
      const [segment] = segments;
      const last = segments.at(-1);
      if (segment === undefined || last === undefined) throw new Error("no segments");
      const count = segments.length;
      expect(await books().provePaidSegment({ payee, count: count - 1, segment: last })).toBeUndefined();
      expect(await books().provePaidSegment({ payee, count: count + 1, segment })).toBeUndefined();
      expect(await books().provePaidSegment({ payee, count: 0, segment })).toBeUndefined();
      expect(await books().provePaidSegment({ payee, count, segment: { ...segment, netWei: 8n } })).toBeUndefined();
      expect(await books().provePaidSegment({ payee: minerOf(0, 9), count, segment })).toBeUndefined();
    });
  });

  describe("credits", () => {
    const prepared = async () => {
      const account = await open({ allotmentWei: 10_000n });
      const payee = minerOf(account, 1);
      const put = [1, 2].map((n) =>
        aReceipt({ task: `c ${account} ${n}`, account, feeWei: 100n, payees: [pay(payee, 0, 100n)] }),
      );
      await books().putReceipts(put);
      const [first, second] = put.map(({ receipt }) => receipt.taskId);
      if (first === undefined || second === undefined) throw new Error("no receipts");
      const id = word(`credits ${account}`);
      const credits = [{ payee, wei: 92n, cumulativeWei: 92n }];
      await books().recordSettlement({ id, taskIds: [first], state: "prepared", credits });
      return { payee, id, first, second, credits, other: word(`other credits ${account}`) };
    };
    const creditedWei = async (payee: Address) => (await statusOf(payee)).creditedWei;

    it("are kept from the preparation on, and counted once", async () => {
      const { payee, id, first, credits } = await prepared();
      expect((await books().openSettlements()).find((one) => one.id === id)?.credits).toEqual(credits);
      await books().recordSettlement({ id, taskIds: [first], state: "prepared", txHash: word("tx") });
      await books().recordSettlement({ id, taskIds: [first], state: "confirmed" });
      expect(await creditedWei(payee)).toBe(92n);
    });

    it("are taken back when the settlement is dropped, and come again when it does", async () => {
      const { payee, id, first, credits } = await prepared();
      await books().recordSettlement({ id, taskIds: [], state: "dropped" });
      await books().recordSettlement({ id, taskIds: [], state: "dropped" });
      expect(await creditedWei(payee)).toBe(0n);
      await books().recordSettlement({ id, taskIds: [first], state: "prepared", credits });
      expect(await creditedWei(payee)).toBe(92n);
      expect((await books().openSettlements()).find((one) => one.id === id)?.taskIds).toEqual([first]);
    });

    it("follow on one another", async () => {
      const { payee, second, other } = await prepared();
      const credits = [{ payee, wei: 92n, cumulativeWei: 184n }];
      await books().recordSettlement({ id: other, taskIds: [second], state: "prepared", credits });
      expect(await creditedWei(payee)).toBe(184n);
    });

    it("are refused, and the settlement with them, when they don't", async () => {
      const { payee, second, other } = await prepared();
      const refused: readonly (readonly SettlementCredit[])[] = [
        [{ payee, wei: 92n, cumulativeWei: 92n }],
        [{ payee, wei: 0n, cumulativeWei: 92n }],
        [{ payee, wei: -1n, cumulativeWei: 91n }],
        [{ payee, wei: 2n ** 96n - 92n, cumulativeWei: 2n ** 96n }],
        [
          { payee, wei: 1n, cumulativeWei: 93n },
          { payee, wei: 1n, cumulativeWei: 93n },
        ],
      ];
      for (const credits of refused) {
        const settlement = { id: other, taskIds: [second], state: "prepared", credits } as const;
        await expect(run(() => books().recordSettlement(settlement))).rejects.toMatchObject({
          code: "BOOKS_CREDITS_STALE",
        });
      }
      expect(await creditedWei(payee)).toBe(92n);
      expect((await books().openSettlements()).some((one) => one.id === other)).toBe(false);
      await books().recordSettlement({ id: other, taskIds: [second], state: "prepared" });
    });
  });
}

/** An address of an account's own, so that tests don't meet in one payee. */
function minerOf(account: number, index: number): Address {
  return `0x${(account * 256 + index).toString(16).padStart(40, "c")}`;
}

function pay(miner: Address, segment: number, wei: bigint): Payee {
  return { miner, replica: 0, segment, from: segment, to: segment + 1, wei };
}

function segmentsOf(receipts: readonly BookedReceipt[], payee: Address) {
  const splits = findSplits(splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })));
  if (splits === undefined) throw new Error("no splits");
  return receipts.flatMap(({ receipt: { taskId }, payees }) =>
    payees
      .filter(({ miner }) => miner === payee)
      .map(({ replica, segment, wei }) => ({ taskId, replica, segment, netWei: netWei(wei, splits) })),
  );
}

function leafOf(segment: Parameters<typeof hashPaidSegment>[0]): Bytes32 {
  return leafHash(hashPaidSegment(segment));
}

/** Sync refusals count as rejections. */
async function run<Value>(work: () => Promise<Value>): Promise<Value> {
  return work();
}
