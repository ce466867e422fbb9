import { ByteReader } from "../byteReader.js";
import { keccak256, utf8ToBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { registryDomain, typedDataDigest } from "../eip712Domain.js";
import { ProtocolError } from "../errors.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex, UnixSeconds } from "../primitives.js";
import { recoverSigner, signDigest } from "../secp256k1.js";
import { WordWriter } from "../wordWriter.js";
import { SEAL_SUITES, type SealSuite, SUITE_BYTES, suiteNumber, suiteOfNumber } from "./sealSuite.js";

/** One suite's public key, raw. */
export type Prekey = { readonly suite: SealSuite; readonly publicKey: Uint8Array };

/**
 * The public keys that clients seal to during one prekey epoch of one miner. Its hash stands on chain; its signature is EIP-712
 * `PrekeyBundle(address node,uint64 prekeyEpoch,uint64 validFrom,uint64 validTo,bytes32 keysHash)` under the Registry's domain.
 */
export type PrekeyBundle = {
  readonly chainId: number;
  readonly registry: Address;
  /** Registered signing address of the miner. */
  readonly node: Address;
  /** See `prekeyEpochAt`. */
  readonly prekeyEpoch: number;
  /** First second of chain time at which it holds … */
  readonly validFrom: UnixSeconds;
  /** … and the first at which it no longer does. */
  readonly validTo: UnixSeconds;
  /** One for each suite at most, in the suites' order. */
  readonly keys: readonly Prekey[];
};

export type SignedPrekeyBundle = { readonly bundle: PrekeyBundle; readonly signature: Hex };

export const PREKEY_BUNDLE_TYPE =
  "PrekeyBundle(address node,uint64 prekeyEpoch,uint64 validFrom,uint64 validTo,bytes32 keysHash)";
const TYPE_HASH = keccak256Bytes(utf8ToBytes(PREKEY_BUNDLE_TYPE));
const writer = new WordWriter(6);
const VERSION = 1;
const WHAT = "prekey bundle";
const SIGNATURE_BYTES = 65;

/** `keccak256` of `encodePrekeyBundle`: what the chain holds for (node, prekey epoch). */
export function prekeyBundleHash(bundle: PrekeyBundle): Bytes32 {
  return keccak256(encodePrekeyBundle(bundle));
}

/**
 * A bundle's one encoding, big-endian: version u8 = 1 ‖ chainId u64 ‖ registry 20 ‖ node 20 ‖ prekeyEpoch u64 ‖ validFrom u64 ‖ validTo u64 ‖ keys u8, each suite
 * u16 ‖ public key, as long as its suite says. Throws PROTOCOL_BAD_RECORD for keys out of order, twice, of another length, or none.
 */
export function encodePrekeyBundle(bundle: PrekeyBundle): Uint8Array {
  return new ByteWriter()
    .uint("version", VERSION, 1)
    .uint("chainId", bundle.chainId, 8)
    .hex(bundle.registry, 20)
    .hex(bundle.node, 20)
    .uint("prekeyEpoch", bundle.prekeyEpoch, 8)
    .uint("validFrom", bundle.validFrom, 8)
    .uint("validTo", bundle.validTo, 8)
    .bytes(packKeys(bundle.keys))
    .toBytes()
    .slice();
}

/** Behind the bundle, its signature of 65 bytes: what a miner hands out. */
export function encodeSignedPrekeyBundle({ bundle, signature }: SignedPrekeyBundle): Uint8Array {
  return new ByteWriter().bytes(encodePrekeyBundle(bundle)).hex(signature, SIGNATURE_BYTES).toBytes().slice();
}

/** Reads a signed bundle. Whether it may be sealed to is `prekeyFault`'s to say. Throws PROTOCOL_BAD_RECORD. */
export function decodeSignedPrekeyBundle(bytes: Uint8Array): SignedPrekeyBundle {
  const reader = new ByteReader(bytes, WHAT);
  if (reader.uint("version", 1) !== VERSION) reader.refuse("another version");
  const bundle = {
    chainId: reader.uint("chainId", 8),
    registry: reader.hex(20),
    node: reader.hex(20),
    prekeyEpoch: reader.uint("prekeyEpoch", 8),
    validFrom: reader.uint("validFrom", 8),
    validTo: reader.uint("validTo", 8),
    keys: readKeys(reader),
  };
  const signature = reader.hex(SIGNATURE_BYTES);
  reader.end();
  checkKeys(bundle.keys);
  return { bundle, signature };
}

/** The EIP-712 struct hash. */
export function hashPrekeyBundle(bundle: PrekeyBundle): Bytes32 {
  return writer
    .begin(TYPE_HASH)
    .address(bundle.node)
    .uint64("prekeyEpoch", bundle.prekeyEpoch)
    .uint64("validFrom", bundle.validFrom)
    .uint64("validTo", bundle.validTo)
    .bytes32(keccak256(packKeys(bundle.keys)))
    .hash();
}

export function signPrekeyBundle(bundle: PrekeyBundle, privateKey: Hex): SignedPrekeyBundle {
  return { bundle, signature: signDigest(digestOf(bundle), privateKey) };
}

/** Throws PROTOCOL_BAD_SIGNATURE. */
export function prekeyBundleSigner({ bundle, signature }: SignedPrekeyBundle, recover = recoverSigner): Address {
  return recover(digestOf(bundle), signature);
}

function digestOf(bundle: PrekeyBundle): Bytes32 {
  return typedDataDigest(registryDomain(bundle), hashPrekeyBundle(bundle));
}

function packKeys(keys: readonly Prekey[]): Uint8Array {
  checkKeys(keys);
  const packed = new ByteWriter().uint("keys", keys.length, 1);
  for (const { suite, publicKey } of keys) packed.uint("suite", suiteNumber(suite), 2).bytes(publicKey);
  return packed.toBytes();
}

function readKeys(reader: ByteReader): readonly Prekey[] {
  const count = reader.uint("keys", 1);
  if (count > SEAL_SUITES.length) reader.refuse("more keys than suites");
  return Array.from({ length: count }, () => {
    const suite = suiteOfNumber(reader.uint("suite", 2)) ?? reader.refuse("an unknown suite");
    return { suite, publicKey: reader.bytes(SUITE_BYTES[suite].publicKey) };
  });
}

function checkKeys(keys: readonly Prekey[]): void {
  if (keys.length === 0) refuse("it has no key");
  for (const [index, { suite, publicKey }] of keys.entries()) {
    const before = keys[index - 1];
    if (before !== undefined && suiteNumber(before.suite) >= suiteNumber(suite)) refuse("keys out of order");
    if (publicKey.length !== SUITE_BYTES[suite].publicKey) refuse(`a key isn't one of ${suite}`);
  }
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}
