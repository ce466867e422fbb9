import { generateKeyPairSync, sign } from "node:crypto";
import {
  type Address,
  bytesToHex,
  type ConnectionCertificate,
  hashConnectionCertificate,
  recoverSigner,
  registryDomain,
  typedDataDigest,
} from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import type { NodeIdentity, RecoverSigner, SignDigest, SignedCertificate } from "./identity.js";
import type { LinkRole } from "./link.js";
import { rawPublicKey } from "./rawKeys.js";

/** A certificate's life: a stolen connection key is worth a day. One signature every twelve hours. */
export const CERTIFICATE_SECONDS = 24 * 60 * 60;

export type NodeIdentityOptions = {
  readonly role: LinkRole;
  readonly address: Address;
  readonly chainId: number;
  readonly registry: Address;
  readonly signDigest: SignDigest;
  /** Who counts its verifications passes one that does. Default: protocol's. */
  readonly recoverSigner?: RecoverSigner;
  readonly clock: Clock;
};

/** Makes a connection key for this process and certifies it with the node's registered key. */
export function createNodeIdentity(options: NodeIdentityOptions): NodeIdentity {
  const { role, address, chainId, registry, clock } = options;
  const keys = generateKeyPairSync("ed25519");
  const connectionKey = bytesToHex(rawPublicKey(keys.publicKey));
  const domain = registryDomain({ chainId, registry });

  const certify = (): SignedCertificate => {
    const expires = nowSeconds(clock) + CERTIFICATE_SECONDS;
    const certificate: ConnectionCertificate = { node: address, connectionKey, expires };
    return {
      certificate,
      signature: options.signDigest(typedDataDigest(domain, hashConnectionCertificate(certificate))),
    };
  };

  let current = certify();
  return {
    role,
    address,
    chainId,
    registry,
    connectionKey,
    certificate: () => {
      if (current.certificate.expires - nowSeconds(clock) < CERTIFICATE_SECONDS / 2) current = certify();
      return current;
    },
    sign: (message) => sign(null, message, keys.privateKey),
    recoverSigner: options.recoverSigner ?? recoverSigner,
  };
}

function nowSeconds(clock: Clock): number {
  return Math.floor(clock.nowMs() / 1000);
}
