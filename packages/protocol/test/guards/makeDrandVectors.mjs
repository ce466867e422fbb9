/**
 * Makes `vectors/drand.json` with @noble/curves alone: a round that drand's quicknet published, rounds of a network whose key everybody knows, and
 * points that sign nothing. Run: node packages/protocol/test/guards/makeDrandVectors.mjs, then biome check --write on the file.
 */
import { writeFileSync } from "node:fs";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bytesToHex, hexToBytes } from "@noble/curves/utils.js";
import { sha256 } from "@noble/hashes/sha2.js";

const DOMAIN = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
const { shortSignatures, G1, G2, fields } = bls12_381;
const P = fields.Fp.ORDER;
const QUICKNET = {
  compressedKey:
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
  round: 1000,
  signature: "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
};

const coordinate = (value) => value.toString(16).padStart(128, "0");
const point = (x, y) => `0x${coordinate(x)}${coordinate(y)}`;
const pointOf = (at) => point(at.toAffine().x, at.toAffine().y);
const keyOf = (compressed) => {
  const { x, y } = G2.Point.fromHex(compressed).toAffine();
  return `0x${[x.c0, x.c1, y.c0, y.c1].map(coordinate).join("")}`;
};
const hashed = (round) => {
  const message = new Uint8Array(8);
  new DataView(message.buffer).setBigUint64(0, BigInt(round));
  return shortSignatures.hash(sha256(message), DOMAIN);
};
const secretOf = (name) => {
  const secret = sha256(new TextEncoder().encode(name));
  secret[0] = 0;
  return secret;
};
const roundOf = (network, round, compressed) => {
  const isSigned = shortSignatures.verify(hexToBytes(compressed), hashed(round), hexToBytes(keys[network]));
  if (!isSigned) throw new Error(`round ${round} isn't signed`);
  const signature = pointOf(G1.Point.fromHex(compressed));
  return {
    network,
    round,
    compressed: `0x${compressed}`,
    signature,
    randomness: `0x${bytesToHex(sha256(hexToBytes(compressed)))}`,
  };
};
const sign = (name, round) => shortSignatures.sign(hashed(round), secretOf(name)).toHex(true);

const keys = [
  QUICKNET.compressedKey,
  shortSignatures.getPublicKey(secretOf("drand test key")).toHex(true),
  shortSignatures.getPublicKey(secretOf("another key")).toHex(true),
];
/** A point of the curve that isn't in its group of prime order. */
const outside = () => {
  for (let x = 1n; ; x += 1n) {
    const squared = fields.Fp.create(x ** 3n + 4n);
    const y = fields.Fp.pow(squared, (P + 1n) / 4n);
    if (fields.Fp.sqr(y) !== squared) continue;
    if (!G1.Point.fromAffine({ x, y }).isTorsionFree()) return point(x, y);
  }
};
const good = roundOf(1, 1915, sign("drand test key", 1915));
const { x, y } = G1.Point.fromHex(good.compressed.slice(2)).toAffine();
const negated = G1.Point.fromAffine({ x, y }).negate();
const vectors = {
  networks: keys.map((compressed) => ({ compressedKey: `0x${compressed}`, publicKey: keyOf(compressed) })),
  due: [
    { genesis: 1_000, periodSeconds: 3, time: 999, round: 1 },
    { genesis: 1_000, periodSeconds: 3, time: 1_000, round: 1 },
    { genesis: 1_000, periodSeconds: 3, time: 1_001, round: 2 },
    { genesis: 1_000, periodSeconds: 3, time: 1_003, round: 2 },
    { genesis: 1_000, periodSeconds: 3, time: 1_004, round: 3 },
    { genesis: 1_692_803_367, periodSeconds: 3, time: 1_692_806_364, round: 1_000 },
  ],
  rounds: [
    roundOf(0, QUICKNET.round, QUICKNET.signature),
    good,
    roundOf(1, 1914, sign("drand test key", 1914)),
    roundOf(1, 2115, sign("drand test key", 2115)),
    roundOf(2, 1915, sign("another key", 1915)),
  ],
  /** What signs no round, whoever's. */
  forged: [
    { why: "the point at infinity", signature: point(0n, 0n) },
    { why: "x not below p", signature: point(x + P, y) },
    { why: "y not below p", signature: point(x, y + P) },
    { why: "not on the curve", signature: point(x, y + 1n) },
    { why: "not in the group of prime order", signature: outside() },
    { why: "the round's negated", signature: pointOf(negated) },
    { why: "the round's times two", signature: pointOf(negated.double()) },
    { why: "the group's generator", signature: pointOf(G1.Point.BASE) },
    { why: "bytes before x", signature: `0x01${good.signature.slice(4)}` },
  ],
};
writeFileSync(new URL("../../vectors/drand.json", import.meta.url), `${JSON.stringify(vectors, undefined, 2)}\n`);
