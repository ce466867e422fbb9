import { keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import type { Address, Bytes32 } from "../primitives.js";

/** Owners whose miners answered alike that make an answer the right one: one owner's word for itself says nothing. */
export const CANARY_OWNERS_MIN = 2;

/** What one miner answered to a question that was put to several. */
export type CanaryAnswer = {
  readonly taskId: Bytes32;
  readonly miner: Address;
  readonly owner: Address;
  readonly kernelClass: Bytes32;
  /** `hashCanaryAnswer`. */
  readonly tokensHash: Bytes32;
};

/** `keccak256("canary-answer-v1" ‖ each id u32)`: the client has the ids, no router. */
export function hashCanaryAnswer(ids: readonly number[]): Bytes32 {
  const writer = new ByteWriter().tag("canary-answer-v1");
  for (const id of ids) writer.uint("id", id, 4);
  return keccak256(writer.toBytes());
}

export type CanaryFinding = {
  readonly answer: CanaryAnswer;
  /** `open`: nobody can say yet, or several answers are backed alike. */
  readonly kind: "right" | "wrong" | "open";
  /** Tasks whose answers are the right one, where this one is wrong. */
  readonly against: readonly Bytes32[];
};

/**
 * Judges answers to one question that was asked greedily: within a kernel class it has one answer, to the bit. The right one is what miners of two owners say,
 * where no other answer has as much behind it; answers of other classes are never compared.
 */
export function judgeCanary(answers: readonly CanaryAnswer[]): readonly CanaryFinding[] {
  return answers.map((answer): CanaryFinding => {
    const peers = answers.filter(({ kernelClass }) => kernelClass === answer.kernelClass);
    const backed = [...new Set(peers.map(({ tokensHash }) => tokensHash))].filter((hash) => isBacked(peers, hash));
    const [right] = backed;
    if (right === undefined || backed.length > 1) return { answer, kind: "open", against: [] };
    if (answer.tokensHash === right) return { answer, kind: "right", against: [] };
    const against = peers.filter(({ tokensHash }) => tokensHash === right).map(({ taskId }) => taskId);
    return { answer, kind: "wrong", against };
  });
}

function isBacked(peers: readonly CanaryAnswer[], hash: Bytes32): boolean {
  const owners = new Set(peers.filter(({ tokensHash }) => tokensHash === hash).map(({ owner }) => owner));
  return owners.size >= CANARY_OWNERS_MIN;
}
