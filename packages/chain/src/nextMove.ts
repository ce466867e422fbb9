/** A transaction that waits this long for its block is sent again, or replaced by a dearer one; then again after as long. */
export const STUCK_MS = 30_000;
/** One that is in no block by then is reported as unconfirmed; it may still come. */
export const CONFIRM_TIMEOUT_MS = 300_000;

/** What is known of a transaction that was sent and has no receipt. */
export type FlightFacts = {
  readonly nonce: number;
  /** Nonces of the account that blocks hold. */
  readonly minedNonces: number;
  /** Whether the last look, too, found the nonce used and no receipt: an RPC may know of a block before its receipts. */
  readonly wasDisplaced: boolean;
  /** Whether the node still has the newest version. */
  readonly isKnown: boolean;
  /** Since it was sent, raised or sent again. */
  readonly waitedMs: number;
  /** Since it was sent first. */
  readonly ageMs: number;
};

/** What comes next for it. */
export type Move =
  | "wait"
  /** The node has forgotten it: the same once more. */
  | "relaunch"
  /** A dearer version under the same nonce. */
  | "raise"
  /** An earlier transaction of the account, of another process, holds it up: that one is raised. */
  | "raiseBlocker"
  /** Another transaction has its nonce: this one can never be in a block. */
  | "displaced"
  | "giveUp";

export function nextMove(facts: FlightFacts): Move {
  const { nonce, minedNonces, wasDisplaced, isKnown, waitedMs, ageMs } = facts;
  if (minedNonces > nonce) return wasDisplaced ? "displaced" : "wait";
  if (ageMs >= CONFIRM_TIMEOUT_MS) return "giveUp";
  if (waitedMs < STUCK_MS) return "wait";
  if (!isKnown) return "relaunch";
  return minedNonces === nonce ? "raise" : "raiseBlocker";
}
