import type { Address, Bytes32, Hex, UnixSeconds } from "@cortensor/protocol";
import type { LinkRole } from "./link.js";

/**
 * A node's word that a connection key is its own until `expires`, signed by its registered key.
 *
 * EIP-712 `ConnectionCertificate(uint8 role,bytes32 connectionKey,uint64 expires)` under the domain of the Registry contract.
 */
export type ConnectionCertificate = {
  readonly role: LinkRole;
  readonly address: Address;
  readonly connectionKey: Hex;
  readonly expires: UnixSeconds;
  readonly signature: Hex;
};

/** What a node needs to open or accept links: its certified connection key and the network it belongs to. */
export type NodeIdentity = {
  readonly role: LinkRole;
  /** Registered signing address. */
  readonly address: Address;
  readonly chainId: number;
  readonly registry: Address;
  readonly certificate: ConnectionCertificate;
  /** Ed25519 signature by the connection key, which never leaves this object. */
  sign(message: Uint8Array): Uint8Array;
};

/** Signs a 32-byte EIP-712 digest with the node's registered secp256k1 key: 65 bytes, r ‖ s ‖ v. */
export type SignDigest = (digest: Bytes32) => Hex | Promise<Hex>;
