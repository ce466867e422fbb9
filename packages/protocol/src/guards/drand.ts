import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bytesToHex, concatBytes, hexToBytes, sha256Bytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import { type Bytes32, type Hex, isHex, type UnixSeconds } from "../primitives.js";
import type { DrandRound } from "./beacon.js";

const DOMAIN = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
/** A coordinate as EIP-2537 has it, whose first 16 bytes are zero. */
const COORDINATE_BYTES = 64;
const KEY_BYTES = 4 * COORDINATE_BYTES;
/** A round's signature as drand publishes it: a point of G1, compressed. */
export const DRAND_SIGNATURE_BYTES = 48;

/** A drand network of the scheme `bls-unchained-g1-rfc9380`, as the contract has it. */
export type DrandNetwork = {
  /** 256 bytes, a point of G2 as EIP-2537 has it: x then y, of each c0 then c1. */
  readonly publicKey: Hex;
  /** When its first round was published. */
  readonly genesis: UnixSeconds;
  readonly periodSeconds: number;
};

/** A round whose signature was checked. */
export type SignedDrandRound = DrandRound & {
  /** 128 bytes, a point of G1 as EIP-2537 has it: x then y. What the contract takes. */
  readonly signature: Hex;
};

/** A network's key as the contract takes it, from the 96 bytes that drand publishes. Throws PROTOCOL_BAD_KEY for anything but a key. */
export function parseDrandKey(compressed: string): Hex {
  try {
    const point = bls12_381.G2.Point.fromBytes(hexToBytes(compressed));
    point.assertValidity();
    if (point.is0()) throw new Error("the point at infinity");
    const { x, y } = point.toAffine();
    return toHex([x.c0, x.c1, y.c0, y.c1]);
  } catch (cause) {
    throw new ProtocolError({ code: "PROTOCOL_BAD_KEY", reason: "no public key of drand" }, { cause });
  }
}

/**
 * A round by the signature that somebody shows for it, compressed. Undefined for anything that the network hasn't signed as that round: another
 * round's, another network's, changed bytes, no point at all. Throws PROTOCOL_BAD_KEY for a network without a key.
 */
export function openDrandRound(
  { publicKey }: Pick<DrandNetwork, "publicKey">,
  shown: { readonly round: number; readonly signature: Uint8Array },
): SignedDrandRound | undefined {
  const { round, signature } = shown;
  if (signature.length !== DRAND_SIGNATURE_BYTES || !Number.isSafeInteger(round) || round < 1) return undefined;
  const key = pointOfKey(publicKey);
  const point = pointOfSignature(signature);
  if (point === undefined) return undefined;
  const { shortSignatures } = bls12_381;
  const hashed = shortSignatures.hash(messageOf(round), DOMAIN);
  if (!shortSignatures.verify(point, hashed, key)) return undefined;
  const { x, y } = point.toAffine();
  return { round, randomness: toWord(sha256Bytes(signature)), signature: toHex([x, y]) };
}

function messageOf(round: number): Uint8Array {
  return sha256Bytes(new ByteWriter().uint("round", round, 8).toBytes());
}

function pointOfKey(publicKey: Hex) {
  const refuse = (cause?: unknown): never => {
    throw new ProtocolError({ code: "PROTOCOL_BAD_KEY", reason: "no public key of drand" }, { cause });
  };
  if (!isHex(publicKey)) return refuse();
  const bytes = hexToBytes(publicKey);
  if (bytes.length !== KEY_BYTES) return refuse();
  const [xc0 = 0n, xc1 = 0n, yc0 = 0n, yc1 = 0n] = Array.from({ length: 4 }, (_, place) => coordinateAt(bytes, place));
  try {
    const point = bls12_381.G2.Point.fromAffine({ x: { c0: xc0, c1: xc1 }, y: { c0: yc0, c1: yc1 } });
    point.assertValidity();
    return point.is0() ? refuse() : point;
  } catch (cause) {
    return refuse(cause);
  }
}

/** Undefined for bytes that are no point of the group of prime order, or the one at infinity. */
function pointOfSignature(signature: Uint8Array) {
  try {
    const point = bls12_381.shortSignatures.Signature.fromBytes(signature);
    point.assertValidity();
    return point.is0() ? undefined : point;
  } catch {
    // The curve's library throws errors of no type for bytes that somebody made up.
    return undefined;
  }
}

function coordinateAt(bytes: Uint8Array, place: number): bigint {
  return BigInt(bytesToHex(bytes.subarray(place * COORDINATE_BYTES, (place + 1) * COORDINATE_BYTES)));
}

function toHex(coordinates: readonly bigint[]): Hex {
  return bytesToHex(
    concatBytes(
      ...coordinates.map((value) => hexToBytes(`0x${value.toString(16).padStart(2 * COORDINATE_BYTES, "0")}`)),
    ),
  );
}

function toWord(bytes: Uint8Array): Bytes32 {
  return bytesToHex(bytes);
}
