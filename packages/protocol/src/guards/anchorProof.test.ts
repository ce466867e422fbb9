import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keccak256, utf8ToBytes } from "../bytes.js";
import type { Bytes32 } from "../primitives.js";
import {
  type Attestation,
  anchorFault,
  anchorProof,
  anchorTree,
  type EpochLeaves,
  epochRoot,
  parseAnchorProof,
} from "./index.js";

const hashOf = (text: string): Bytes32 => keccak256(utf8ToBytes(text));
const address = (byte: number) => `0x${byte.toString(16).padStart(2, "0").repeat(20)}` as const;
const range = { subjectChainId: 31_402, fromEpoch: 3, epoch: 4 };

/** A receipt, a score and a payment: `count` records of each kind. */
const kindsOf = (count: number): readonly EpochLeaves[] => {
  const each = Array.from({ length: count }, (_, index) => index);
  const results = each.map((index) => ({ id: hashOf(`task ${index}`), resultsHash: hashOf(`result ${index}`) }));
  const scores = each.map((index) => ({
    ...{ miner: address(index + 1), modelId: hashOf("model"), passedMicro: index, failedMicro: 1 },
    ...{ availabilityPpm: 900_000, speedPpm: 1_000_000 },
  }));
  const payments = each.map((index) => ({
    ...{ lane: address(index + 1), settlementId: hashOf(`${index}`), settlementRoot: hashOf("root") },
    ...{ setCid: hashOf("cid"), debitedWei: 7n },
  }));
  return [
    { kind: "results", leaves: results },
    { kind: "reputation", leaves: scores },
    { kind: "settlement", leaves: payments },
  ];
};

function anchored(of: readonly EpochLeaves[]) {
  const roots = of.map((one) => epochRoot(range, one));
  const attestations = roots.map(
    ({ root, parts }): Attestation => ({
      subjectChainId: parts.subjectChainId,
      kind: parts.kind,
      epoch: parts.epoch,
      root,
    }),
  );
  return { roots, tree: anchorTree(attestations) };
}

describe("a proof that a record is anchored", () => {
  it("holds for each record of each kind, as JSON has it too", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(), fc.nat(2), (count, pick, which) => {
        const of = kindsOf(count);
        const { roots, tree } = anchored(of);
        const [leaves, root] = [of[which], roots[which]];
        if (leaves === undefined || root === undefined) throw new Error("no such kind");
        const proof = anchorProof(leaves, { root, index: pick % count, anchor: 1, anchorPath: tree.pathOf(which) });
        expect(anchorFault(proof, tree.root)).toBeUndefined();
        expect(parseAnchorProof(JSON.parse(JSON.stringify(proof)))).toEqual(proof);
      }),
      { numRuns: 50 },
    );
  });

  it("fails for a changed history: another record, epoch, chain, kind or anchor", () => {
    const of = kindsOf(5);
    const { roots, tree } = anchored(of);
    const [leaves, root] = [of[0], roots[0]];
    if (leaves === undefined || root === undefined) throw new Error("no such kind");
    const proof = anchorProof(leaves, { root, index: 2, anchor: 1, anchorPath: tree.pathOf(0) });
    const other = anchorProof(leaves, { root, index: 3, anchor: 1, anchorPath: tree.pathOf(0) });
    const { parts } = proof;
    expect(anchorFault({ ...proof, leaf: other.leaf }, tree.root)).toBe("record");
    expect(anchorFault({ ...proof, path: other.path }, tree.root)).toBe("record");
    expect(anchorFault({ ...proof, parts: { ...parts, kind: "settlement" } }, tree.root)).toBe("record");
    expect(anchorFault({ ...proof, parts: { ...parts, fromEpoch: 9 } }, tree.root)).toBe("record");
    for (const changed of [{ epoch: 5 }, { fromEpoch: 4 }, { subjectChainId: 1 }, { count: 6 }])
      expect(anchorFault({ ...proof, parts: { ...parts, ...changed } }, tree.root)).toBe("anchor");
    expect(anchorFault({ ...proof, anchorPath: tree.pathOf(1) }, tree.root)).toBe("anchor");
    expect(anchorFault(proof, hashOf("another history"))).toBe("anchor");
  });

  it("is read strictly", () => {
    expect(() => parseAnchorProof({})).toThrow("PROTOCOL_BAD_DOCUMENT");
    expect(() => anchorTree([])).toThrow("PROTOCOL_BAD_TREE");
  });
});
