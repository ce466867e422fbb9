import { describe, expect, it } from "vitest";
import { bytesToHex, sha256Bytes, utf8ToBytes } from "./bytes.js";
import { decodePrompt, encodePrompt, promptCommit } from "./commit.js";
import { maxPromptTokens } from "./fee.js";
import { flattenPrompt, type HostedDocument, missingDocuments, rawCidDigest, rawCidOf } from "./hostedDocument.js";
import type { Prompt } from "./inferenceRequest.js";
import { aWord } from "./test/aTask.js";

const TEXT = "The bridge was opened in 1903.";
const DOCUMENT: HostedDocument = {
  message: 1,
  sha256: aWordOf(TEXT),
  bytes: TEXT.length,
  place: { kind: "url", url: "https://docs.example/a" },
};
const MESSAGES = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "When was it opened?" },
] as const;
const hosted = (...documents: HostedDocument[]): Prompt => ({ kind: "chat", messages: MESSAGES, documents });
const SALT = aWord("salt");

function aWordOf(text: string): `0x${string}` {
  return bytesToHex(sha256Bytes(utf8ToBytes(text)));
}

describe("a prompt with a hosted document", () => {
  it("commits to the document's bytes, not to where they are, nor to whether they were fetched", () => {
    const commit = promptCommit(SALT, hosted(DOCUMENT));
    expect(promptCommit(SALT, hosted({ ...DOCUMENT, place: { kind: "cid", cid: "bafk" } }))).toBe(commit);
    expect(promptCommit(SALT, hosted({ ...DOCUMENT, text: TEXT }))).toBe(commit);
    const others = [
      hosted({ ...DOCUMENT, sha256: aWord("another") }),
      hosted({ ...DOCUMENT, bytes: TEXT.length + 1 }),
      hosted({ ...DOCUMENT, message: 0 }),
      hosted(DOCUMENT, DOCUMENT),
      { kind: "chat", messages: MESSAGES } as const,
    ];
    expect(others.map((other) => promptCommit(SALT, other)).includes(commit)).toBe(false);
  });

  it("is read with the document's text before its message's own, once that was fetched", () => {
    expect(missingDocuments(hosted(DOCUMENT))).toEqual([DOCUMENT]);
    expect(() => flattenPrompt(hosted(DOCUMENT))).toThrow("PROTOCOL_BAD_RECORD");
    const flat = flattenPrompt(hosted({ ...DOCUMENT, text: TEXT }));
    const [system, user] = MESSAGES;
    expect(flat).toEqual({ kind: "chat", messages: [system, { role: "user", content: `${TEXT}\n\n${user.content}` }] });
    expect(missingDocuments(flat)).toEqual([]);
    expect(maxPromptTokens(hosted(DOCUMENT))).toBeGreaterThanOrEqual(maxPromptTokens(flat));
    const plain: Prompt = { kind: "text", text: "as it is" };
    expect(flattenPrompt(plain)).toBe(plain);
  });

  it("commits to nothing with another text, of no message, with none or too many; and isn't decoded", () => {
    for (const wrong of [
      hosted({ ...DOCUMENT, text: `${TEXT} ` }),
      hosted({ ...DOCUMENT, text: TEXT.replace("1903", "1904") }),
      hosted({ ...DOCUMENT, message: 2 }),
      hosted(),
      hosted(...Array.from({ length: 9 }, () => DOCUMENT)),
    ])
      expect(() => promptCommit(SALT, wrong)).toThrow("PROTOCOL_BAD_RECORD");
    expect(() => decodePrompt(encodePrompt(hosted(DOCUMENT)))).toThrow("its kind is 3");
  });
});

describe("a CID of one raw block", () => {
  it("names the SHA-256 of its bytes; any other names none", () => {
    const cid = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
    expect(rawCidDigest(cid)).toBe("0xc7d01489080858c500065836c658f847a6ca67c4864619212be4f8200e4bbace");
    expect(rawCidOf("0xc7d01489080858c500065836c658f847a6ca67c4864619212be4f8200e4bbace")).toBe(cid);
    expect(rawCidDigest(rawCidOf(aWord("any")))).toBe(aWord("any"));
    for (const other of [
      "",
      cid.slice(1),
      `${cid}a`,
      cid.toUpperCase(),
      cid.replace("bafkrei", "bafybei"),
      "Qm".padEnd(46, "a"),
    ])
      expect(rawCidDigest(other)).toBeUndefined();
  });
});
