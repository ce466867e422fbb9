import { bytesToHex, sha256Bytes } from "./bytes.js";
import { assert } from "./errors.js";
import type { Bytes32 } from "./primitives.js";

/** A request that is named by its CID: one leaf of the network's content, so that its CID is the SHA-256 of its bytes. */
export const REQUEST_BYTES_MAX = 1_048_576;
/** CID version 1, plain bytes, SHA-256, 32 bytes of it. */
const HEAD = Uint8Array.of(0x01, 0x55, 0x12, 0x20);
const DIGEST_BYTES = 32;

/** What a chain names a request by, in bytes: the CID that any IPFS tool gives its one block. */
export function requestCid(body: Uint8Array): Uint8Array {
  assert(body.length <= REQUEST_BYTES_MAX, "a request is one block");
  return new Uint8Array([...HEAD, ...sha256Bytes(body)]);
}

/** The SHA-256 in a request's CID; undefined for any other bytes: they are a stranger's. */
export function digestOfRequestCid(cid: Uint8Array): Bytes32 | undefined {
  const isOne = cid.length === HEAD.length + DIGEST_BYTES && HEAD.every((byte, at) => cid[at] === byte);
  return isOne ? bytesToHex(cid.subarray(HEAD.length)) : undefined;
}
