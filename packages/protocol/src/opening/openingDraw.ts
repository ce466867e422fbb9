import { keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { PPM } from "../duty/auditRate.js";
import type { DutyTask } from "../duty/dutiesOf.js";
import { type DutyCandidate, dutyWeights } from "../duty/dutyWeights.js";
import type { Address, Bytes32 } from "../primitives.js";

/**
 * Who may have a task opened: nobody, or one validator, as the beacon of the epoch behind the task's decides. Nobody knows it while the task is answered, and
 * everybody afterwards: a guard computes it before it releases a share. A task is drawn as often as its rate says; of the validators that may check it each
 * by its weight.
 */
export function openingDraw(
  { taskId, ratePpm, parties }: DutyTask,
  { beacon, candidates }: { readonly beacon: Bytes32; readonly candidates: readonly DutyCandidate[] },
): Address | undefined {
  if (numberOf("sample", beacon, taskId) % BigInt(PPM) >= BigInt(ratePpm)) return undefined;
  const able = dutyWeights(candidates).filter((one) => !parties.has(one.validator) && !parties.has(one.owner));
  const total = able.reduce((sum, { weight }) => sum + weight, 0n);
  if (total === 0n) return undefined;
  let at = numberOf("validator", beacon, taskId) % total;
  for (const { validator, weight } of able) {
    if (at < weight) return validator;
    at -= weight;
  }
  return undefined;
}

/** `keccak256("opening-draw-v1 " ‖ what ‖ beacon ‖ task id as the results root has it)`. */
function numberOf(what: "sample" | "validator", beacon: Bytes32, taskId: Bytes32): bigint {
  return BigInt(keccak256(new ByteWriter().tag(`opening-draw-v1 ${what}`).hex(beacon, 32).hex(taskId, 32).toBytes()));
}
