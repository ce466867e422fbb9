import { type Bytes32, hashTask, type SealedAssignment, type Task } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { type AssignmentFacts, assignmentFault } from "./assignmentFault.js";

const word = (byte: string): Bytes32 => `0x${byte.repeat(32)}`;
const miner = `0x${"0a".repeat(20)}` as const;
const task: Task = {
  ...{ account: 7, session: word("01"), seq: 3, modelId: word("02"), promptCommit: word("03"), paramsHash: word("04") },
  ...{ maxIn: 256, maxOut: 64, feeCapWei: 1_000n, deadline: 2_000_000_000, userNonce: word("05") },
  ...{ privacy: "sealed", redundancy: 1 },
};

/** What a router answers; changes of the task are those of an honest hash, unless the assignment says otherwise. */
function assigned(
  changes: {
    readonly task?: Partial<Task>;
    readonly assignment?: Partial<SealedAssignment["assignment"]>;
    readonly committed?: number;
  } = {},
): SealedAssignment {
  const bound = { ...task, ...changes.task };
  return {
    task: bound,
    assignment: {
      ...{ taskId: hashTask(bound), miner, replica: 0, segment: 0, from: 0, kernelClass: word("06"), epoch: 1 },
      ...{ expires: 1_900_000_000, weiPerTokenIn: 1n, weiPerTokenOut: 2n },
      ...changes.assignment,
    },
    committed: changes.committed ?? 0,
    miner: { miner, bundles: [new Uint8Array([1])] },
    standbys: [],
    word: {
      certificate: { node: miner, connectionKey: word("07"), expires: 2_000_000_000 },
      ...{ certifiedBy: "0x", signature: "0x" },
    },
  };
}

const facts: AssignmentFacts = {
  privacy: "sealed",
  ask: {
    ...{ model: "m", suite: "x25519", maxIn: 256, maxOut: 64 },
    ...{ promptCommit: task.promptCommit, paramsHash: task.paramsHash, affinity: [] },
  },
  ...{ modelId: task.modelId, account: 7, nonce: task.userNonce, maxFeeWei: 1_000n },
  ...{ taskId: undefined, segment: 0, tokens: 0 },
};

describe("an assignment", () => {
  it("of what was asked has no fault, at first and for the next miner", () => {
    expect(assignmentFault(assigned(), facts)).toBeUndefined();
    const later = assigned({ assignment: { segment: 1, from: 32 }, committed: 40 });
    const known = { ...facts, taskId: hashTask(task), segment: 1, tokens: 40 };
    expect(assignmentFault(later, known)).toBeUndefined();
  });

  it.each([
    ["otherTask", { assignment: { taskId: word("ff") } }],
    ["otherModel", { task: { modelId: word("ff") } }],
    ["otherCommitments", { task: { promptCommit: word("ff") } }],
    ["otherCommitments", { task: { paramsHash: word("ff") } }],
    ["otherPrivacy", { task: { privacy: "open" as const } }],
    ["copies", { task: { redundancy: 3 } }],
    ["copies", { assignment: { replica: 1 } }],
    ["otherBounds", { task: { maxIn: 257 } }],
    ["otherBounds", { task: { maxOut: 63 } }],
    ["otherNonce", { task: { userNonce: word("ff") } }],
    ["otherAccount", { task: { account: 8 } }],
    ["feeAboveLimit", { task: { feeCapWei: 1_001n } }],
    ["otherMiner", { assignment: { miner: `0x${"0b".repeat(20)}` as const } }],
    ["otherCommitted", { committed: 1 }],
    ["otherCommitted", { assignment: { from: 32 } }],
  ])("is refused as %s: %o", (fault, changes) => {
    expect(assignmentFault(assigned(changes), facts)).toBe(fault);
  });

  it("of another task than the one that is being answered is refused", () => {
    expect(assignmentFault(assigned(), { ...facts, taskId: word("ee") })).toBe("otherTask");
  });
});
