import { keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import type { Address, Bytes32 } from "../primitives.js";

const TAG = "plant-v1";
const WHAT = "planted results";

/** A result that its planter knew to be wrong before anybody checked it. */
export type Plant = {
  readonly planter: Address;
  /** See `plantCommitment`; posted before the epoch whose results root has the task. */
  readonly commitment: Bytes32;
};

/** What a planter shows once the verdicts are in. */
export type PlantOpening = {
  readonly planter: Address;
  readonly taskId: Bytes32;
  readonly salt: Bytes32;
};

/** `keccak256("plant-v1" ‖ taskId ‖ salt)`: says nothing of the task to who hasn't the salt. */
export function plantCommitment(taskId: Bytes32, salt: Bytes32): Bytes32 {
  return keccak256(new ByteWriter().tag(TAG).hex(taskId, 32).hex(salt, 32).toBytes());
}

/** A planted result that counts: shown, and found wrong. */
export type ProvenPlant = { readonly planter: Address; readonly taskId: Bytes32 };

/**
 * Planted results that count against whoever passed them: opened by their own planter, which is reason enough for the second tier, and found wrong by a
 * jury. So nobody loses by a planter's word that an honest result was planted.
 *
 * Throws PROTOCOL_BAD_RECORD for what a contract wouldn't have taken: one commitment twice, an opening that opens nothing of its planter's, or
 * two of one task.
 */
export function provenPlants(of: {
  readonly plants: readonly Plant[];
  readonly openings: readonly PlantOpening[];
  /** Tasks whose result was found wrong: see `taskFinding`. */
  readonly foundWrong: ReadonlySet<Bytes32>;
}): readonly ProvenPlant[] {
  const planted = new Map(of.plants.map(({ commitment, planter }) => [commitment, planter]));
  if (planted.size !== of.plants.length) refuse("one commitment twice");
  if (new Set(of.openings.map(({ taskId }) => taskId)).size !== of.openings.length) refuse("a task opened twice");
  for (const { planter, taskId, salt } of of.openings) {
    if (planted.get(plantCommitment(taskId, salt)) !== planter) refuse("an opening that opens nothing");
  }
  return of.openings
    .filter(({ taskId }) => of.foundWrong.has(taskId))
    .map(({ planter, taskId }) => ({ planter, taskId }))
    .sort((left, right) => (left.taskId < right.taskId ? -1 : 1));
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}
