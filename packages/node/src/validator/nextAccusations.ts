import type { DisputeRecord } from "@cortensor/chain";
import type { Address, Bytes32, UnixSeconds } from "@cortensor/protocol";

/** Disputes of one validator's that may go on at once: each has put down a bond. */
export const DISPUTES_OPEN_MAX = 4;
/** A dispute is opened so long before it would be too late: time for the transaction. */
const LATE_SECONDS = 60;
/** How a dispute ended that may be opened again: nobody was found wrong, or right. */
const UNDECIDED: ReadonlySet<string | undefined> = new Set(["undecided", "undrawn"]);

/** A result that a validator found wrong, and the last dispute over it. */
export type Accusation = {
  readonly resultHash: Bytes32;
  /** First second at which its task's results may not be disputed any more. */
  readonly untilSeconds: UnixSeconds;
  /** Its planter made it wrong on purpose, harmed nobody, and has said so. */
  readonly isPlanted: boolean;
  readonly dispute: Pick<DisputeRecord, "opener" | "phase" | "ending"> | undefined;
};

/** Of what a validator found wrong: what it has judged by others now, and what is over for it. */
export function nextAccusations(view: {
  readonly self: Address;
  readonly nowSeconds: UnixSeconds;
  readonly accusations: readonly Accusation[];
}): { readonly open: readonly Bytes32[]; readonly over: readonly Bytes32[] } {
  const { self, nowSeconds, accusations } = view;
  const isGoingOn = ({ dispute }: Accusation): boolean => dispute !== undefined && dispute.phase !== "ended";
  const mayOpen = (one: Accusation): boolean =>
    one.dispute === undefined || (one.dispute.phase === "ended" && UNDECIDED.has(one.dispute.ending));
  const isDropped = (one: Accusation): boolean => one.isPlanted || isLate(one);
  const isLate = ({ untilSeconds }: Accusation): boolean => nowSeconds + LATE_SECONDS >= untilSeconds;
  const own = accusations.filter((one) => isGoingOn(one) && one.dispute?.opener === self).length;
  const open = accusations
    .filter((one) => mayOpen(one) && !isDropped(one))
    .slice(0, Math.max(0, DISPUTES_OPEN_MAX - own));
  const over = accusations.filter((one) => !isGoingOn(one) && (!mayOpen(one) || isDropped(one)));
  return { open: open.map(({ resultHash }) => resultHash), over: over.map(({ resultHash }) => resultHash) };
}
