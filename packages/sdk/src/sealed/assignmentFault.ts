import { type Bytes32, hashTask, type SealedAsk, type SealedAssignment } from "@cortensor/protocol";
import type { AssignmentFault } from "./sealedErrors.js";

/** What the client asked for, and what it has of the answer. */
export type AssignmentFacts = {
  readonly ask: SealedAsk;
  /** What a sealed task of the client's network is called. */
  readonly privacy: "sealed" | "private";
  readonly modelId: Bytes32;
  readonly account: number | undefined;
  readonly nonce: Bytes32 | undefined;
  readonly maxFeeWei: bigint | undefined;
  /** The task, once it is bound: the same in each further assignment. */
  readonly taskId: Bytes32 | undefined;
  /** Segments that have begun to answer. */
  readonly segment: number;
  /** Output tokens that the client has. */
  readonly tokens: number;
};

/** The first thing in which an assignment isn't what was asked; undefined when the client may seal to it. Who signed it, and the prekeys, are looked at apart. */
export function assignmentFault(assigned: SealedAssignment, facts: AssignmentFacts): AssignmentFault | undefined {
  const { task, assignment, miner, committed } = assigned;
  const { ask } = facts;
  const taskId = hashTask(task);
  if (taskId !== assignment.taskId || (facts.taskId !== undefined && facts.taskId !== taskId)) return "otherTask";
  if (task.modelId !== facts.modelId) return "otherModel";
  if (task.promptCommit !== ask.promptCommit || task.paramsHash !== ask.paramsHash) return "otherCommitments";
  if (task.privacy !== facts.privacy) return "otherPrivacy";
  if (task.redundancy !== 1 || assignment.replica !== 0) return "copies";
  if (task.maxIn > ask.maxIn || task.maxOut !== ask.maxOut) return "otherBounds";
  if (facts.nonce !== undefined && task.userNonce !== facts.nonce) return "otherNonce";
  if (facts.account !== undefined && task.account !== facts.account) return "otherAccount";
  if (facts.maxFeeWei !== undefined && task.feeCapWei > facts.maxFeeWei) return "feeAboveLimit";
  if (assignment.miner !== miner.miner) return "otherMiner";
  if (committed !== facts.tokens || assignment.segment < facts.segment || assignment.from > committed) {
    return "otherCommitted";
  }
  return undefined;
}
