import { createHash } from "node:crypto";
import { type Bytes32, bytesToHex, hexToBytes, parseBytes32 } from "@cortensor/protocol";
import { CID } from "multiformats/cid";
import * as Digest from "multiformats/hashes/digest";
import { ContentError } from "./contentError.js";

/** Names bytes by what they are. */
export type Cid = CID;
/** Plain bytes, and a UnixFS node: the two codecs of the network's content. */
export const RAW_CODEC = 0x55;
export const NODE_CODEC = 0x70;
export type Codec = typeof RAW_CODEC | typeof NODE_CODEC;

const SHA_256 = 0x12;
const DIGEST_BYTES = 32;
/** A CID in any base that is read here is shorter. */
const CID_CHARS_MAX = 128;

/** Reads a CID's text, of version 1 or 0. Throws CONTENT_BAD_CID, CONTENT_BAD_CODEC or CONTENT_BAD_HASH. */
export function parseCid(text: string): Cid {
  const shown = text.slice(0, CID_CHARS_MAX);
  if (text.length > CID_CHARS_MAX) throw new ContentError({ code: "CONTENT_BAD_CID", cid: shown, problem: "too long" });
  return checkCid(attempt(() => CID.parse(text), shown));
}

/** Reads a CID's bytes. Throws as `parseCid` does. */
export function decodeCid(bytes: Uint8Array): Cid {
  return checkCid(attempt(() => CID.decode(bytes), bytesToHex(bytes.subarray(0, CID_CHARS_MAX))));
}

/** A CID of version 1 that the network can follow. Throws CONTENT_BAD_CODEC or CONTENT_BAD_HASH. */
export function checkCid(cid: CID): Cid {
  const { code: hash, digest } = cid.multihash;
  if (hash !== SHA_256) throw new ContentError({ code: "CONTENT_BAD_HASH", cid: cid.toString(), hash });
  if (digest.length !== DIGEST_BYTES) {
    throw new ContentError({ code: "CONTENT_BAD_CID", cid: cid.toString(), problem: "a digest that isn't 32 bytes" });
  }
  if (cid.code !== RAW_CODEC && cid.code !== NODE_CODEC) {
    throw new ContentError({ code: "CONTENT_BAD_CODEC", cid: cid.toString(), codec: cid.code });
  }
  return cid.toV1();
}

/** What a block of this codec is named. */
export function cidOf(codec: Codec, block: Uint8Array): Cid {
  return CID.createV1(codec, Digest.create(SHA_256, sha256Of(block)));
}

/** The CID of the one block that has this SHA-256: what chains and routes name small objects by. */
export function cidOfDigest(digest: Bytes32): Cid {
  return CID.createV1(RAW_CODEC, Digest.create(SHA_256, hexToBytes(digest)));
}

/** The same block, read as of another codec. */
export function withCodec(cid: Cid, codec: Codec): Cid {
  return CID.createV1(codec, cid.multihash);
}

/** A block's SHA-256, as chains hold it. */
export function digestOf(cid: Cid): Bytes32 {
  return parseBytes32(bytesToHex(cid.multihash.digest));
}

/** Whether these are the bytes that the CID names. */
export function isNamed(cid: Cid, block: Uint8Array): boolean {
  return Buffer.from(cid.multihash.digest.buffer, cid.multihash.digest.byteOffset, DIGEST_BYTES).equals(
    sha256Of(block),
  );
}

export function sha256Of(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function attempt(read: () => CID, shown: string): CID {
  try {
    return read();
  } catch (cause) {
    throw new ContentError({ code: "CONTENT_BAD_CID", cid: shown, problem: "malformed" }, { cause });
  }
}
