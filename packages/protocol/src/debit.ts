import type { Address, Bytes32, Hex } from "./primitives.js";

/**
 * The client's signed, cumulative permission to spend, in one operator's lane. The highest `cumulativeWei` holds.
 *
 * EIP-712 `Debit(uint32 account,address lane,uint96 cumulativeWei,bytes32 receiptsRoot,uint32 count,uint64 epoch)`
 * under the domain of the SessionPayment contract.
 */
export type Debit = {
  readonly account: number;
  /** The router operator whose counter this is. */
  readonly lane: Address;
  readonly cumulativeWei: bigint;
  /** Merkle root of the account's salted receipt commitments since the lane began. */
  readonly receiptsRoot: Bytes32;
  /** Receipts under that root. */
  readonly count: number;
  readonly epoch: number;
};

export type SignedDebit = { readonly debit: Debit; readonly signature: Hex };
