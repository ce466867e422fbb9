import { combine, split } from "shamir-secret-sharing";
import { bytesToHex, hexToBytes, keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import type { Address, Bytes32, Hex } from "../primitives.js";
import { AEAD_NONCE_BYTES, type Aead } from "../sealing/aead.js";
import { decapsulate, encapsulate } from "../sealing/hpke.js";
import { SEAL_KEY_BYTES, type SealSuite, suiteNumber } from "../sealing/sealSuite.js";

/** The smallest set that can share a key: of one guard alone the share would be the key. */
export const SHARERS_MIN = 2;
/** The largest: a share's place is one byte, and no set is as large. */
export const SHARERS_MAX = 255;
/** A share: as many bytes as the key, and its place. */
export const SHARE_BYTES: number = SEAL_KEY_BYTES + 1;

/** Guards that must release their shares: more than two thirds of a set, as for everything that guards say. */
export function openingThreshold(guards: number): number {
  return Math.floor((2 * guards) / 3) + 1;
}

/** A guard to whom a share is sealed. */
export type Sharer = {
  readonly guard: Address;
  /** `prekeyBundleHash` of the bundle that the key stands in. */
  readonly bundleHash: Bytes32;
  readonly publicKey: Uint8Array;
};

/** One guard's share, which it alone opens. */
export type SealedShare = {
  readonly guard: Address;
  /** By it the guard finds its prekey. */
  readonly bundleHash: Bytes32;
  /** `keccak256("opening-share-v1" ‖ taskId ‖ guard ‖ share)`: whoever releases another is known by it. */
  readonly shareHash: Bytes32;
  readonly enc: Hex;
  readonly sealed: Hex;
};

/** A task's data key in shares, one for each guard of a set: what travels beside an envelope whose session lets samples be opened. */
export type SharedKey = {
  readonly taskId: Bytes32;
  readonly suite: SealSuite;
  /** `guardSetHash` of the set that it was shared to. */
  readonly setHash: Bytes32;
  readonly threshold: number;
  /** `keccak256("opening-key-v1" ‖ taskId ‖ key)`: by it whoever opens knows the key. */
  readonly keyHash: Bytes32;
  /** By guard, ascending. */
  readonly shares: readonly SealedShare[];
};

const NONCE = new Uint8Array(AEAD_NONCE_BYTES);

/** Shares a data key out among all guards of a set. Throws PROTOCOL_BAD_RECORD for a set too small or too large, or a guard that stands in it twice. */
export async function shareDataKey(parts: {
  readonly taskId: Bytes32;
  readonly dataKey: Uint8Array;
  readonly suite: SealSuite;
  readonly setHash: Bytes32;
  readonly sharers: readonly Sharer[];
  readonly aead: Aead;
}): Promise<SharedKey> {
  const { taskId, dataKey, suite, setHash, aead } = parts;
  const sharers = [...parts.sharers].sort((left, right) => (left.guard < right.guard ? -1 : 1));
  if (sharers.length < SHARERS_MIN || sharers.length > SHARERS_MAX) refuse(`${sharers.length} guards share no key`);
  if (new Set(sharers.map(({ guard }) => guard)).size !== sharers.length) refuse("a guard stands in the set twice");
  if (dataKey.length !== SEAL_KEY_BYTES) refuse("a data key has 32 bytes");
  const threshold = openingThreshold(sharers.length);
  const head = { taskId, suite, setHash, threshold, keyHash: keyHashOf(taskId, dataKey) };
  const pieces = await split(dataKey.slice(), sharers.length, threshold);
  const shares = await Promise.all(
    sharers.map(async ({ guard, bundleHash, publicKey }, index): Promise<SealedShare> => {
      const share = pieces[index] ?? new Uint8Array();
      const shareHash = shareHashOf({ taskId, guard, share });
      const info = shareInfo(head, { guard, shareHash });
      const { enc, keys } = await encapsulate(suite, { publicKey, info });
      const sealed = aead.seal(keys.up, { nonce: NONCE, aad: info, data: share });
      return { guard, bundleHash, shareHash, enc: bytesToHex(enc), sealed: bytesToHex(sealed) };
    }),
  );
  return { ...head, shares };
}

/** A guard's own share; undefined where none is sealed to this key, or under other terms. */
export async function openShare(
  shared: SharedKey,
  parts: { readonly guard: Address; readonly privateKey: Uint8Array; readonly aead: Aead },
): Promise<Uint8Array | undefined> {
  const { guard, privateKey, aead } = parts;
  const own = shared.shares.find((share) => share.guard === guard);
  if (own === undefined) return undefined;
  const info = shareInfo(shared, own);
  const keys = await decapsulate(shared.suite, { privateKey, enc: hexToBytes(own.enc), info });
  const share = keys && aead.open(keys.up, { nonce: NONCE, aad: info, data: hexToBytes(own.sealed) });
  return share !== undefined && isShareOf(shared, { guard, share }) ? share : undefined;
}

export type ReleasedShare = { readonly guard: Address; readonly share: Uint8Array };

export type OpenedKey =
  | { readonly kind: "opened"; readonly dataKey: Uint8Array }
  /** `wrong`: guards whose shares are others than those that were sealed to them. */
  | { readonly kind: "tooFew"; readonly good: number; readonly threshold: number; readonly wrong: readonly Address[] }
  /** Enough shares that are what they were said to be, and another key: whoever shared it out lied. */
  | { readonly kind: "otherKey" };

/** The data key, from as many released shares as its threshold needs; shares that aren't what they should be are left out and named. */
export async function combineShares(shared: SharedKey, released: readonly ReleasedShare[]): Promise<OpenedKey> {
  const good = new Map<Address, Uint8Array>();
  const wrong: Address[] = [];
  for (const one of released) {
    if (isShareOf(shared, one)) good.set(one.guard, one.share.slice());
    else wrong.push(one.guard);
  }
  const { threshold } = shared;
  const isTooFew = good.size < threshold || threshold !== openingThreshold(shared.shares.length);
  if (isTooFew) return { kind: "tooFew", good: good.size, threshold, wrong };
  const shares = [...good.values()].slice(0, threshold);
  const places = new Set(shares.map((share) => share.at(-1)));
  if (places.size !== shares.length) return { kind: "otherKey" };
  const dataKey = await combine(shares);
  return keyHashOf(shared.taskId, dataKey) === shared.keyHash ? { kind: "opened", dataKey } : { kind: "otherKey" };
}

/** Whether a share is the one that was sealed to its guard. */
export function isShareOf({ taskId, shares }: SharedKey, { guard, share }: ReleasedShare): boolean {
  const own = shares.find((one) => one.guard === guard);
  return share.length === SHARE_BYTES && own?.shareHash === shareHashOf({ taskId, guard, share });
}

function shareHashOf(of: { readonly taskId: Bytes32; readonly guard: Address; readonly share: Uint8Array }): Bytes32 {
  const writer = new ByteWriter().tag("opening-share-v1").hex(of.taskId, 32).hex(of.guard, 20);
  return keccak256(writer.bytes(of.share).toBytes());
}

function keyHashOf(taskId: Bytes32, dataKey: Uint8Array): Bytes32 {
  return keccak256(new ByteWriter().tag("opening-key-v1").hex(taskId, 32).bytes(dataKey).toBytes());
}

/** `"cortensor share v1" ‖ suite u16 ‖ taskId ‖ set hash ‖ threshold u8 ‖ key hash ‖ guard ‖ share hash`: a share is good for one guard of one task. */
function shareInfo(
  head: Omit<SharedKey, "shares">,
  { guard, shareHash }: Pick<SealedShare, "guard" | "shareHash">,
): Uint8Array {
  return new ByteWriter()
    .tag("cortensor share v1")
    .uint("suite", suiteNumber(head.suite), 2)
    .hex(head.taskId, 32)
    .hex(head.setHash, 32)
    .uint("threshold", head.threshold, 1)
    .hex(head.keyHash, 32)
    .hex(guard, 20)
    .hex(shareHash, 32)
    .toBytes()
    .slice();
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "shared key", reason });
}
