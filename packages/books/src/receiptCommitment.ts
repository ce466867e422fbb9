import {
  type Bytes32,
  concatBytes,
  hashReceipt,
  hexToBytes,
  keccak256,
  leafHash,
  type Receipt,
} from "@cortensor/protocol";

/**
 * An account's leaf for a receipt: `leafHash(keccak256(salt ‖ structHash(receipt)))`. Only who knows the account's salt can
 * tell which receipt it is.
 */
export function receiptCommitment(salt: Bytes32, receipt: Receipt): Bytes32 {
  return leafHash(keccak256(concatBytes(hexToBytes(salt), hexToBytes(hashReceipt(receipt)))));
}
