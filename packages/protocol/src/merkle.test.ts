import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keccak256, utf8ToBytes } from "./bytes.js";
import { leafHash, merkleRoot, merkleTree, verifyMerklePath } from "./merkle.js";
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
