import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToHex, hexToBytes, sha256Bytes, utf8ToBytes } from "./bytes.js";
import { digestOfRequestCid, REQUEST_BYTES_MAX, requestCid } from "./requestCid.js";

describe("the CID of a request", () => {
  it("is that of one raw block, and gives back the SHA-256 of the bytes", () => {
    // bafkreif2pall7dybz7vecqka3zo24irdwabwdi4wc55jznaq75q7eaavvu, of "abc", in bytes.
    expect(bytesToHex(requestCid(utf8ToBytes("abc")))).toBe(
      "0x01551220ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (body) => {
        expect(digestOfRequestCid(requestCid(body))).toBe(bytesToHex(sha256Bytes(body)));
      }),
    );
  });

  it("is no other bytes: of another version, codec, hash or length", () => {
    const cid = requestCid(utf8ToBytes("abc"));
    for (let at = 0; at < 4; at += 1) {
      const other = cid.slice();
      other[at] = (other[at] ?? 0) ^ 1;
      expect(digestOfRequestCid(other)).toBeUndefined();
    }
    expect(digestOfRequestCid(cid.subarray(0, 35))).toBeUndefined();
    expect(digestOfRequestCid(new Uint8Array([...cid, 0]))).toBeUndefined();
    expect(
      digestOfRequestCid(utf8ToBytes("bafkreif2pall7dybz7vecqka3zo24irdwabwdi4wc55jznaq75q7eaavvu")),
    ).toBeUndefined();
    expect(digestOfRequestCid(hexToBytes("0x"))).toBeUndefined();
  });

  it("is of one block at most", () => {
    expect(() => requestCid(new Uint8Array(REQUEST_BYTES_MAX + 1))).toThrow();
  });
});
