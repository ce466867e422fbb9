import type { Address, Bytes32 } from "./primitives.js";
import type { FinishReason } from "./result.js";

/** Who may move the session's money: see the glossary. The order is the wire's number. */
export const CUSTODIES = ["self", "delegated", "custodial"] as const;
export type Custody = (typeof CUSTODIES)[number];

/** What one miner is paid for its segment. */
export type Payee = {
  readonly miner: Address;
  readonly replica: number;
  readonly segment: number;
  readonly from: number;
  readonly to: number;
  readonly wei: bigint;
};

/**
 * The router's bond-backed promise of what a task pays, and to whom. Unique by task. A leaf of the router's batch.
 *
 * `Receipt(bytes32 taskId,uint32 account,address operator,bytes32 resultsHash,bytes32 payeesHash,uint96 feeWei,uint32 nIn,uint32 nOut,
 * uint8 custody,uint8 finish,uint64 epoch,bytes32 splitsHash)`
 */
export type Receipt = {
  readonly taskId: Bytes32;
  readonly account: number;
  /** Owner of the router: its lane. */
  readonly operator: Address;
  /** keccak256 of the result leaves' hashes, in order of (replica, segment). */
  readonly resultsHash: Bytes32;
  /** keccak256 of the packed payees, in the same order. */
  readonly payeesHash: Bytes32;
  /** Everything the client owes for the task, in wei of COR. */
  readonly feeWei: bigint;
  readonly nIn: number;
  readonly nOut: number;
  readonly custody: Custody;
  readonly finish: FinishReason;
  readonly epoch: number;
  /** Who has which part of the fee: see `splits.ts`. */
  readonly splitsHash: Bytes32;
};
