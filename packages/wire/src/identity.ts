import type { Address, Bytes32, ConnectionCertificate, Hex } from "@cortensor/protocol";
import type { LinkRole } from "./link.js";

/** A certificate with the registered key's signature: 65 bytes, r ‖ s ‖ v. */
export type SignedCertificate = { readonly certificate: ConnectionCertificate; readonly signature: Hex };

/** What a node needs to open or accept links: a certified connection key and the network it belongs to. */
export type NodeIdentity = {
  readonly role: LinkRole;
  /** Registered signing address. */
  readonly address: Address;
  readonly chainId: number;
  /** The Registry contract that knows the address. */
  readonly registry: Address;
  /** Ed25519 public key, raw. */
  readonly connectionKey: Bytes32;
  /** The certificate of the connection key; renewed when it comes near its end, so asked for at each handshake. */
  certificate(): SignedCertificate;
  /** Ed25519 signature, 64 bytes, by the connection key, which never leaves this object. */
  sign(message: Uint8Array): Uint8Array;
  /** Who signed a peer's certificate. Throws PROTOCOL_BAD_SIGNATURE, PROTOCOL_BAD_HEX. */
  readonly recoverSigner: RecoverSigner;
};

/** Signs a 32-byte EIP-712 digest with the node's registered secp256k1 key. */
export type SignDigest = (digest: Bytes32) => Hex;

/** The address whose registered secp256k1 key signed a digest. */
export type RecoverSigner = (digest: Bytes32, signature: Hex) => Address;
