import type { Address, Bytes32 } from "./primitives.js";

/**
 * An operator's cumulative promise to one payee: what all of its receipts pay it, net of the splits. The highest holds. A leaf of a
 * router's batch.
 *
 * `CreditNote(address operator,address payee,uint96 cumulativeWei,bytes32 receiptsRoot,uint32 count,uint64 epoch)`
 */
export type CreditNote = {
  /** Owner of the router: the lane that pays. */
  readonly operator: Address;
  /** The miner's signing address. */
  readonly payee: Address;
  /** Sum of `netWei` under the root. Never falls. */
  readonly cumulativeWei: bigint;
  /** Merkle root of the payee's `PaidSegment` leaves since the lane began, in the order of their booking. */
  readonly receiptsRoot: Bytes32;
  /** Leaves under that root. */
  readonly count: number;
  readonly epoch: number;
};

/**
 * What one payee's entry of a receipt adds to its credit note. A leaf of the note's `receiptsRoot`.
 *
 * `PaidSegment(bytes32 taskId,uint8 replica,uint16 segment,uint96 netWei)`
 */
export type PaidSegment = {
  readonly taskId: Bytes32;
  readonly replica: number;
  readonly segment: number;
  /** `floor(payee.wei × minersBps / 10,000)`: see `splits.ts`. */
  readonly netWei: bigint;
};
