import { ed25519 } from "@noble/curves/ed25519.js";
import { hexToBytes } from "./bytes.js";
import type { ConnectionCertificate } from "./certificates.js";
import { type Eip712Domain, typedDataDigest } from "./eip712Domain.js";
import type { Address, Bytes32, Hex, UnixSeconds } from "./primitives.js";
import { recoverSigner } from "./secp256k1.js";
import { hashConnectionCertificate } from "./structHash.js";

/**
 * A node's word to somebody who has no link with it: Ed25519 over an EIP-712 digest under the Registry's domain, by a key of its process that its registered
 * key certified. Costs the node no secp256k1 operation, and whoever remembers the certificate none either.
 */
export type ConnectionSignature = {
  readonly certificate: ConnectionCertificate;
  /** By the node's registered key. */
  readonly certifiedBy: Hex;
  /** Ed25519, 64 bytes. */
  readonly signature: Hex;
};

/** Whose word it is; undefined where it is nobody's: another digest, an expired or forged certificate. */
export function connectionSigner(
  { certificate, certifiedBy, signature }: ConnectionSignature,
  of: { readonly structHash: Bytes32; readonly domain: Eip712Domain; readonly nowSeconds: UnixSeconds },
): Address | undefined {
  const { domain, structHash, nowSeconds } = of;
  if (certificate.expires <= nowSeconds) return undefined;
  const message = hexToBytes(typedDataDigest(domain, structHash));
  try {
    if (!ed25519.verify(hexToBytes(signature), message, hexToBytes(certificate.connectionKey))) return undefined;
    const signer = recoverSigner(typedDataDigest(domain, hashConnectionCertificate(certificate)), certifiedBy);
    return signer === certificate.node ? signer : undefined;
  } catch {
    // Lengths and points that no key has: the libraries say so by errors.
    return undefined;
  }
}
