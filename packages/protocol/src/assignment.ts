import type { Address, Bytes32, UnixSeconds } from "./primitives.js";

/**
 * The router's word that `miner` works on `task` from token `from`, and at what price. A leaf of the router's batch.
 *
 * `Assignment(bytes32 taskId,address miner,uint8 replica,uint16 segment,uint32 from,bytes32 kernelClass,uint64 epoch,
 * uint64 expires,uint96 weiPerTokenIn,uint96 weiPerTokenOut)`
 */
export type Assignment = {
  readonly taskId: Bytes32;
  /** The miner's registered signing address. */
  readonly miner: Address;
  /** Index of the redundant copy, 0…r−1. */
  readonly replica: number;
  /** 0 for the first miner of a replica, +1 at each hand-over. */
  readonly segment: number;
  /** First output position that this miner signs: the last acknowledged checkpoint. */
  readonly from: number;
  readonly kernelClass: Bytes32;
  /** Epoch in which the router bound the task; survives waiting and hand-over, because the seed is of its beacon. */
  readonly epoch: number;
  readonly expires: UnixSeconds;
  readonly weiPerTokenIn: bigint;
  readonly weiPerTokenOut: bigint;
};
