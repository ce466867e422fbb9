import { BPS } from "./splits.js";

/** What costs money at stake. The order is the chain's number, 0 first. */
export const OFFENCES = ["receiptUnpaid", "checkpointUnpaid", "setWithheld", "wrongResult", "equivocation"] as const;
export type Offence = (typeof OFFENCES)[number];

/** A row of the table. */
export type Penalty = {
  /** Basis points of what the offence was about: the unpaid amount, the fee of the wrong result. May be above 10,000. */
  readonly causeBps: number;
  /** Basis points of all that the offender has at stake. */
  readonly heldBps: number;
  /** Basis points of what was taken; together 10,000. */
  readonly finderBps: number;
  readonly harmedBps: number;
  readonly burnedBps: number;
};

const UNPAID: Penalty = { causeBps: 10_000, heldBps: 0, finderBps: 2_000, harmedBps: 3_000, burnedBps: 5_000 };

/** The table of `Offences.sol`; the test reads both. */
export const PENALTIES: Readonly<Record<Offence, Penalty>> = {
  receiptUnpaid: UNPAID,
  checkpointUnpaid: UNPAID,
  setWithheld: { causeBps: 0, heldBps: 1_000, finderBps: 2_000, harmedBps: 0, burnedBps: 8_000 },
  wrongResult: { causeBps: 210_000, heldBps: 0, finderBps: 2_000, harmedBps: 3_000, burnedBps: 5_000 },
  equivocation: { causeBps: 0, heldBps: 10_000, finderBps: 1_000, harmedBps: 0, burnedBps: 9_000 },
};

/** What an offence costs, beside whatever it left unpaid, in wei. Rounded up: against the offender. More than `heldWei` can't be taken. */
export function penaltyWeiUp(
  offence: Offence,
  of: {
    /** The unpaid amount, or the fee of the wrong result. */
    readonly causeWei: bigint;
    /** All that the offender has at stake, also what is on its way out. */
    readonly heldWei: bigint;
  },
): bigint {
  const { causeBps, heldBps } = PENALTIES[offence];
  return shareWeiUp(of.causeWei, causeBps) + shareWeiUp(of.heldWei, heldBps);
}

export type PenaltyShares = { readonly finderWei: bigint; readonly harmedWei: bigint; readonly burnedWei: bigint };

/** How `takenWei` is shared out, to the wei. What rounding leaves over is burned. */
export function sharePenalty(offence: Offence, takenWei: bigint): PenaltyShares {
  const { finderBps, harmedBps } = PENALTIES[offence];
  const finderWei = (takenWei * BigInt(finderBps)) / BigInt(BPS);
  const harmedWei = (takenWei * BigInt(harmedBps)) / BigInt(BPS);
  return { finderWei, harmedWei, burnedWei: takenWei - finderWei - harmedWei };
}

function shareWeiUp(wei: bigint, bps: number): bigint {
  return (wei * BigInt(bps) + BigInt(BPS) - 1n) / BigInt(BPS);
}
