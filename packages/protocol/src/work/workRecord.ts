import type { BatchProof } from "../batch.js";
import type { Address, Bytes32 } from "../primitives.js";

/**
 * What became of a miner's part, as the router says. `delivered`: its result was taken. `stopped`: its client or the router ended it. `rejected`: whoever checked or
 * compared it found it wrong. `withheld`: it didn't show its checker the body. `silent`: it said nothing for too long. `died`: its link or its engine broke. `wrong`: a
 * frame or a result contradicted itself. The order is the number in the record, 0 first.
 */
export const WORK_OUTCOMES = ["delivered", "stopped", "rejected", "withheld", "silent", "died", "wrong"] as const;
export type WorkOutcome = (typeof WORK_OUTCOMES)[number];

/** Outcomes that say that a miner took a part and didn't deliver it. */
export const WORK_FAILURES: ReadonlySet<WorkOutcome> = new Set<WorkOutcome>(["withheld", "silent", "died", "wrong"]);

/** A miner's signed checkpoint within its part: that it had taken it. The checkpoint names the task; the record's id is the hash of that name. */
export type WorkWord = {
  readonly taskId: Bytes32;
  readonly position: number;
  readonly tokenRoot: Bytes32;
  readonly proof: BatchProof;
};

/** One miner's segment of one replica that the miner accepted. */
export type WorkPart = {
  readonly replica: number;
  readonly segment: number;
  /** The miner's registered signing address. */
  readonly miner: Address;
  readonly kernelClass: Bytes32;
  readonly outcome: WorkOutcome;
  /** Of the result, where it was delivered; else what the router saw. */
  readonly nIn: number;
  readonly nOut: number;
  /** Milliseconds from assignment to first token, and to the end. */
  readonly tFirstMs: number;
  readonly tTotalMs: number;
  /** Only of a failure. */
  readonly word?: WorkWord;
};

/** A task that has ended: no account, no prompt, nothing of its client. */
export type WorkTask = {
  /** See `setEntryId`. */
  readonly id: Bytes32;
  readonly modelId: Bytes32;
  /** Its client chose the seed: a cached true answer to it is honest, and earns no reputation. */
  readonly isSeeded: boolean;
  /** Its client sealed it, and nobody was agreed on who may look: what validators find of it, nothing as a rule, counts nothing. Absent: it was asked in the open. */
  readonly isSealed?: true;
  /** It began in the same record. */
  readonly hasBegun: boolean;
  /** By replica, segment, miner. */
  readonly parts: readonly WorkPart[];
};

/** What an operator's routers took up and ended since their last record, as the operator says. */
export type WorkRecord = {
  readonly chainId: number;
  readonly lane: Address;
  /** Among whose records it is posted. */
  readonly epoch: number;
  /** Ids of tasks that began, and haven't ended here. Ascending. */
  readonly begun: readonly Bytes32[];
  /** By id. */
  readonly ended: readonly WorkTask[];
};

/** A record's bytes, and what is posted of them. */
export type PublishedWork = {
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`: under which they are published. */
  readonly recordCid: Bytes32;
  /** Root of the tree over pieces of SET_CHUNK_BYTES_MAX, as a settlement set's. */
  readonly recordRoot: Bytes32;
};

/** How many tasks began in a record. */
export function begunOf({ begun, ended }: Pick<WorkRecord, "begun" | "ended">): number {
  return begun.length + ended.filter(({ hasBegun }) => hasBegun).length;
}
