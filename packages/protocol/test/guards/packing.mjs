import { concat, encodePacked, keccak256, stringToHex } from "viem";

export const word = (tag) => keccak256(stringToHex(tag));
export const address = (tag) => `0x${word(tag).slice(26)}`;
export const ZERO = `0x${"00".repeat(32)}`;
export const KINDS = ["results", "reputation", "settlement", "beacon", "checkpoint", "dutyPay"];
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
/** What stands beside each node on a leaf's way up. */
export function pathOf(leaves, index) {
  const path = [];
  for (let [level, at] = [leaves, index]; level.length > 1; at = Math.floor(at / 2)) {
    const beside = level[at % 2 === 0 ? at + 1 : at - 1];
    if (beside !== undefined) path.push(beside);
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, pair) =>
      merkle(level.slice(2 * pair, 2 * pair + 2)),
    );
  }
  return path;
}
export const twice = (bytes) => keccak256(keccak256(bytes));
