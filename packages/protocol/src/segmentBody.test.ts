import { describe, expect, it } from "vitest";
import { encodeBodyDocument, parseBodyDocument } from "./bodyDocument.js";
import { hasCode } from "./errors.js";
import { bodyFault, type SegmentBody } from "./segmentBody.js";
import { hashResult } from "./structHash.js";
import { aBody } from "./test/aBody.js";

const ADDRESS = hashResult(aBody().result);
const OTHER = `0x${"99".repeat(32)}` as const;

describe("a segment's body", () => {
  it("is all that its result commits to", () => {
    expect(bodyFault(aBody(), ADDRESS)).toBeUndefined();
  });

  it.each<[string, Partial<SegmentBody>]>([
    ["result", { result: { ...aBody().result, nIn: 8 } }],
    ["task", { task: { ...aBody().task, maxOut: 65 } }],
    ["task", { task: { ...aBody().task, seq: 2 ** 40 } }],
    ["prompt", { prompt: { kind: "text", text: "Another question" } }],
    ["prompt", { promptSalt: OTHER }],
    ["params", { params: { ...aBody().params, temperature: 0.5 } }],
    ["params", { params: { ...aBody().params, temperature: 7 } }],
    ["recipe", { recipe: [{ kind: "prefill", tokens: 8 }] }],
    ["fingerprint", { fingerprint: aBody().fingerprint.slice(28) }],
    ["fingerprint", { fingerprint: aBody().fingerprint.slice(1) }],
    ["tokens", { committed: [1, 2, 3] }],
  ])("isn't when its %s is another", (fault, change) => {
    expect(bodyFault({ ...aBody(), ...change }, ADDRESS)).toBe(fault);
  });

  it("crosses as JSON unchanged, a user's seed too", () => {
    for (const body of [aBody(), aBody({ userSeed: -5n })]) {
      const text = JSON.stringify(encodeBodyDocument(body));
      expect(parseBodyDocument(JSON.parse(text))).toEqual(body);
    }
  });

  it.each<[string, object]>([
    ["unknown field", { extra: 1 }],
    ["missing field", { prompt: undefined }],
    ["odd fingerprint", { fingerprint: "0x123" }],
    ["parameter out of range", { params: { ...aBody().params, topK: 41 } }],
    ["foreign role", { prompt: { kind: "chat", messages: [{ role: "tool", content: "" }] } }],
    ["context of nothing", { contextTokens: 0 }],
  ])("is refused as JSON with an %s", (_what, change) => {
    try {
      parseBodyDocument({ ...encodeBodyDocument(aBody()), ...change });
      expect.unreachable();
    } catch (error) {
      expect(hasCode(error, "PROTOCOL_BAD_DOCUMENT")).toBe(true);
    }
  });
});
