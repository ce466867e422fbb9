import { feeWei, type Payee, type Payout, SEGMENTS_MAX } from "@cortensor/protocol";
import type { ReofferedResult } from "@cortensor/wire";

/** A segment that this operator's own signed words prove: what it is paid without any memory of it. */
export type Proven = {
  readonly offered: Pick<ReofferedResult, "assignment" | "result">;
  readonly ackedTo: number;
};

/** By replica and segment, as a receipt has them. */
export function inOrderOf<One extends Proven>(gathered: readonly One[]): readonly One[] {
  const orderOf = ({ offered: { assignment } }: One): number =>
    assignment.replica * (SEGMENTS_MAX + 1) + assignment.segment;
  return [...gathered].sort((left, right) => orderOf(left) - orderOf(right));
}

/** Each segment's acknowledged tokens; a replica's prompt is charged once, to the first of its segments. `inOrder` is sorted. */
export function provenPayout(inOrder: readonly Proven[]): Payout {
  let [paidIn, paidOut] = [0, 0];
  const payees: Payee[] = inOrder.map(({ offered, ackedTo }, at) => {
    const { assignment, result } = offered;
    const { miner, replica, segment, from } = assignment;
    const nIn = inOrder[at - 1]?.offered.assignment.replica === replica ? 0 : result.nIn;
    const nOut = ackedTo - from;
    paidIn += nIn;
    paidOut += nOut;
    return { miner, replica, segment, from, to: ackedTo, wei: feeWei({ ...assignment, nIn, nOut }) };
  });
  return { payees, feeWei: payees.reduce((sum, { wei }) => sum + wei, 0n), paidIn, paidOut };
}
