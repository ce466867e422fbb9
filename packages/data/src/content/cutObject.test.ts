import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cid, cidOfDigest, isNamed } from "./contentCid.js";
import { CHUNK_BYTES, OBJECT_BYTES_MAX } from "./contentLimits.js";
import { cutObject } from "./cutObject.js";
import { codeOf, gather, madeBytes } from "./test/madeBytes.js";
import { readObject } from "./walkObject.js";

/** Made with ipfs-unixfs-importer 15.4.0: version 1, raw leaves, fixed chunks of 1 MiB, a balanced tree of 1,024 links. */
const VECTORS: readonly (readonly [number, string])[] = [
  [0, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"],
  [1, "bafkreidogqfzz75tpkmjzjke425xqcrmpcib2p5tg44hnbirumdbpl5adu"],
  [1_000, "bafkreigiljbr4d7fowzgbeuj2osaijauofpuabqsk5nbexjm4vlt2yehgi"],
  [1_048_576, "bafkreidstrf4iycipv4f4wthrroiisgg4vmpuyz74lpykq7rzo2ddiwpvq"],
  [1_048_577, "bafybeienwbciq7voz7c5wtepkmwcaw3ptyie3vad62kcgrcq6bmy7lrlvi"],
  [3_145_728, "bafybeibbg2papzhukolekcojvs6xibzu7q7al3yfm4qlrm5sxwndnr7pi4"],
  [5_000_000, "bafybeigb52txerrpnaqtjixjhoqi6rxu3zv6kknm6rai3l5ewqbuypoyqy"],
];

/** An object's blocks, by CID. */
async function cut(bytes: Uint8Array, pieceBytes = bytes.length || 1) {
  const blocks = new Map<string, Uint8Array>();
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, at) =>
    bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes),
  );
  const object = await cutObject(pieces, async (cid, block) => {
    blocks.set(cid.toString(), block);
  });
  const load = async (cid: Cid) => blocks.get(cid.toString()) ?? new Uint8Array(0);
  return { object, blocks, load };
}

describe("cutting objects", () => {
  it.each(VECTORS)("names %i bytes as other implementations do by the same profile", async (length, cid) => {
    const { object, blocks } = await cut(madeBytes(length));
    expect(object.cid.toString()).toBe(cid);
    for (const named of object.blocks)
      expect(isNamed(named, blocks.get(named.toString()) ?? new Uint8Array(0))).toBe(true);
  });

  it("names what fits one block by the SHA-256 that chains hold", async () => {
    const { object } = await cut(madeBytes(CHUNK_BYTES));
    expect(object.cid.equals(cidOfDigest(object.sha256))).toBe(true);
  });

  it("gives back any bytes, and the same CID however they come", async () => {
    const lengths = fc.integer({ min: 0, max: 3 * CHUNK_BYTES });
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 1, max: 700_000 }), async (length, pieceBytes) => {
        const bytes = madeBytes(length, 1);
        const [one, other] = [await cut(bytes), await cut(bytes, pieceBytes)];
        expect(other.object.cid.toString()).toBe(one.object.cid.toString());
        expect((await gather(readObject(one.object.cid, one.load))).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 8 },
    );
  });

  it("refuses an object over the largest before it has read the rest", async () => {
    const piece = madeBytes(CHUNK_BYTES);
    let read = 0;
    const endless = function* () {
      for (;;) {
        read += piece.length;
        yield piece;
      }
    };
    expect(await codeOf(cutObject(endless(), async () => undefined))).toBe("CONTENT_OBJECT_TOO_LARGE");
    expect(read).toBeLessThanOrEqual(OBJECT_BYTES_MAX + 2 * CHUNK_BYTES);
  });
});
