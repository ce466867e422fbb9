import { concat, encodePacked, keccak256, stringToHex } from "viem";

export const word = (tag) => keccak256(stringToHex(tag));
export const address = (tag) => `0x${word(tag).slice(26)}`;
export const ZERO = `0x${"00".repeat(32)}`;
export const KINDS = ["results", "reputation", "settlement", "beacon", "checkpoint"];
/** Hashes packed values, given as pairs of type and value. */
export const packed = (...pairs) =>
  encodePacked(
    pairs.map(([type]) => type),
    pairs.map(([, value]) => value),
  );
export const hash = (...pairs) => keccak256(packed(...pairs));
export const byAddress = (left, right) => (left.guard < right.guard ? -1 : 1);

/** A Merkle root over leaves in order: pairs hashed in ascending order, an odd node moves up. */
export function merkle(leaves) {
  let level = leaves;
  while (level.length > 1) {
    const up = [];
    for (let at = 0; at < level.length; at += 2) {
      const pair = level.slice(at, at + 2).sort();
      up.push(pair.length === 2 ? keccak256(concat(pair)) : pair[0]);
    }
    level = up;
  }
  return level[0] ?? ZERO;
}
export const twice = (bytes) => keccak256(keccak256(bytes));
