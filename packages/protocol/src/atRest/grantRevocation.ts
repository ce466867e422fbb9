import { utf8ToBytes } from "../bytes.js";
import { type Eip712Domain, typedDataDigest } from "../eip712Domain.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex, UnixSeconds } from "../primitives.js";
import { recoverSigner, signDigest } from "../secp256k1.js";
import { WordWriter } from "../wordWriter.js";

/** An owner's word that a grant opens nothing from now on. EIP-712 `GrantRevocation(address owner,bytes32 grantHash,uint64 at)`. */
export type GrantRevocation = { readonly owner: Address; readonly grantHash: Bytes32; readonly at: UnixSeconds };
export type SignedGrantRevocation = { readonly revocation: GrantRevocation; readonly signature: Hex };

export const GRANT_REVOCATION_TYPE = "GrantRevocation(address owner,bytes32 grantHash,uint64 at)";
const TYPE_HASH = keccak256Bytes(utf8ToBytes(GRANT_REVOCATION_TYPE));
const writer = new WordWriter(4);

export function hashGrantRevocation({ owner, grantHash, at }: GrantRevocation): Bytes32 {
  return writer.begin(TYPE_HASH).address(owner).bytes32(grantHash).uint64("at", at).hash();
}

export function signGrantRevocation(
  domain: Eip712Domain,
  revocation: GrantRevocation,
  privateKey: Hex,
): SignedGrantRevocation {
  return { revocation, signature: signDigest(typedDataDigest(domain, hashGrantRevocation(revocation)), privateKey) };
}

/** Throws PROTOCOL_BAD_SIGNATURE. */
export function grantRevocationSigner(domain: Eip712Domain, { revocation, signature }: SignedGrantRevocation): Address {
  return recoverSigner(typedDataDigest(domain, hashGrantRevocation(revocation)), signature);
}
