import { type Address, addressOfPrivateKey, type Bytes32, type Hex, signDigest } from "@cortensor/protocol";
import type { Clock, Secret } from "@cortensor/runtime";
import { createNodeIdentity, type LinkRole, type NodeIdentity } from "@cortensor/wire";
import type { SignatureCounter } from "./signatureCounter.js";

/** Signs with a key of the node, and counts it. */
export type NodeSigner = { readonly address: Address; sign(digest: Bytes32): Hex };

export type Identity = {
  readonly signer: NodeSigner;
  /** What links are opened and accepted with. */
  readonly node: NodeIdentity;
};

export type IdentityOptions = {
  readonly role: LinkRole;
  readonly signingKey: Secret<Hex>;
  readonly chainId: number;
  /** The Registry contract. */
  readonly registry: Address;
  readonly clock: Clock;
  readonly signatures: SignatureCounter;
};

/** A node's registered key, and a connection key of this process certified by it. Throws PROTOCOL_BAD_KEY. */
export function createIdentity(options: IdentityOptions): Identity {
  const { role, chainId, registry, clock, signatures } = options;
  const signer = createNodeSigner(options.signingKey, signatures);
  const node = createNodeIdentity({
    role,
    address: signer.address,
    chainId,
    registry,
    signDigest: (digest) => signer.sign(digest),
    recoverSigner: (digest, signature) => signatures.recoverSigner(digest, signature),
    clock,
  });
  return { signer, node };
}

export function createNodeSigner(key: Secret<Hex>, signatures: SignatureCounter): NodeSigner {
  return {
    address: addressOfPrivateKey(key.expose()),
    sign: (digest) => {
      signatures.signed();
      return signDigest(digest, key.expose());
    },
  };
}
