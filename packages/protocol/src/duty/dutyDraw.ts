import { concatBytes, hexToBytes, utf8ToBytes } from "../bytes.js";
import { ProtocolError } from "../errors.js";
import { keccak256Bytes } from "../keccak.js";
import type { Bytes32 } from "../primitives.js";
import { PPM } from "./auditRate.js";

const POINT_TAG = utf8ToBytes("audit-v1");
const WORD_BYTES = 32;
/** Points are numbers of 256 bits. */
const POINTS = 1n << 256n;

/** A validator's part in checking, of the parts of all who may check a task. */
export type DutyWeight = { readonly weight: bigint; readonly total: bigint };

/**
 * Where tasks lie for one validator: `keccak256("audit-v1" ‖ secret ‖ taskId)`, a number of 256 bits, big-endian. A function of its own, because
 * whoever draws or recomputes duties asks for every task of an epoch. Throws PROTOCOL_OUT_OF_RANGE for an id that hasn't 32 bytes.
 */
export function dutyDraw(secret: Bytes32): (taskId: Uint8Array) => Uint8Array {
  const preimage = concatBytes(POINT_TAG, hexToBytes(secret), new Uint8Array(WORD_BYTES));
  const offset = preimage.length - WORD_BYTES;
  return (taskId) => {
    if (taskId.length !== WORD_BYTES) refuse("taskId", `${taskId.length} bytes`, `${WORD_BYTES} bytes`);
    preimage.set(taskId, offset);
    return keccak256Bytes(preimage);
  };
}

/**
 * `⌊2²⁵⁶ × rate × weight ÷ total⌋`, at most 2²⁵⁶: points below it are the validator's duties. In 33 bytes, big-endian, since 2²⁵⁶ is above all points.
 * Throws PROTOCOL_OUT_OF_RANGE for a rate or a weight that can't be.
 */
export function dutyBound(ratePpm: number, { weight, total }: DutyWeight): Uint8Array {
  if (!Number.isInteger(ratePpm) || ratePpm < 0 || ratePpm > PPM) refuse("ratePpm", String(ratePpm), `0…${PPM}`);
  if (weight < 0n || total <= 0n || weight > total) refuse("weight", `${weight} of ${total}`, "a part of the total");
  const bound = (POINTS * BigInt(ratePpm) * weight) / (BigInt(PPM) * total);
  return hexToBytes(`0x${bound.toString(16).padStart(2 * (WORD_BYTES + 1), "0")}`);
}

/** Whether a point is below a bound, exactly. */
export function isBelow(point: Uint8Array, bound: Uint8Array): boolean {
  if (bound[0] === 1) return true;
  for (let index = 0; index < WORD_BYTES; index += 1) {
    const difference = (point[index] ?? 0) - (bound[index + 1] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Whether a validator has to check a task: `keccak256("audit-v1" ‖ secret ‖ taskId) < 2²⁵⁶ × rate × weight ÷ total`, rounded down. */
export function isDuty(of: {
  readonly secret: Bytes32;
  readonly taskId: Bytes32;
  readonly ratePpm: number;
  readonly weight: DutyWeight;
}): boolean {
  return isBelow(dutyDraw(of.secret)(hexToBytes(of.taskId)), dutyBound(of.ratePpm, of.weight));
}

function refuse(field: string, value: string, range: string): never {
  throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field, value, range });
}
