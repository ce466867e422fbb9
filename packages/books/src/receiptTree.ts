import { type Bytes32, bytesToHex, hexToBytes, keccak256Bytes, ZERO_BYTES32 } from "@cortensor/protocol";

/**
 * A Merkle tree that only grows, kept as the roots of its complete subtrees: one for each bit set in the count, the largest
 * first. Its root is that of the whole tree as `merkleTree` builds it (sorted pairs, an odd node moves up unchanged), at a
 * cost that doesn't grow with the leaves.
 */
export type ReceiptTree = { readonly count: number; readonly peaks: readonly Bytes32[] };

export const EMPTY_RECEIPT_TREE: ReceiptTree = { count: 0, peaks: [] };

/** The tree with these leaves after those it has. */
export function appendLeaves(tree: ReceiptTree, leaves: readonly Bytes32[]): ReceiptTree {
  const peaks = [...tree.peaks];
  let count = tree.count;
  for (const leaf of leaves) {
    let node = leaf;
    // Each trailing one of the count is a subtree of the node's own size, waiting for its pair.
    for (let rest = count; rest % 2 === 1; rest = (rest - 1) / 2) node = hashPair(peaks.pop() ?? node, node);
    peaks.push(node);
    count += 1;
  }
  return { count, peaks };
}

/** 32 zero bytes while the tree is empty. */
export function rootOfReceiptTree(tree: ReceiptTree): Bytes32 {
  let root: Bytes32 | undefined;
  for (const peak of tree.peaks.toReversed()) root = root === undefined ? peak : hashPair(peak, root);
  return root ?? ZERO_BYTES32;
}

function hashPair(left: Bytes32, right: Bytes32): Bytes32 {
  const pair = new Uint8Array(64);
  // Lower-case hex of one length sorts as its bytes do.
  pair.set(hexToBytes(left < right ? left : right), 0);
  pair.set(hexToBytes(left < right ? right : left), 32);
  return bytesToHex(keccak256Bytes(pair));
}
