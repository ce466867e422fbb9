import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { cidOf, NODE_CODEC, RAW_CODEC } from "../content/contentCid.js";
import { parseHostedReference } from "./hostedReference.js";
import { HOSTED_BYTES_MAX } from "./hostingLimits.js";
import { badHostOf } from "./hostingPolicy.js";

const SHA256 = "ab".repeat(32);
const URL_OK = { url: "https://docs.example/a", sha256: SHA256, bytes: 10 };
const RAW = cidOf(RAW_CODEC, Buffer.from("a document"));

describe("a reference to a hosted document", () => {
  it("is an address with what its bytes hash to and how many they are, or a CID", () => {
    expect(parseHostedReference(URL_OK)).toEqual({ kind: "url", ...URL_OK, sha256: `0x${SHA256}` });
    expect(parseHostedReference({ ...URL_OK, sha256: `0x${SHA256}` })).toEqual(parseHostedReference(URL_OK));
    const byCid = parseHostedReference({ cid: RAW.toString(), bytes: 10 });
    expect(byCid).toMatchObject({ kind: "cid", cid: RAW.toString(), bytes: 10 });
    expect(byCid.sha256).toBe(`0x${Buffer.from(RAW.multihash.digest).toString("hex")}`);
  });

  it.each([
    ["no object", "https://docs.example/a"],
    ["no hash", { url: URL_OK.url, bytes: 10 }],
    ["no size", { url: URL_OK.url, sha256: SHA256 }],
    ["a field more", { ...URL_OK, headers: {} }],
    ["both", { ...URL_OK, cid: RAW.toString() }],
    ["a short hash", { ...URL_OK, sha256: "abcd" }],
    ["a hash in capitals", { ...URL_OK, sha256: SHA256.toUpperCase() }],
    ["no bytes", { ...URL_OK, bytes: 0 }],
    ["a fraction of bytes", { ...URL_OK, bytes: 1.5 }],
    ["too many bytes", { ...URL_OK, bytes: HOSTED_BYTES_MAX + 1 }],
    ["no URL", { ...URL_OK, url: "docs.example/a" }],
    ["another scheme", { ...URL_OK, url: "file:///etc/passwd" }],
    ["a scheme of data", { ...URL_OK, url: "data:text/plain,secret1" }],
    ["a user", { ...URL_OK, url: "https://me:secret1@docs.example/a" }],
    ["a fragment", { ...URL_OK, url: "https://docs.example/a#secret1" }],
    ["a host with a dot at its end", { ...URL_OK, url: "https://docs.example./a" }],
    ["an address beyond its most", { ...URL_OK, url: `https://docs.example/${"a".repeat(2_048)}` }],
    ["no CID", { cid: "bafysecret1" }],
    ["a CID of a tree", { cid: cidOf(NODE_CODEC, Buffer.from("a")).toString() }],
  ])("is refused with %s, and never quoted", (_, value) => {
    const refused = () => parseHostedReference(value);
    expect(refused).toThrow(expect.objectContaining({ code: "HOSTING_BAD_REFERENCE" }));
    try {
      refused();
    } catch (error) {
      expect(inspect(error, { depth: 9 })).not.toContain("secret1");
    }
  });
});

describe("an allow-list", () => {
  it("names hosts, each exactly, and no patterns", () => {
    const hosts = ["docs.example", "docs.example:8443", "10.0.0.1", "[::1]:80"];
    expect(badHostOf({ hosts })).toBeUndefined();
    for (const bad of ["*", "*.example", "https://docs.example", "docs.example/a", "Docs.example", "", ".example"])
      expect(badHostOf({ hosts: [...hosts, bad] })).toBe(bad);
    expect(badHostOf({ hosts: Array.from({ length: 257 }, (_, at) => `h${at}`) })).toBe("h256");
  });
});
