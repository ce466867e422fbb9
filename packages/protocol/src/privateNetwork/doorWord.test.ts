import { describe, expect, it } from "vitest";
import { addressOfPrivateKey } from "../secp256k1.js";
import { gateDomain, readDoorWord, signDoorWord } from "./doorWord.js";

const KEY = `0x${"11".repeat(32)}` as const;
const ACCOUNT = addressOfPrivateKey(KEY);
const DOMAIN = gateDomain({ chainId: 41_001, gate: `0x${"aa".repeat(20)}` });
const NOW = 1_000_000;
const word = { account: ACCOUNT, issued: NOW, expires: NOW + 600 };

describe("a member's word to a door", () => {
  it("is read as its signer's until it expires", () => {
    const bearer = signDoorWord(word, DOMAIN, KEY);
    expect(readDoorWord(bearer, DOMAIN, NOW + 599)).toEqual({ kind: "word", word });
    expect(readDoorWord(bearer, DOMAIN, NOW + 600)).toEqual({ kind: "refused", fault: "expired" });
    expect(readDoorWord(bearer, DOMAIN, NOW - 31)).toEqual({ kind: "refused", fault: "notYet" });
  });

  it("opens no other network's door, and none for another account", () => {
    const bearer = signDoorWord(word, DOMAIN, KEY);
    for (const other of [
      gateDomain({ chainId: 41_002, gate: DOMAIN.verifyingContract }),
      gateDomain({ chainId: 41_001, gate: `0x${"bb".repeat(20)}` }),
    ])
      expect(readDoorWord(bearer, other, NOW)).toEqual({ kind: "refused", fault: "otherSigner" });
    const stolen = signDoorWord({ ...word, account: `0x${"22".repeat(20)}` }, DOMAIN, KEY);
    expect(readDoorWord(stolen, DOMAIN, NOW)).toEqual({ kind: "refused", fault: "otherSigner" });
  });

  it("is refused for longer than an hour, altered, cut, lengthened or of another kind", () => {
    const long = signDoorWord({ ...word, expires: NOW + 3_601 }, DOMAIN, KEY);
    expect(readDoorWord(long, DOMAIN, NOW)).toEqual({ kind: "refused", fault: "tooLong" });
    const bearer = signDoorWord(word, DOMAIN, KEY);
    for (const bad of ["", "cw-", "ca-whatever", bearer.slice(0, -4), `${bearer}AAAA`, "cw-".padEnd(9_999, "A")])
      expect(readDoorWord(bad, DOMAIN, NOW)).toEqual({ kind: "refused", fault: "malformed" });
    const altered = `${bearer.slice(0, 40)}${bearer[40] === "A" ? "B" : "A"}${bearer.slice(41)}`;
    expect(readDoorWord(altered, DOMAIN, NOW)).toMatchObject({ kind: "refused" });
  });
});
