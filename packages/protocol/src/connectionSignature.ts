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

/** What a signature rests on: a certificate, and who vouches for it. */
export type CertifiedKey = Pick<ConnectionSignature, "certificate" | "certifiedBy">;

/** Who signed a certificate, whether or not it is theirs. Throws PROTOCOL_BAD_SIGNATURE, PROTOCOL_BAD_HEX. */
export function certifierOf({ certificate, certifiedBy }: CertifiedKey, domain: Eip712Domain): Address {
  return recoverSigner(typedDataDigest(domain, hashConnectionCertificate(certificate)), certifiedBy);
}

/** Whose word it is; undefined where it is nobody's: another digest, an expired or forged certificate. `certifier` is for whoever remembers certificates. */
export function connectionSigner(
  word: ConnectionSignature,
  of: { readonly structHash: Bytes32; readonly domain: Eip712Domain; readonly nowSeconds: UnixSeconds },
  certifier: typeof certifierOf = certifierOf,
): Address | undefined {
  const { certificate, signature } = word;
  const { domain, structHash, nowSeconds } = of;
  if (certificate.expires <= nowSeconds) return undefined;
  const message = hexToBytes(typedDataDigest(domain, structHash));
  try {
    if (!ed25519.verify(hexToBytes(signature), message, hexToBytes(certificate.connectionKey))) return undefined;
    return certifier(word, domain) === certificate.node ? certificate.node : undefined;
  } catch {
    // Lengths and points that no key has: the libraries say so by errors.
    return undefined;
  }
}
