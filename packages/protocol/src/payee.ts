import { ProtocolError } from "./errors.js";
import { feeWei, type Prices } from "./fee.js";
import { PAYEES_MAX, SEGMENTS_MAX } from "./limits.js";
import type { Address } from "./primitives.js";
import type { Payee } from "./receipt.js";

/** What one miner did on one replica, as far as pay goes. */
export type SegmentWork = Prices & {
  readonly miner: Address;
  readonly segment: number;
  /** First output position it signs: the last acknowledged checkpoint before it. */
  readonly from: number;
  /** First output position it made itself: what the client had already seen. `from` unless it re-fed tokens. */
  readonly madeFrom: number;
  /** Its last acknowledged checkpoint, or its end when it finished. */
  readonly paidTo: number;
  /** Prompt tokens that it counted. */
  readonly nIn: number;
};

export type ReplicaWork = {
  readonly replica: number;
  /** In order of hand-over; each `from` is the `paidTo` before it. */
  readonly segments: readonly SegmentWork[];
  /** Whether the last segment's miner delivered a result: it is then paid the prompt even if it made nothing. */
  readonly isFinished: boolean;
};

export type Payout = {
  /** In order of (replica, segment); nobody stands in it for nothing. */
  readonly payees: readonly Payee[];
  /** Their sum: everything the client owes. */
  readonly feeWei: bigint;
  /** Output tokens charged. */
  readonly paidOut: number;
  /** Prompt tokens charged, once per replica. */
  readonly paidIn: number;
};

/**
 * Who is paid what for a task. Each miner is paid the tokens that it made itself up to its last acknowledged checkpoint or its
 * end; tokens that a successor had to feed again, which no checkpoint covered, are charged to nobody. A replica's prompt is
 * charged once, to the first of its miners that is paid any output, or else to the one that finished.
 * Throws PROTOCOL_BAD_SEGMENTS for segments that don't follow one another, PROTOCOL_FEE_ABOVE_CAP above `capWei`.
 */
export function payeesOf(replicas: readonly ReplicaWork[], capWei: bigint): Payout {
  const payees: Payee[] = [];
  let paidIn = 0;
  for (const replica of replicas) {
    checkSegments(replica);
    const promptPayee = promptPayeeOf(replica);
    for (const one of replica.segments) {
      const nIn = one === promptPayee ? one.nIn : 0;
      const nOut = madeTokens(one);
      if (one !== promptPayee && nOut === 0) continue;
      paidIn += nIn;
      const from = Math.min(one.madeFrom, one.paidTo);
      payees.push({
        miner: one.miner,
        replica: replica.replica,
        segment: one.segment,
        from,
        to: from + nOut,
        wei: feeWei({ weiPerTokenIn: one.weiPerTokenIn, weiPerTokenOut: one.weiPerTokenOut, nIn, nOut }),
      });
    }
  }
  if (payees.length > PAYEES_MAX) refuse(0, `more than ${PAYEES_MAX} payees`);
  const total = sumOfPayees(payees);
  if (total > capWei) throw new ProtocolError({ code: "PROTOCOL_FEE_ABOVE_CAP", feeWei: total, capWei });
  return { payees, feeWei: total, paidIn, paidOut: payees.reduce((sum, { from, to }) => sum + to - from, 0) };
}

export function sumOfPayees(payees: readonly Payee[]): bigint {
  return payees.reduce((sum, payee) => sum + payee.wei, 0n);
}

function promptPayeeOf(replica: ReplicaWork): SegmentWork | undefined {
  const first = replica.segments.find((one) => madeTokens(one) > 0);
  return first ?? (replica.isFinished ? replica.segments.at(-1) : undefined);
}

function madeTokens(one: SegmentWork): number {
  return Math.max(0, one.paidTo - one.madeFrom);
}

function checkSegments({ replica, segments }: ReplicaWork): void {
  if (segments.length > SEGMENTS_MAX) refuse(replica, `more than ${SEGMENTS_MAX} segments`);
  let position = 0;
  for (const [index, one] of segments.entries()) {
    if (one.segment !== index) refuse(replica, `segment ${one.segment} stands at ${index}`);
    if (one.from !== position) refuse(replica, `segment ${index} starts at ${one.from}, not at ${position}`);
    if (one.madeFrom < one.from) refuse(replica, `segment ${index} made tokens before its start`);
    if (one.paidTo < one.from) refuse(replica, `segment ${index} ends before its start`);
    if (!Number.isSafeInteger(one.madeFrom) || !Number.isSafeInteger(one.paidTo)) refuse(replica, "a broken position");
    position = one.paidTo;
  }
}

function refuse(replica: number, reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_SEGMENTS", replica, reason });
}
