import { type Bytes32, keccak256, leafHash, merkleTree, utf8ToBytes, verifyMerklePath } from "@cortensor/protocol";
import type { BatchNotice } from "@cortensor/wire";
import { describe, expect, it } from "vitest";
import { ProofShelf } from "./proofShelf.js";

const SIGNER = `0x${"0a".repeat(20)}` as const;
const leafOf = (name: string): Bytes32 => leafHash(keccak256(utf8ToBytes(name)));

function aNotice(names: readonly string[], from = 0, to = names.length): BatchNotice {
  const leaves = names.map(leafOf);
  const tree = merkleTree(leaves);
  const signed = {
    batch: { root: tree.root, count: leaves.length, sequence: 1 },
    signer: SIGNER,
    signature: `0x${"11".repeat(65)}`,
  } as const;
  return { signed, from, leaves: leaves.slice(from, to), siblings: tree.siblingsOf(from, to) };
}

describe("the proof shelf", () => {
  it("gives the signer and the path of each leaf that came, and of no other", () => {
    const shelf = new ProofShelf(64);
    const notice = aNotice(["a", "b", "c", "d", "e"], 1, 4);
    expect(shelf.put(notice)).toBe(true);
    for (const name of ["b", "c", "d"]) {
      const proof = shelf.find(leafOf(name));
      expect(shelf.signerOf(leafOf(name))).toBe(SIGNER);
      expect(verifyMerklePath(leafOf(name), proof?.path ?? [], notice.signed.batch.root)).toBe(true);
    }
    expect(shelf.find(leafOf("a"))).toBeUndefined();
    expect(shelf.signerOf(leafOf("e"))).toBeUndefined();
  });

  it("keeps nothing of leaves that don't give the signed root", () => {
    const shelf = new ProofShelf(64);
    const notice = aNotice(["a", "b", "c"]);
    expect(shelf.put({ ...notice, leaves: [leafOf("a"), leafOf("b"), leafOf("x")] })).toBe(false);
    expect(shelf.put({ ...notice, leaves: [] })).toBe(false);
    expect(shelf.put({ ...notice, siblings: [leafOf("c")] })).toBe(false);
    expect(shelf.signerOf(leafOf("a"))).toBeUndefined();
  });

  it("forgets the oldest leaves beyond its bound", () => {
    const shelf = new ProofShelf(3);
    shelf.put(aNotice(["a", "b"]));
    shelf.put(aNotice(["c", "d"]));
    expect(shelf.find(leafOf("a"))).toBeUndefined();
    expect(shelf.find(leafOf("b"))).toBeDefined();
    expect(shelf.find(leafOf("d"))).toBeDefined();
  });
});
