import { createNode, encode } from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import { CID } from "multiformats/cid";
import * as Digest from "multiformats/hashes/digest";
import { describe, expect, it } from "vitest";
import { type Cid, checkCid, cidOf, NODE_CODEC, parseCid, RAW_CODEC, sha256Of } from "./contentCid.js";
import { DEPTH_MAX, FAN_OUT_MAX, OBJECT_BYTES_MAX } from "./contentLimits.js";
import { encodeFileNode, type WeighedPart } from "./fileNode.js";
import { codeOf, gather, madeBytes } from "./test/madeBytes.js";
import { readObject } from "./walkObject.js";

/** Blocks of an object that somebody made by hand. */
class Blocks {
  readonly #blocks = new Map<string, Uint8Array>();
  loads = 0;

  leaf(bytes: Uint8Array, said = bytes.length): WeighedPart {
    const cid = cidOf(RAW_CODEC, bytes);
    this.#blocks.set(cid.toString(), bytes);
    return { cid, fileBytes: said, dagBytes: bytes.length };
  }

  node(parts: readonly WeighedPart[]): WeighedPart {
    const { cid, block } = encodeFileNode(parts);
    this.#blocks.set(cid.toString(), block);
    const fileBytes = parts.reduce((sum, part) => sum + part.fileBytes, 0);
    return { cid, fileBytes, dagBytes: block.length };
  }

  add(block: Uint8Array): Cid {
    const cid = cidOf(NODE_CODEC, block);
    this.#blocks.set(cid.toString(), block);
    return cid;
  }

  read(root: Cid): Promise<Buffer> {
    return gather(
      readObject(root, async (cid) => {
        this.loads += 1;
        return this.#blocks.get(cid.toString()) ?? new Uint8Array(0);
      }),
    );
  }
}

describe("walking an object that somebody else made", () => {
  it("reads smaller chunks, several levels and leaves that are nodes", async () => {
    const blocks = new Blocks();
    const wrapped = new UnixFS({ type: "file", data: madeBytes(50, 2) });
    const old = blocks.add(encode(createNode(wrapped.marshal(), [])));
    const low = blocks.node([blocks.leaf(madeBytes(100)), { cid: old, fileBytes: 50, dagBytes: 60 }]);
    const root = blocks.node([low, blocks.leaf(madeBytes(10, 1))]);
    const expected = Buffer.concat([madeBytes(100), madeBytes(50, 2), madeBytes(10, 1)]);
    expect((await blocks.read(root.cid)).equals(expected)).toBe(true);
  });

  it("refuses a node with too many links, one too deep, and sizes that don't add up", async () => {
    const blocks = new Blocks();
    const leaf = blocks.leaf(madeBytes(4));
    const wide = blocks.node(Array.from({ length: FAN_OUT_MAX + 1 }, () => leaf));
    expect(await codeOf(blocks.read(wide.cid))).toBe("CONTENT_TOO_WIDE");
    let deep = leaf;
    for (let level = 0; level <= DEPTH_MAX; level += 1) deep = blocks.node([deep]);
    expect(await codeOf(blocks.read(deep.cid))).toBe("CONTENT_TOO_DEEP");
    const lying = blocks.node([blocks.leaf(madeBytes(8), 9)]);
    expect(await codeOf(blocks.read(lying.cid))).toBe("CONTENT_MALFORMED_NODE");
  });

  it("refuses an object that says it is too large before it loads any of it", async () => {
    const blocks = new Blocks();
    const root = blocks.node([{ ...blocks.leaf(madeBytes(8)), fileBytes: OBJECT_BYTES_MAX + 1 }]);
    expect(await codeOf(blocks.read(root.cid))).toBe("CONTENT_OBJECT_TOO_LARGE");
    expect(blocks.loads).toBe(1);
  });

  it("refuses a small tree that unfolds to more blocks than an object may have", async () => {
    const blocks = new Blocks();
    const empty = blocks.node(Array.from({ length: FAN_OUT_MAX }, () => blocks.leaf(new Uint8Array(0))));
    const bomb = blocks.node(Array.from({ length: FAN_OUT_MAX }, () => empty));
    expect(await codeOf(blocks.read(bomb.cid))).toBe("CONTENT_TOO_MANY_BLOCKS");
  });

  it("refuses a folder, a node that isn't UnixFS, and bytes that are no node", async () => {
    const blocks = new Blocks();
    const folder = blocks.add(encode(createNode(new UnixFS({ type: "directory" }).marshal(), [])));
    const other = blocks.add(encode(createNode(Uint8Array.of(255, 255, 255), [])));
    const noise = blocks.add(madeBytes(40));
    for (const cid of [folder, other, noise]) expect(await codeOf(blocks.read(cid))).toBe("CONTENT_MALFORMED_NODE");
  });
});

describe("CIDs", () => {
  const digest = sha256Of(madeBytes(3));

  it("takes version 1 and 0 as the same block", () => {
    const old = CID.createV0(Digest.create(0x12, digest));
    expect(parseCid(old.toString()).toString()).toBe(CID.createV1(NODE_CODEC, Digest.create(0x12, digest)).toString());
  });

  it("refuses other codecs, other hashes, other lengths and other text", async () => {
    const refusal = (work: () => unknown) => codeOf((async () => work())());
    const cbor = CID.createV1(0x71, Digest.create(0x12, digest));
    const blake = CID.createV1(RAW_CODEC, Digest.create(0xb220, digest));
    const identity = CID.createV1(RAW_CODEC, Digest.create(0, madeBytes(3)));
    const short = CID.createV1(RAW_CODEC, Digest.create(0x12, digest.subarray(0, 20)));
    expect(await refusal(() => checkCid(cbor))).toBe("CONTENT_BAD_CODEC");
    expect(await refusal(() => checkCid(blake))).toBe("CONTENT_BAD_HASH");
    expect(await refusal(() => checkCid(identity))).toBe("CONTENT_BAD_HASH");
    expect(await refusal(() => checkCid(short))).toBe("CONTENT_BAD_CID");
    for (const text of ["", "bafk", "0x1234", "b".repeat(200)]) {
      expect(await refusal(() => parseCid(text))).toBe("CONTENT_BAD_CID");
    }
  });
});
