import {
  type Address,
  type CertifiedKey,
  certifierOf,
  type Eip712Domain,
  hashConnectionCertificate,
  typedDataDigest,
} from "@cortensor/protocol";

/** Certificates remembered: a router has one for each life of its process, and an operator few routers. The oldest goes first. */
export const CERTIFICATES_MAX = 64;

/**
 * Who signed which certificate, recovered once. A router's word comes with each assignment, and its certificate is the same every time: recovering costs a client
 * more than all that it seals.
 */
export class KnownCertificates {
  readonly #certifiers = new Map<string, Address>();
  readonly #recover: typeof certifierOf;

  constructor(recover: typeof certifierOf = certifierOf) {
    this.#recover = recover;
  }

  /** As `certifierOf`. Only the very bytes that were recovered before are known: another signature under the same certificate isn't. */
  certifierOf(key: CertifiedKey, domain: Eip712Domain): Address {
    const name = `${typedDataDigest(domain, hashConnectionCertificate(key.certificate))}.${key.certifiedBy}`;
    const known = this.#certifiers.get(name);
    if (known !== undefined) return known;
    const certifier = this.#recover(key, domain);
    this.#certifiers.set(name, certifier);
    for (const oldest of this.#certifiers.keys()) {
      if (this.#certifiers.size <= CERTIFICATES_MAX) break;
      this.#certifiers.delete(oldest);
    }
    return certifier;
  }
}
