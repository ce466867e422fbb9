import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keccak256, utf8ToBytes } from "./bytes.js";
import { leafHash, merkleRoot, merkleTree, rebuildMerkleTree, verifyMerklePath } from "./merkle.js";
import type { Bytes32 } from "./primitives.js";

function leavesOf(count: number): readonly Bytes32[] {
  return Array.from({ length: count }, (_, index) => leafHash(keccak256(utf8ToBytes(`leaf ${index}`))));
}

describe("Merkle trees", () => {
  it("prove each of their leaves, by a path no longer than they are high", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(1_000), (count, pick) => {
        const leaves = leavesOf(count);
        const index = pick % count;
        const tree = merkleTree(leaves);
        const path = tree.pathOf(index);
        expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(count)));
        expect(verifyMerklePath(leaves[index] ?? "0x", path, tree.root)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("prove nothing else: another leaf, another path, another root", () => {
    const leaves = leavesOf(7);
    const [first, second] = leaves;
    const { root, pathOf } = merkleTree(leaves);
    expect(verifyMerklePath(second ?? "0x", pathOf(0), root)).toBe(false);
    expect(verifyMerklePath(first ?? "0x", pathOf(0).slice(1), root)).toBe(false);
    expect(verifyMerklePath(first ?? "0x", pathOf(0), second ?? "0x")).toBe(false);
    expect(verifyMerklePath(keccak256(utf8ToBytes("leaf 0")), pathOf(0), root)).toBe(false);
  });

  it("are rebuilt from any part of their leaves, with each one's path, and from nothing else", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(1_000), fc.nat(1_000), (count, first, more) => {
        const leaves = leavesOf(count);
        const tree = merkleTree(leaves);
        const from = first % count;
        const to = from + 1 + (more % (count - from));
        const siblings = tree.siblingsOf(from, to);
        const part = { count, from, leaves: leaves.slice(from, to), siblings };
        const rebuilt = rebuildMerkleTree(part);
        expect(rebuilt?.root).toBe(tree.root);
        for (let index = from; index < to; index += 1) expect(rebuilt?.pathOf(index)).toEqual(tree.pathOf(index));
        expect(() => rebuilt?.pathOf(to)).toThrow("PROTOCOL_BAD_TREE");
        const other = keccak256(utf8ToBytes("other"));
        const changed = part.leaves.map((leaf, index) => (index === part.leaves.length - 1 ? other : leaf));
        expect(rebuildMerkleTree({ ...part, leaves: changed })?.root).not.toBe(tree.root);
        expect(rebuildMerkleTree({ ...part, siblings: [...siblings, other] })).toBeUndefined();
        expect(siblings.length === 0 ? undefined : rebuildMerkleTree({ ...part, siblings: siblings.slice(1) })).toBe(
          undefined,
        );
        expect(rebuildMerkleTree({ ...part, count: to - 1 })).toBeUndefined();
      }),
      { numRuns: 100 },
    );
    expect(rebuildMerkleTree({ count: 1, from: 0, leaves: [], siblings: [] })).toBeUndefined();
    expect(rebuildMerkleTree({ count: 1, from: 0, leaves: ["0x12"], siblings: [] })).toBeUndefined();
    expect(rebuildMerkleTree({ count: 3, from: -1, leaves: leavesOf(1), siblings: [] })).toBeUndefined();
    expect(() => merkleTree(leavesOf(3)).siblingsOf(1, 4)).toThrow("PROTOCOL_BAD_TREE");
  });

  it("are the leaf itself when there is one", () => {
    const [leaf] = leavesOf(1);
    expect(merkleTree(leavesOf(1)).root).toBe(leaf);
    expect(merkleTree(leavesOf(1)).pathOf(0)).toEqual([]);
  });

  it("hold a whole batch, and depend on the order of its leaves", () => {
    const leaves = leavesOf(1_024);
    const { root, pathOf } = merkleTree(leaves);
    expect(pathOf(1_023)).toHaveLength(10);
    expect(merkleRoot(leaves.toReversed())).toBe(root);
    expect(merkleRoot([...leaves.slice(1), leaves[0] ?? "0x"])).not.toBe(root);
  });

  it("refuse to be empty, and an index outside", () => {
    expect(() => merkleRoot([])).toThrow("PROTOCOL_BAD_TREE");
    for (const index of [-1, 3, 0.5]) expect(() => merkleTree(leavesOf(3)).pathOf(index)).toThrow("PROTOCOL_BAD_TREE");
  });

  it("refuse, without an error, a path from outside that is too long or no hex", () => {
    const [leaf] = leavesOf(1);
    expect(
      verifyMerklePath(
        leaf ?? "0x",
        Array.from({ length: 21 }, () => leaf ?? "0x"),
        leaf ?? "0x",
      ),
    ).toBe(false);
    expect(verifyMerklePath("0x12", [], "0x12")).toBe(false);
  });
});
