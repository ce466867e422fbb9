import type { ProvenCheckpoint } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import type { BookedReceipt } from "../books.js";
import { aReceipt, MINER, word } from "./makers.js";
import type { CallWorld } from "./settlementCallSuite.js";

/** What any books must keep beside a receipt of miners that didn't come to their result. */
export function checkpointSuite({ books, open }: CallWorld): void {
  describe("checkpoints of miners that were given up", () => {
    const aCheckpoint = ({ receipt, proof }: BookedReceipt, segment: number): ProvenCheckpoint => ({
      checkpoint: {
        taskId: receipt.taskId,
        miner: MINER,
        replica: 0,
        segment,
        position: 32 * (segment + 1),
        tokenRoot: word("root"),
      },
      proof,
    });

    it("come back as they were put with their receipt, once, and are no part of it", async () => {
      const account = await open();
      const booked = aReceipt({ task: `cut ${account}`, account, feeWei: 1n });
      const checkpoints = [aCheckpoint(booked, 0), aCheckpoint(booked, 1)];
      await books().putReceipts([{ ...booked, checkpoints }]);
      await books().putReceipts([{ ...booked, checkpoints: [] }]);
      expect(await books().findCheckpoints(booked.receipt.taskId)).toEqual(checkpoints);
      expect(await books().findReceipt(booked.receipt.taskId)).toEqual(booked);
    });

    it("are none of a task whose receipt wasn't written, nor of one without any", async () => {
      const account = await open({ allotmentWei: 1n });
      const dear = aReceipt({ task: `dear ${account}`, account, feeWei: 2n });
      const put = books().putReceipts([{ ...dear, checkpoints: [aCheckpoint(dear, 0)] }]);
      await expect(put).rejects.toMatchObject({ code: "BOOKS_RECEIPTS_UNCOVERED" });
      const plain = aReceipt({ task: `plain ${account}`, account, feeWei: 1n });
      await books().putReceipts([plain]);
      for (const { receipt } of [dear, plain]) expect(await books().findCheckpoints(receipt.taskId)).toEqual([]);
    });
  });
}
