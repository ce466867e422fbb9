import { bytesToHex, hexToBytes, keccak256, writeHex } from "./bytes.js";
import { assert, ProtocolError } from "./errors.js";
import { keccak256Bytes } from "./keccak.js";
import { MERKLE_LEAVES_MAX, MERKLE_PATH_MAX } from "./limits.js";
import type { Bytes32 } from "./primitives.js";

const WORD = 32;

/** A Merkle tree over leaf hashes, as OpenZeppelin's `MerkleProof` verifies it. */
export type MerkleTree = {
  readonly root: Bytes32;
  /** Siblings from the leaf up; shorter where a node moved up unpaired. Throws PROTOCOL_BAD_TREE outside the leaves. */
  pathOf(index: number): readonly Bytes32[];
};

/**
 * The leaf of a struct: `keccak256(structHash)`. A leaf is the hash of 32 bytes and an inner node that of 64, so neither
 * can be passed off as the other.
 */
export function leafHash(structHash: Bytes32): Bytes32 {
  return keccak256(hexToBytes(structHash));
}

/**
 * Builds the tree of leaf hashes, in their order. Pairs are hashed in ascending order of bytes; an odd node moves up
 * unchanged. Throws PROTOCOL_BAD_TREE for no leaves, or more than MERKLE_LEAVES_MAX.
 */
export function merkleTree(leaves: readonly Bytes32[]): MerkleTree {
  const levels = buildLevels(leaves);
  return {
    root: bytesToHex(levels.at(-1) ?? new Uint8Array(WORD)),
    pathOf: (index) => pathThrough(levels, leaves.length, index),
  };
}

export function merkleRoot(leaves: readonly Bytes32[]): Bytes32 {
  return bytesToHex(buildLevels(leaves).at(-1) ?? new Uint8Array(WORD));
}

/** Whether a leaf hash stands under a root. False, never an error, for a path that is too long or no hex. */
export function verifyMerklePath(leaf: Bytes32, path: readonly Bytes32[], root: Bytes32): boolean {
  if (path.length > MERKLE_PATH_MAX) return false;
  if (![leaf, root, ...path].every((word) => /^0x[0-9a-f]{64}$/.test(word))) return false;
  const pair = new Uint8Array(2 * WORD);
  let node = leaf;
  for (const sibling of path) {
    // Lower-case hex of one length sorts as its bytes do.
    writeHex(pair, 0, node < sibling ? node : sibling, WORD);
    writeHex(pair, WORD, node < sibling ? sibling : node, WORD);
    node = keccak256(pair);
  }
  return node === root;
}

/** Levels from the leaves up, each packed into one array; the last is the root alone. */
function buildLevels(leaves: readonly Bytes32[]): readonly Uint8Array[] {
  if (leaves.length === 0) throw new ProtocolError({ code: "PROTOCOL_BAD_TREE", reason: "no leaves" });
  if (leaves.length > MERKLE_LEAVES_MAX)
    throw new ProtocolError({ code: "PROTOCOL_BAD_TREE", reason: "too many leaves" });
  let level = new Uint8Array(leaves.length * WORD);
  leaves.forEach((leaf, index) => {
    writeHex(level, index * WORD, leaf, WORD);
  });
  const levels = [level];
  while (level.length > WORD) {
    level = parentsOf(level);
    levels.push(level);
  }
  return levels;
}

function parentsOf(level: Uint8Array): Uint8Array<ArrayBuffer> {
  const count = level.length / WORD;
  const parents = new Uint8Array(Math.ceil(count / 2) * WORD);
  const pair = new Uint8Array(2 * WORD);
  for (let index = 0; index + 1 < count; index += 2) {
    const left = level.subarray(index * WORD, (index + 1) * WORD);
    const right = level.subarray((index + 1) * WORD, (index + 2) * WORD);
    const isAscending = isLower(left, right);
    pair.set(isAscending ? left : right, 0);
    pair.set(isAscending ? right : left, WORD);
    parents.set(keccak256Bytes(pair), (index / 2) * WORD);
  }
  if (count % 2 === 1) parents.set(level.subarray((count - 1) * WORD), parents.length - WORD);
  return parents;
}

function pathThrough(levels: readonly Uint8Array[], count: number, index: number): readonly Bytes32[] {
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new ProtocolError({ code: "PROTOCOL_BAD_TREE", reason: "no such leaf" });
  }
  const path: Bytes32[] = [];
  let at = index;
  for (const level of levels.slice(0, -1)) {
    const sibling = at ^ 1;
    if (sibling * WORD < level.length) path.push(bytesToHex(level.subarray(sibling * WORD, (sibling + 1) * WORD)));
    at >>= 1;
  }
  assert(path.length <= MERKLE_PATH_MAX, "a path is no longer than the largest tree is high");
  return path;
}

function isLower(left: Uint8Array, right: Uint8Array): boolean {
  for (let index = 0; index < WORD; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
