import { bytesToHex, concatBytes, hexToBytes, keccak256 } from "./bytes.js";
import { ByteWriter } from "./byteWriter.js";
import { ProtocolError } from "./errors.js";
import { keccak256Bytes } from "./keccak.js";
import { MERKLE_PATH_MAX, SET_CHUNKS_MAX } from "./limits.js";
import type { Bytes32 } from "./primitives.js";

/** A settlement set's chunks under one root. */
export type SetTree = {
  /** `keccak256(abi.encode(chunkCount, root))`: what a settlement posts. */
  readonly settlementRoot: Bytes32;
  /** The tree's own root: what an answer to a challenge shows beside the count. */
  readonly root: Bytes32;
  /** Siblings of a chunk from the leaf up; none on a level where its node has no partner. Throws PROTOCOL_BAD_TREE. */
  pathOf(index: number): readonly Bytes32[];
};

/**
 * The tree over `keccak256(chunk)` by position: a parent is `keccak256(left ‖ right)`, an odd node moves up as it is. With the count
 * in the root, a place in the tree has one path, and a path one place. Throws PROTOCOL_BAD_TREE for no chunks, or too many.
 */
export function setTree(chunks: readonly Uint8Array[]): SetTree {
  if (chunks.length === 0 || chunks.length > SET_CHUNKS_MAX) refuse(`${chunks.length} chunks`);
  const levels: Uint8Array[][] = [chunks.map(keccak256Bytes)];
  for (let level = levels[0] ?? []; level.length > 1; levels.push(level)) level = parentsOf(level);
  const root = levels.at(-1)?.[0] ?? new Uint8Array(32);
  return {
    settlementRoot: settlementRootOf(chunks.length, root),
    root: bytesToHex(root),
    pathOf: (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= chunks.length) refuse("no such chunk");
      const siblings = levels.slice(0, -1).map((level, height) => level[(index >> height) ^ 1]);
      return siblings.filter((sibling) => sibling !== undefined).map(bytesToHex);
    },
  };
}

/** Whether a chunk stands at `index` of a set's `count` chunks. False, never an error, for what is no path. */
export function verifySetChunk(parts: {
  readonly settlementRoot: Bytes32;
  readonly count: number;
  readonly index: number;
  readonly chunk: Uint8Array;
  readonly path: readonly Bytes32[];
}): boolean {
  const { settlementRoot, count, index, chunk, path } = parts;
  const isPlace = Number.isInteger(index) && index >= 0 && Number.isInteger(count) && index < count;
  if (!isPlace || count > SET_CHUNKS_MAX || path.length > MERKLE_PATH_MAX) return false;
  if (!path.every((sibling) => /^0x[0-9a-f]{64}$/.test(sibling))) return false;
  const siblings = path.values();
  let node = keccak256Bytes(chunk);
  for (let at = index, width = count; width > 1; at >>= 1, width = Math.ceil(width / 2)) {
    if ((at ^ 1) >= width) continue;
    const next = siblings.next();
    if (next.done) return false;
    const sibling = hexToBytes(next.value);
    node = keccak256Bytes(at % 2 === 0 ? concatBytes(node, sibling) : concatBytes(sibling, node));
  }
  return siblings.next().done === true && settlementRootOf(count, node) === settlementRoot;
}

function settlementRootOf(count: number, root: Uint8Array): Bytes32 {
  return keccak256(new ByteWriter().uint("chunkCount", BigInt(count), 32).bytes(root).toBytes());
}

function parentsOf(level: readonly Uint8Array[]): Uint8Array[] {
  return Array.from({ length: Math.ceil(level.length / 2) }, (_, index) => {
    const left = level[2 * index] ?? new Uint8Array(32);
    const right = level[2 * index + 1];
    return right === undefined ? left : keccak256Bytes(concatBytes(left, right));
  });
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_TREE", reason });
}
