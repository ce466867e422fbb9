import { CarWriter } from "@ipld/car";
import { CID } from "multiformats/cid";
import * as Digest from "multiformats/hashes/digest";
import { describe, expect, it } from "vitest";
import { readCar, writeCar } from "./carFile.js";
import { cidOf, RAW_CODEC, sha256Of } from "./contentCid.js";
import { BLOCK_BYTES_MAX } from "./contentLimits.js";
import { codeOf, gather, madeBytes } from "./test/madeBytes.js";

type Named = { readonly cid: CID; readonly bytes: Uint8Array };

/** A CAR file of any blocks, true or not. */
async function carOf(roots: readonly CID[], blocks: readonly Named[]): Promise<Buffer> {
  const { writer, out } = CarWriter.create([...roots]);
  const written = gather(out);
  for (const block of blocks) await writer.put(block);
  await writer.close();
  return written;
}

async function read(file: Uint8Array, pieceBytes = file.length || 1): Promise<readonly string[]> {
  const pieces = async function* () {
    for (let at = 0; at < file.length; at += pieceBytes) yield file.subarray(at, at + pieceBytes);
  };
  const cids: string[] = [];
  for await (const { cid } of readCar(pieces(), () => undefined)) cids.push(cid.toString());
  return cids;
}

const bytes = madeBytes(500);
const cid = cidOf(RAW_CODEC, bytes);

describe("CAR files", () => {
  it("come back as they were written, however they are cut on the way", async () => {
    const walk = async function* () {
      yield { cid, block: bytes, bytes };
    };
    const file = await gather(writeCar(cid, walk()));
    for (const pieceBytes of [1, 7, 10_000]) expect(await read(file, pieceBytes)).toEqual([cid.toString()]);
  });

  it("are refused at every place where they are cut off inside", async () => {
    const file = await carOf([cid], [{ cid, bytes }]);
    // A file that ends after its header, or after a block, isn't cut off inside: that it isn't whole is seen by its roots.
    const header = (await carOf([cid], [])).length;
    for (let length = 0; length < file.length; length += 7) {
      if (length === header) continue;
      const outcome = await codeOf(read(file.subarray(0, length)));
      expect([length, outcome]).toEqual([length, "CONTENT_BAD_CAR"]);
    }
  });

  it("are refused with a block that isn't what it is named, of another codec or hash, or too large", async () => {
    const swapped = await carOf([cid], [{ cid, bytes: madeBytes(500, 1) }]);
    expect(await codeOf(read(swapped))).toBe("CONTENT_MISMATCH");
    const cbor = CID.createV1(0x71, Digest.create(0x12, sha256Of(bytes)));
    expect(await codeOf(read(await carOf([cid], [{ cid: cbor, bytes }])))).toBe("CONTENT_BAD_CODEC");
    const blake = CID.createV1(RAW_CODEC, Digest.create(0xb220, sha256Of(bytes)));
    expect(await codeOf(read(await carOf([cid], [{ cid: blake, bytes }])))).toBe("CONTENT_BAD_HASH");
    const large = madeBytes(BLOCK_BYTES_MAX + 1);
    const oversize = await carOf([cid], [{ cid: cidOf(RAW_CODEC, large), bytes: large }]);
    expect(await codeOf(read(oversize))).toBe("CONTENT_BLOCK_TOO_LARGE");
  });

  it("are refused without a root, with a malformed header, or with a length that promises gigabytes", async () => {
    expect(await codeOf(read(await carOf([], [{ cid, bytes }])))).toBe("CONTENT_BAD_CAR");
    expect(await codeOf(read(Uint8Array.of(3, 1, 2, 3)))).toBe("CONTENT_BAD_CAR");
    expect(await codeOf(read(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 1)))).toBe("CONTENT_BAD_CAR");
    expect(await codeOf(read(new Uint8Array(0)))).toBe("CONTENT_BAD_CAR");
  });
});
