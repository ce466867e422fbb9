import { utf8ToBytes } from "../bytes.js";
import { type Eip712Domain, typedDataDigest } from "../eip712Domain.js";
import { recoverCompact } from "../guards/compactSignature.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex } from "../primitives.js";
import { WordWriter } from "../wordWriter.js";

/**
 * What a validator signs to be shown a task's evidence by the router that settled it: it is good for nobody else's and for no other task.
 *
 * `DutyRequest(uint64 epoch,bytes32 taskId)` under `guardsDomain`.
 */
export type DutyRequest = {
  /** Of whose duties the task is. */
  readonly epoch: number;
  /** As the results root has it. */
  readonly taskId: Bytes32;
};

export const DUTY_REQUEST_TYPE = "DutyRequest(uint64 epoch,bytes32 taskId)";
const TYPE_HASH = keccak256Bytes(utf8ToBytes(DUTY_REQUEST_TYPE));
const writer = new WordWriter(3);

export function dutyRequestDigest(domain: Eip712Domain, { epoch, taskId }: DutyRequest): Bytes32 {
  return typedDataDigest(domain, writer.begin(TYPE_HASH).uint64("epoch", epoch).bytes32(taskId).hash());
}

/** Who signed it, by a 64-byte signature. Throws PROTOCOL_BAD_SIGNATURE. */
export function dutyRequestSigner(domain: Eip712Domain, request: DutyRequest, signature: Hex): Address {
  return recoverCompact(dutyRequestDigest(domain, request), signature);
}
