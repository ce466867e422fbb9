import type { BookedReceipt } from "@cortensor/books";
import { type Payout, ZERO_BYTES32 } from "@cortensor/protocol";
import type { SimTask } from "../network/simTask.js";
import { OPERATOR, SPLITS_HASH, type World } from "../network/world.js";

/** Signatures and hashes aren't simulated: what settles reads none of them. */
const NO_PROOF: BookedReceipt["proof"] = {
  batch: { root: ZERO_BYTES32, count: 0, sequence: 0 },
  signer: OPERATOR,
  signature: "0x",
  path: [],
};

const NONE: readonly [] = [];

/** A task's receipt waits for its settlement. */
export function bookReceipt(world: World, task: SimTask, payout: Payout): void {
  world.receipts.set(task.taskId, {
    receipt: {
      taskId: task.taskId,
      account: task.account,
      operator: OPERATOR,
      resultsHash: ZERO_BYTES32,
      payeesHash: ZERO_BYTES32,
      feeWei: payout.feeWei,
      nIn: payout.paidIn,
      nOut: payout.paidOut,
      custody: "custodial",
      finish: task.end === "delivered" ? "stop" : "error",
      epoch: world.epoch,
      splitsHash: SPLITS_HASH,
    },
    payees: payout.payees,
    results: NONE,
    task,
    proof: NO_PROOF,
    createdAtMs: world.nowMs,
  });
}
