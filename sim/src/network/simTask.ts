import type { BookedReceipt } from "@cortensor/books";
import type { PrioritisedTask } from "@cortensor/node";
import type { Bytes32, Payee } from "@cortensor/protocol";
import type { SimMiner } from "./simMiner.js";

/** What one miner does of a task: protocol's `SegmentWork`, while it happens. */
export type SimSegment = {
  readonly maker: SimMiner;
  /** The name it works under. */
  readonly miner: SimMiner["miner"];
  readonly segment: number;
  readonly from: number;
  readonly madeFrom: number;
  paidTo: number;
  readonly nIn: number;
  readonly weiPerTokenIn: bigint;
  readonly weiPerTokenOut: bigint;
  readonly isCheated: boolean;
  /** Of its maker's cheats, the how manieth; 0 for honest work. */
  readonly cheatNumber: number;
};

/** How a task ended. `cut`: nobody could go on; what was acknowledged is paid. */
export type TaskEnd = "delivered" | "cut" | "refused";
/** What became of its fee. */
export type FeeState = "none" | "due" | "withheld" | "settled";

export type SimTask = PrioritisedTask & {
  readonly index: number;
  readonly taskId: Bytes32;
  readonly account: number;
  readonly nIn: number;
  readonly nOut: number;
  readonly capWei: bigint;
  segments: readonly SimSegment[];
  /** Tokens that the client has seen. */
  made: number;
  end?: TaskEnd;
  fee: FeeState;
  feeWei: bigint;
  payees: readonly Payee[];
  epoch: number;
  /** Checks, disputes and juries that are still under way: its fee waits for them. */
  openAudits: number;
  /** Segments that a dispute is or was about. */
  disputed: readonly number[];
};

/** A receipt that waits for its settlement, and whose it is. */
export type SimReceipt = BookedReceipt & { readonly task: SimTask };
