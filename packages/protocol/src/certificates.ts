import type { Address, Bytes32, UnixSeconds } from "./primitives.js";

/**
 * A node's registered key vouches for the key of one connection, so that no later message needs its own signature.
 *
 * `ConnectionCertificate(address node,bytes32 connectionKey,uint64 expires)` under the domain of the Registry contract.
 */
export type ConnectionCertificate = {
  /** Registered signing address. */
  readonly node: Address;
  /** Ed25519 public key, raw. */
  readonly connectionKey: Bytes32;
  readonly expires: UnixSeconds;
};

/**
 * A session owner's word that buys a bearer token at one operator's routers.
 *
 * `Access(uint32 account,address lane,uint64 expires)` under the domain of the SessionPayment contract.
 */
export type Access = { readonly account: number; readonly lane: Address; readonly expires: UnixSeconds };

/**
 * A session owner's grant to a key that may sign debits: custody `delegated`.
 *
 * `SpendingKey(uint32 account,address key,uint96 capPerEpochWei,uint96 totalCapWei,uint64 expires)` under the domain of the
 * SessionPayment contract.
 */
export type SpendingKey = {
  readonly account: number;
  readonly key: Address;
  /** Most that may be debited in one chain epoch. Unused caps don't add up. */
  readonly capPerEpochWei: bigint;
  /** Most that may be debited in all. */
  readonly totalCapWei: bigint;
  readonly expires: UnixSeconds;
};
