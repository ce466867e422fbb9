import { hexToBytes } from "./bytes.js";
import type { ConnectionCertificate } from "./certificates.js";
import { type Eip712Domain, typedDataDigest } from "./eip712Domain.js";
import { ProtocolError } from "./errors.js";
import type { Address, Bytes32, Hex, UnixSeconds } from "./primitives.js";
import { recoverSigner } from "./secp256k1.js";
import { hashConnectionCertificate } from "./structHash.js";
import { createEd25519, type VerifyEd25519 } from "./verifyEd25519.js";

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

/** What a word is checked by, for whoever remembers: certificates, imported keys. */
export type ConnectionChecks = { readonly certifierOf: typeof certifierOf; readonly verify: VerifyEd25519 };

const CHECKS: ConnectionChecks = { certifierOf, verify: createEd25519() };

/** Whose word it is; undefined where it is nobody's: another digest, an expired or forged certificate. */
export async function connectionSigner(
  word: ConnectionSignature,
  of: { readonly structHash: Bytes32; readonly domain: Eip712Domain; readonly nowSeconds: UnixSeconds },
  checks: ConnectionChecks = CHECKS,
): Promise<Address | undefined> {
  const { certificate } = word;
  const { domain, structHash, nowSeconds } = of;
  if (certificate.expires <= nowSeconds) return undefined;
  const message = hexToBytes(typedDataDigest(domain, structHash));
  try {
    const signature = hexToBytes(word.signature);
    const isSigned = await checks.verify({ publicKey: hexToBytes(certificate.connectionKey), message, signature });
    if (!isSigned) return undefined;
    return checks.certifierOf(word, domain) === certificate.node ? certificate.node : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
