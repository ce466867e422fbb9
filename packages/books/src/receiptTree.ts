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

/** Follows one leaf of such a tree to its root while the leaves pass by: its path, at the cost of the tree and the memory of its height. */
export class LeafTrail {
  readonly #peaks: Peak[] = [];
  readonly #path: Bytes32[] = [];
  #count = 0;
  #index: number | undefined;

  /** The next leaf; `isWanted` for the one to follow, once. */
  add(leaf: Bytes32, isWanted: boolean): void {
    if (isWanted) this.#index ??= this.#count;
    let node: Peak = { hash: leaf, isOnPath: isWanted && this.#index === this.#count };
    for (let rest = this.#count; rest % 2 === 1; rest = (rest - 1) / 2) node = this.#join(this.#peaks.pop(), node);
    this.#peaks.push(node);
    this.#count += 1;
  }

  /** Where the wanted leaf stands, from its sibling up. Undefined when it didn't pass. Ends the trail. */
  end(): { readonly index: number; readonly path: readonly Bytes32[]; readonly root: Bytes32 } | undefined {
    let root: Peak | undefined;
    for (const peak of this.#peaks.splice(0).toReversed()) root = root === undefined ? peak : this.#join(peak, root);
    if (root === undefined || this.#index === undefined) return undefined;
    return { index: this.#index, path: this.#path, root: root.hash };
  }

  #join(left: Peak | undefined, right: Peak): Peak {
    if (left === undefined) return right;
    if (left.isOnPath) this.#path.push(right.hash);
    if (right.isOnPath) this.#path.push(left.hash);
    return { hash: hashPair(left.hash, right.hash), isOnPath: left.isOnPath || right.isOnPath };
  }
}

type Peak = { readonly hash: Bytes32; readonly isOnPath: boolean };

function hashPair(left: Bytes32, right: Bytes32): Bytes32 {
  const pair = new Uint8Array(64);
  // Lower-case hex of one length sorts as its bytes do.
  pair.set(hexToBytes(left < right ? left : right), 0);
  pair.set(hexToBytes(left < right ? right : left), 32);
  return bytesToHex(keccak256Bytes(pair));
}
