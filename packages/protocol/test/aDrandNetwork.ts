import { type DrandNetwork, parseDrandKey, sha256Bytes, type UnixSeconds, utf8ToBytes } from "@cortensor/protocol";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bytesToHex } from "@noble/curves/utils.js";

const DOMAIN = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
const { shortSignatures } = bls12_381;

/** The network that `vectors/drand.json` has, whose key everybody knows, with other times. */
export function aDrandNetwork(times: { readonly genesis: UnixSeconds; readonly periodSeconds: number }): DrandNetwork {
  const key = shortSignatures.getPublicKey(secretOf("drand test key")).toHex(true);
  return { ...times, publicKey: parseDrandKey(`0x${key}`) };
}

/** What a relay says of a round, signed by that network's key or by another. */
export function aDrandAnswer(
  round: number,
  key = "drand test key",
): { readonly round: number; readonly randomness: string; readonly signature: string } {
  const message = new Uint8Array(8);
  new DataView(message.buffer).setBigUint64(0, BigInt(round));
  const hashed = shortSignatures.hash(sha256Bytes(message), DOMAIN);
  const signature = shortSignatures.sign(hashed, secretOf(key)).toBytes(true);
  return { round, randomness: bytesToHex(sha256Bytes(signature)), signature: bytesToHex(signature) };
}

function secretOf(name: string): Uint8Array {
  const secret = sha256Bytes(utf8ToBytes(name));
  secret[0] = 0;
  return secret;
}
