import { type Bytes32, payeesOf } from "@cortensor/protocol";
import type { CopiesOutcome } from "../closeTask.js";

/** What is left of how a task ended when only those are paid who committed, on chain, to the very result that they sent. */
export function committedOutcome(outcome: CopiesOutcome, committed: ReadonlySet<Bytes32>): CopiesOutcome {
  const copies = outcome.copies.filter(({ result }) => result !== undefined && committed.has(result));
  const payout = payeesOf(
    copies.map(({ work }) => work),
    outcome.plan.task.feeCapWei,
  );
  const results = outcome.results.filter((result) => committed.has(result));
  const paid = { ...outcome, copies, payout, results };
  return copies.length > 0 ? paid : { ...paid, finish: "error", label: undefined };
}
