import { guardsDomain } from "../eip712Domain.js";
import { type Attestation, signAttestation } from "../guards/attestation.js";
import { type GuardSet, guardSet } from "../guards/guardSet.js";
import { encodeQuorum, type GuardSignature } from "../guards/quorum.js";
import type { Address, Bytes32, Hex } from "../primitives.js";
import { addressOfPrivateKey } from "../secp256k1.js";

/** A word that holds one small number. */
export const wordOf = (number: number): Bytes32 => `0x${number.toString(16).padStart(64, "0")}`;
export const addressOf = (number: number): Address => `0x${number.toString(16).padStart(40, "0")}`;

export const DOMAIN = guardsDomain({ chainId: 31_337, guards: addressOf(0xc0) });

/** Guards with keys, by address. */
export type KeyedGuard = { readonly guard: Address; readonly key: Hex };
const KEYS: readonly KeyedGuard[] = Array.from({ length: 32 }, (_, index) => {
  const key = wordOf(index + 1);
  return { key, guard: addressOfPrivateKey(key) };
}).sort((left, right) => (left.guard < right.guard ? -1 : 1));

/** The first `count` guards by address; fewer than there are keys. */
export function keyedGuards(count: number): readonly KeyedGuard[] {
  return KEYS.slice(0, count);
}

/** A set of keyed guards, of equal stake unless told otherwise. */
export function keyedSet(stakes: readonly bigint[], epoch = 7): GuardSet {
  return guardSet(
    epoch,
    keyedGuards(stakes.length).map(({ guard }, index) => ({ guard, stakeWei: stakes[index] ?? 1n })),
  );
}

export const equalStakes = (count: number): readonly bigint[] => Array.from({ length: count }, () => 10n ** 21n);

export function signedBy(guards: readonly KeyedGuard[], attestation: Attestation): readonly GuardSignature[] {
  return guards.map(({ guard, key }) => ({ guard, signature: signAttestation(DOMAIN, attestation, key).signature }));
}

export function packedBy(set: GuardSet, guards: readonly KeyedGuard[], attestation: Attestation): Uint8Array {
  return encodeQuorum(set, signedBy(guards, attestation));
}
