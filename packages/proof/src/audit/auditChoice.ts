import { type Bytes32, concatBytes, hexToBytes, keccak256, keccak256Bytes, utf8ToBytes } from "@cortensor/protocol";
import { PPM } from "./auditRate.js";

const POINT_TAG = utf8ToBytes("audit-v1");
const COMMIT_TAG = utf8ToBytes("audit-secret-v1");
const TASK_ID_BYTES = 32;
/** Points are 64-bit numbers. */
const POINTS = 1n << 64n;
const LOW_BITS = 0xffff_ffffn;

/**
 * A validator's part in checking: its share of all validators' stake, and its own secret of one epoch. The secret is committed before the epoch
 * and shown after it, so that a miner can't know which of its results will be checked, and everybody can see later which had to be.
 */
export type ValidatorWeight = { readonly weightWei: bigint; readonly totalWei: bigint };

/** What a validator posts before an epoch: `keccak256("audit-secret-v1" ‖ secret)`. */
export function auditCommit(secret: Bytes32): Bytes32 {
  return keccak256(concatBytes(COMMIT_TAG, hexToBytes(secret)));
}

/** A number of 64 bits in two halves of 32, each a whole number from 0 on: there are as many draws as tasks and validators, and halves need no bigint. */
export type AuditWord = { readonly high: number; readonly low: number };

/**
 * Where tasks lie for one validator: the first 8 bytes of `keccak256("audit-v1" ‖ secret ‖ taskId)`, big-endian. A function of its own, because
 * whoever draws or recomputes duties asks for every task of an epoch. Throws a RangeError for an id that hasn't 32 bytes.
 */
export function auditDraw(secret: Bytes32): (taskId: Uint8Array) => AuditWord {
  const preimage = concatBytes(POINT_TAG, hexToBytes(secret), new Uint8Array(TASK_ID_BYTES));
  const offset = preimage.length - TASK_ID_BYTES;
  return (taskId) => {
    if (taskId.length !== TASK_ID_BYTES) throw new RangeError(`a task's id has ${TASK_ID_BYTES} bytes`);
    preimage.set(taskId, offset);
    const hash = keccak256Bytes(preimage);
    return { high: wordAt(hash, 0), low: wordAt(hash, 4) };
  };
}

/** A threshold as `isAudited` compares it. 2⁶⁴, which is above all points, is a half of 2³² and nothing. */
export function auditBound(threshold: bigint): AuditWord {
  return { high: Number(threshold >> 32n), low: Number(threshold & LOW_BITS) };
}

/** Whether a validator has to check a task. */
export function isAudited(point: AuditWord, bound: AuditWord): boolean {
  return point.high < bound.high || (point.high === bound.high && point.low < bound.low);
}

function wordAt(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return ((high << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}

/** `⌊2⁶⁴ × rate × weight ÷ total⌋`: points below it are the validator's duties. Throws a RangeError for no rate or no weight that could be. */
export function auditThreshold(ratePpm: number, { weightWei, totalWei }: ValidatorWeight): bigint {
  if (!Number.isInteger(ratePpm) || ratePpm < 0 || ratePpm > PPM) throw new RangeError("a rate is 0 to 1,000,000 ppm");
  if (weightWei < 0n || totalWei <= 0n || weightWei > totalWei) throw new RangeError("a weight is part of the total");
  return (POINTS * BigInt(ratePpm) * weightWei) / (BigInt(PPM) * totalWei);
}

/**
 * Chance that at least one validator checks a task: `1 − Π(1 − a × wᵥ)`. A little below the rate, which is the *mean* number of checks; at
 * rates of a few hundredths they are the same, at a rate of 1 it is 63 % and more.
 */
export function auditedShare(ratePpm: number, weights: readonly ValidatorWeight[]): number {
  const unseen = weights.reduce(
    (left, { weightWei, totalWei }) => left * (1 - (ratePpm / PPM) * (Number(weightWei) / Number(totalWei))),
    1,
  );
  return 1 - unseen;
}
