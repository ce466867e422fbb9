import { type Address, type Bytes32, parseAddress, type UnixSeconds } from "@cortensor/protocol";

/** In the order of their bits. */
export const NODE_ROLES = ["router", "miner", "guard"] as const;
export type NodeRole = (typeof NODE_ROLES)[number];

/** A node as the registry knows it. */
export type NodeRecord = {
  /** Counts from 1. */
  readonly id: number;
  /** The operator. */
  readonly owner: Address;
  readonly signer: Address;
  /** X25519 public key for sealed prompts; zero when none. */
  readonly sealingKey: Bytes32;
  /** What its engine answers as; zero when it has none. */
  readonly kernelClass: Bytes32;
  readonly roles: readonly NodeRole[];
  readonly peerId: string;
  readonly endpoint: string;
  readonly metadata: string;
  readonly registeredAt: UnixSeconds;
  /** 0 while active. A signer that has left can't come back. */
  readonly leftAt: UnixSeconds;
};

export function encodeRoles(roles: readonly NodeRole[]): number {
  return roles.reduce((bits, role) => bits | (1 << NODE_ROLES.indexOf(role)), 0);
}

export function decodeRoles(bits: number): readonly NodeRole[] {
  return NODE_ROLES.filter((_, index) => (bits & (1 << index)) !== 0);
}

/** What `Registry.nodeOf` returns. */
type ChainNode = {
  readonly owner: Address;
  readonly registeredAt: number;
  readonly leftAt: number;
  readonly id: number;
  readonly details: {
    readonly roles: number;
    readonly sealingKey: Bytes32;
    readonly kernelClass: Bytes32;
    readonly peerId: string;
    readonly endpoint: string;
    readonly metadata: string;
  };
};

/** Undefined for a signer that was never registered. */
export function toNodeRecord(signer: Address, node: ChainNode): NodeRecord | undefined {
  if (node.id === 0) return undefined;
  const { roles, ...details } = node.details;
  return {
    id: node.id,
    owner: parseAddress(node.owner),
    signer: parseAddress(signer),
    roles: decodeRoles(roles),
    ...details,
    registeredAt: node.registeredAt,
    leftAt: node.leftAt,
  };
}
