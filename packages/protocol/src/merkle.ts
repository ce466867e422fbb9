import { bytesToHex, concatBytes, hexToBytes, keccak256, writeHex } from "./bytes.js";
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

/** A tree of all leaves, which can also say what a part of them needs to be rebuilt to the root. */
export type WholeMerkleTree = MerkleTree & {
  /** The nodes beside the leaves `from` … `to − 1`, from the leaves up, left before right. Throws PROTOCOL_BAD_TREE for no such part. */
  siblingsOf(from: number, to: number): readonly Bytes32[];
};

/** Leaves that stand side by side in a tree of `count`, and the nodes beside them: one proof for all of them. */
export type MerkleRange = {
  readonly count: number;
  /** Place of the first. */
  readonly from: number;
  readonly leaves: readonly Bytes32[];
  readonly siblings: readonly Bytes32[];
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
export function merkleTree(leaves: readonly Bytes32[]): WholeMerkleTree {
  const levels = buildLevels(leaves).map((nodes) => ({ nodes, first: 0, width: nodes.length / WORD }));
  return {
    root: rootOf(levels),
    pathOf: (index) => pathThrough(levels, { from: 0, to: leaves.length }, index),
    siblingsOf: (from, to) => siblingsBeside(levels, from, to),
  };
}

/**
 * Rebuilds, from a part of a tree's leaves, the root and the path of each of them: about one hash per leaf instead of a path's
 * length. Undefined for a part that is none; whoever calls compares the root.
 */
export function rebuildMerkleTree({ count, from, leaves, siblings }: MerkleRange): MerkleTree | undefined {
  const isPart = Number.isInteger(from) && from >= 0 && leaves.length > 0 && from + leaves.length <= count;
  if (!isPart || count > MERKLE_LEAVES_MAX || ![...leaves, ...siblings].every(isWord)) return undefined;
  const given = siblings.values();
  const levels: Level[] = [];
  let nodes = packWords(leaves);
  for (let first = from, width = count; ; first >>= 1, width = Math.ceil(width / 2)) {
    const isWhole = width > 1;
    const left = isWhole && first % 2 === 1 ? given.next() : NO_SIBLING;
    const end = first + nodes.length / WORD;
    const right = isWhole && end % 2 === 1 && end < width ? given.next() : NO_SIBLING;
    if ((left !== NO_SIBLING && left.done) || (right !== NO_SIBLING && right.done)) return undefined;
    const known = concatBytes(wordBytes(left.value), nodes, wordBytes(right.value));
    levels.push({ nodes: known, first: first & ~1, width });
    if (!isWhole) break;
    nodes = parentsOf(known);
  }
  if (!given.next().done) return undefined;
  return {
    root: rootOf(levels),
    pathOf: (index) => pathThrough(levels, { from, to: from + leaves.length }, index),
  };
}

export function merkleRoot(leaves: readonly Bytes32[]): Bytes32 {
  return bytesToHex(buildLevels(leaves).at(-1) ?? new Uint8Array(WORD));
}

/** Whether a leaf hash stands under a root. False, never an error, for a path that is too long or no hex. */
export function verifyMerklePath(leaf: Bytes32, path: readonly Bytes32[], root: Bytes32): boolean {
  if (path.length > MERKLE_PATH_MAX) return false;
  if (!isWord(leaf) || !isWord(root) || !path.every(isWord)) return false;
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
  let level = packWords(leaves);
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

/** Nodes of one level side by side, the place of the first of them, and how many the whole level has. */
type Level = { readonly nodes: Uint8Array; readonly first: number; readonly width: number };

const NO_SIBLING = { done: false, value: undefined } as const;
const NOTHING = new Uint8Array(0);

function wordBytes(word: Bytes32 | undefined): Uint8Array {
  return word === undefined ? NOTHING : hexToBytes(word);
}

function isWord(word: string): boolean {
  return /^0x[0-9a-f]{64}$/.test(word);
}

function packWords(words: readonly Bytes32[]): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(words.length * WORD);
  for (const [index, word] of words.entries()) writeHex(packed, index * WORD, word, WORD);
  return packed;
}

function rootOf(levels: readonly Level[]): Bytes32 {
  return bytesToHex(levels.at(-1)?.nodes ?? new Uint8Array(WORD));
}

function nodeAt({ nodes, first }: Level, place: number): Bytes32 {
  return bytesToHex(nodes.subarray((place - first) * WORD, (place - first + 1) * WORD));
}

function siblingsBeside(levels: readonly Level[], from: number, to: number): readonly Bytes32[] {
  const count = levels[0]?.width ?? 0;
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || from >= to || to > count) {
    throw new ProtocolError({ code: "PROTOCOL_BAD_TREE", reason: "no such leaves" });
  }
  const siblings: Bytes32[] = [];
  let first = from;
  let end = to;
  for (const level of levels.slice(0, -1)) {
    if (first % 2 === 1) siblings.push(nodeAt(level, first - 1));
    if (end % 2 === 1 && end < level.width) siblings.push(nodeAt(level, end));
    first >>= 1;
    end = Math.ceil(end / 2);
  }
  return siblings;
}

function pathThrough(
  levels: readonly Level[],
  part: { readonly from: number; readonly to: number },
  index: number,
): readonly Bytes32[] {
  if (!Number.isInteger(index) || index < part.from || index >= part.to) {
    throw new ProtocolError({ code: "PROTOCOL_BAD_TREE", reason: "no such leaf" });
  }
  const path: Bytes32[] = [];
  let at = index;
  for (const level of levels.slice(0, -1)) {
    const sibling = at ^ 1;
    if (sibling < level.width) path.push(nodeAt(level, sibling));
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
