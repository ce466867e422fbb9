import type { Bytes32, UnixSeconds } from "@cortensor/protocol";

/** A challenge that waits for its answer. */
export type WaitingChallenge = {
  readonly id: Bytes32;
  /** Until when (exclusive) it may be answered, in chain seconds. */
  readonly deadline: UnixSeconds;
  /** Times that its answer failed. */
  readonly failures: number;
};

/**
 * Which challenges are answered now, `most` of them: those that failed least, and of these the soonest due. One that can't be answered
 * never keeps another from its turn.
 */
export function challengesToAnswer<Waiting extends WaitingChallenge>(
  waiting: readonly Waiting[],
  { nowSeconds, most }: { readonly nowSeconds: UnixSeconds; readonly most: number },
): readonly Waiting[] {
  return waiting
    .filter(({ deadline }) => nowSeconds < deadline)
    .sort((left, right) => left.failures - right.failures || left.deadline - right.deadline)
    .slice(0, most);
}
