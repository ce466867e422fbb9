import { addressOfPrivateKey, type Hex, signDigest } from "@cortensor/protocol";
import { type Clock, systemClock } from "@cortensor/runtime";
import { createNodeIdentity } from "../createNodeIdentity.js";
import type { NodeIdentity } from "../identity.js";
import type { LinkRole } from "../link.js";

export const KEYS = {
  router: `0x${"11".repeat(32)}`,
  miner: `0x${"22".repeat(32)}`,
  stranger: `0x${"33".repeat(32)}`,
} as const satisfies Record<string, Hex>;

export const REGISTRY: Hex = `0x${"aa".repeat(20)}`;
export const CHAIN_ID = 31_337;

export type IdentityOptions = {
  readonly role?: LinkRole;
  readonly key?: Hex;
  readonly chainId?: number;
  readonly registry?: Hex;
  readonly clock?: Clock;
};

export function anIdentity(options: IdentityOptions = {}): NodeIdentity {
  const role = options.role ?? "miner";
  const key = options.key ?? KEYS[role];
  return createNodeIdentity({
    role,
    address: addressOfPrivateKey(key),
    chainId: options.chainId ?? CHAIN_ID,
    registry: options.registry ?? REGISTRY,
    signDigest: (digest) => signDigest(digest, key),
    clock: options.clock ?? systemClock,
  });
}
