import { utf8ToBytes } from "../bytes.js";
import { type Eip712Domain, typedDataDigest } from "../eip712Domain.js";
import { recoverCompact } from "../guards/compactSignature.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex } from "../primitives.js";
import { WordWriter } from "../wordWriter.js";

/**
 * What whoever sits in a dispute signs to be shown the disputed result: it is good for nobody else's and for no other result.
 *
 * `CaseRequest(uint64 number,bytes32 resultHash)` under `guardsDomain`.
 */
export type CaseRequest = {
  /** Of the dispute. */
  readonly number: number;
  readonly resultHash: Bytes32;
};

export const CASE_REQUEST_TYPE = "CaseRequest(uint64 number,bytes32 resultHash)";
const TYPE_HASH = keccak256Bytes(utf8ToBytes(CASE_REQUEST_TYPE));
const writer = new WordWriter(3);

export function caseRequestDigest(domain: Eip712Domain, { number, resultHash }: CaseRequest): Bytes32 {
  return typedDataDigest(domain, writer.begin(TYPE_HASH).uint64("number", number).bytes32(resultHash).hash());
}

/** Who signed it, by a 64-byte signature. Throws PROTOCOL_BAD_SIGNATURE. */
export function caseRequestSigner(domain: Eip712Domain, request: CaseRequest, signature: Hex): Address {
  return recoverCompact(caseRequestDigest(domain, request), signature);
}
