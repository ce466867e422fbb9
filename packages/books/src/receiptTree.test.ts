import { type Bytes32, merkleRoot, merkleTree, ZERO_BYTES32 } from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { word } from "./compliance/makers.js";
import { appendLeaves, EMPTY_RECEIPT_TREE, LeafTrail, rootOfReceiptTree } from "./receiptTree.js";

it("has the root of the whole tree, however its leaves came", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(12), { minLength: 1, maxLength: 12 }), (sizes) => {
      let tree = EMPTY_RECEIPT_TREE;
      const all: Bytes32[] = [];
      for (const size of sizes) {
        const leaves = Array.from({ length: size }, (_, n) => word(`leaf ${all.length + n}`));
        all.push(...leaves);
        tree = appendLeaves(tree, leaves);
      }
      expect(tree.count).toBe(all.length);
      expect(rootOfReceiptTree(tree)).toBe(all.length === 0 ? ZERO_BYTES32 : merkleRoot(all));
    }),
    { numRuns: 60 },
  );
});

describe("LeafTrail", () => {
  const leaves = Array.from({ length: 70 }, (_, n) => word(`leaf ${n}`));

  it("finds the path of any leaf in a tree of any size, as the whole tree says it", () => {
    for (let count = 1; count <= leaves.length; count += 1) {
      const part = leaves.slice(0, count);
      const tree = merkleTree(part);
      for (const index of new Set([0, Math.trunc(count / 2), count - 1])) {
        const trail = new LeafTrail();
        for (const [at, leaf] of part.entries()) trail.add(leaf, at === index);
        expect(trail.end()).toEqual({ index, path: tree.pathOf(index), root: tree.root });
      }
    }
  });

  it("finds nothing in a tree without leaves, and none that didn't pass", () => {
    expect(new LeafTrail().end()).toBeUndefined();
    const trail = new LeafTrail();
    for (const leaf of leaves) trail.add(leaf, false);
    expect(trail.end()).toBeUndefined();
  });
});
