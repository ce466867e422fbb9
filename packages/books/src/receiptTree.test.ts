import { type Bytes32, merkleRoot, ZERO_BYTES32 } from "@cortensor/protocol";
import fc from "fast-check";
import { expect, it } from "vitest";
import { word } from "./compliance/makers.js";
import { appendLeaves, EMPTY_RECEIPT_TREE, rootOfReceiptTree } from "./receiptTree.js";

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
