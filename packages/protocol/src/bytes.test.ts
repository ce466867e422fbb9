import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToHex, concatBytes, equalBytes, hexToBytes, keccak256, sha256Bytes, utf8ToBytes } from "./bytes.js";

describe("hex", () => {
  it("comes back as the bytes it was made of, in lower case", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(bytesToHex(bytes)).toBe(`0x${Buffer.from(bytes).toString("hex")}`);
        expect(hexToBytes(bytesToHex(bytes))).toEqual(bytes);
        expect(hexToBytes(`0x${Buffer.from(bytes).toString("hex").toUpperCase()}`)).toEqual(bytes);
      }),
    );
  });

  it.each(["", "0", "0x0", "00", "0xg0", "0x0é", "0X00", "0x00 "])("is refused when it is %j", (text) => {
    expect(() => hexToBytes(text)).toThrow("PROTOCOL_BAD_HEX");
  });
});

describe("bytes", () => {
  it("join in order", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (parts) => {
        expect(concatBytes(...parts)).toEqual(new Uint8Array(Buffer.concat(parts)));
      }),
    );
  });

  it("are equal only when every byte is", () => {
    expect(equalBytes(utf8ToBytes("same"), utf8ToBytes("same"))).toBe(true);
    expect(equalBytes(utf8ToBytes("same"), utf8ToBytes("sama"))).toBe(false);
    expect(equalBytes(utf8ToBytes("same"), utf8ToBytes("sam"))).toBe(false);
  });

  it("hash to the published values", () => {
    expect(keccak256(new Uint8Array())).toBe("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    expect(bytesToHex(sha256Bytes(utf8ToBytes("abc")))).toBe(
      "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});
