import {
  type Bytes32,
  decodeFingerprint,
  encodePlantProof,
  fingerprintRootOf,
  PLANT_PROOF_BYTES_MAX,
  PLANT_TOKENS_MIN,
  plantedFingerprint,
  type SegmentBody,
} from "@cortensor/protocol";
import { PlanterError } from "./planterError.js";

/** What opens a plant, from the body of its answer. Throws PLANTER_ANSWER_FOREIGN for one that the salt didn't make. */
export function proofOfBody({ task, result, fingerprint }: SegmentBody, salt: Bytes32): Uint8Array {
  const tokens = decodeFingerprint(fingerprint).map(({ id, top }) => ({ id, top: top.map((one) => one.id) }));
  if (result.replica !== 0 || result.segment !== 0 || result.from !== 0) refuse("it isn't one miner's whole answer");
  if (tokens.length < PLANT_TOKENS_MIN) refuse(`it has ${tokens.length} tokens`);
  if (fingerprintRootOf(plantedFingerprint(salt, tokens)) !== result.fpRoot) refuse("its fingerprint isn't the salt's");
  const proof = encodePlantProof({ task, result, tokens });
  if (proof.length > PLANT_PROOF_BYTES_MAX) refuse(`it takes ${proof.length} bytes to show`);
  return proof;
}

function refuse(problem: string): never {
  throw new PlanterError({ code: "PLANTER_ANSWER_FOREIGN", problem });
}
