import { describe, expect, it } from "vitest";
import { keccak256, utf8ToBytes } from "../bytes.js";
import { guardsDomain } from "../eip712Domain.js";
import { toCompactSignature } from "../guards/compactSignature.js";
import { addressOfPrivateKey, signDigest } from "../secp256k1.js";
import { caseRequestDigest, caseRequestSigner } from "./caseRequest.js";

const KEY = `0x${"33".repeat(32)}` as const;
const DOMAIN = guardsDomain({ chainId: 31_337, guards: `0x${"c0".repeat(20)}` });
const REQUEST = { number: 7, resultHash: keccak256(utf8ToBytes("result")) };

describe("a request for a disputed result", () => {
  it("names its signer for that dispute, result and network alone", () => {
    const signature = toCompactSignature(signDigest(caseRequestDigest(DOMAIN, REQUEST), KEY));
    const signer = addressOfPrivateKey(KEY);
    expect(caseRequestSigner(DOMAIN, REQUEST, signature)).toBe(signer);
    const other = guardsDomain({ chainId: 1, guards: `0x${"c0".repeat(20)}` });
    expect(caseRequestSigner(other, REQUEST, signature)).not.toBe(signer);
    expect(caseRequestSigner(DOMAIN, { ...REQUEST, number: 8 }, signature)).not.toBe(signer);
    const another = { ...REQUEST, resultHash: keccak256(utf8ToBytes("another")) };
    expect(caseRequestSigner(DOMAIN, another, signature)).not.toBe(signer);
  });
});
