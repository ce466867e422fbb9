import {
  type Assignment,
  bytesToHex,
  type Eip712Domain,
  hashAssignment,
  hexToBytes,
  type SealedAssignment,
  typedDataDigest,
} from "@cortensor/protocol";
import type { NodeIdentity } from "@cortensor/wire";

/** The router's connection key, and its registered key's word for it: what it signs to clients with. */
export type ConnectionKey = Pick<NodeIdentity, "certificate" | "sign">;

/** The router's word for an assignment: Ed25519, so that no request costs a secp256k1 operation. See `connectionSigner`. */
export function connectionWord(
  key: ConnectionKey,
  { assignment, domain }: { readonly assignment: Assignment; readonly domain: Eip712Domain },
): SealedAssignment["word"] {
  const { certificate, signature: certifiedBy } = key.certificate();
  const signature = bytesToHex(key.sign(hexToBytes(typedDataDigest(domain, hashAssignment(assignment)))));
  return { certificate, certifiedBy, signature };
}
