import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChatMessage, Prompt } from "../inferenceRequest.js";
import { bytesOf } from "../test/aSealing.js";
import { aWord } from "../test/aTask.js";
import { AFFINITY_TAGS_MAX, type AffinitySetup, affinityTags, sharedAffinity } from "./affinityTags.js";

const SETUP: AffinitySetup = { sessionKey: bytesOf("session"), modelId: aWord("model"), filler: bytesOf("filler") };
const tagsOf = (prompt: Prompt, changes: Partial<AffinitySetup> = {}) => affinityTags({ ...SETUP, ...changes }, prompt);
const message = fc.record({
  role: fc.constantFrom<ChatMessage["role"]>("system", "user", "assistant"),
  content: fc.string({ unit: "grapheme", maxLength: 800 }),
});
const chat = (messages: readonly ChatMessage[]): Prompt => ({ kind: "chat", messages: [...messages] });
const LONG = chat([{ role: "user", content: "x".repeat(2_000) }]);

describe("affinity tags", () => {
  it("of a conversation's earlier turns begin those of its later ones", () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 6 }), message, (turns, next) => {
        const before = tagsOf(chat(turns), { filler: bytesOf("first") });
        const after = tagsOf(chat([...turns, next]), { filler: bytesOf("second") });
        const bytes = turns.reduce((sum, { role, content }) => sum + role.length + Buffer.byteLength(content) + 8, 4);
        expect(sharedAffinity(before, after)).toBe(Math.min(Math.floor(bytes / 256), AFFINITY_TAGS_MAX));
      }),
      { numRuns: 60 },
    );
  });

  it("part where two conversations part, and stay apart", () => {
    const [left, right] = ["a", "b"].map((last) =>
      tagsOf(chat([{ role: "user", content: `${"x".repeat(700)}${last.repeat(900)}` }])),
    );
    if (left === undefined || right === undefined) throw new Error("two lists of tags");
    expect(sharedAffinity(left, right)).toBe(2);
    for (const tag of right.slice(2, 6)) expect(left.slice(0, 6)).not.toContain(tag);
  });

  it("never match between two sessions, two models, or two places", () => {
    const mine = tagsOf(LONG);
    const others = [
      tagsOf(LONG, { sessionKey: bytesOf("another session") }),
      tagsOf(LONG, { modelId: aWord("another model") }),
    ];
    for (const other of others) for (const tag of other) expect(mine).not.toContain(tag);
    expect(new Set(mine).size).toBe(mine.length);
  });

  it("are filled up to a power of two with tags that match nothing, the same request again included", () => {
    const [first, second] = [tagsOf(LONG), tagsOf(LONG, { filler: bytesOf("another filler") })];
    expect([first.length, sharedAffinity(first, second)]).toEqual([8, 7]);
    const counts = [0, 300, 600, 1_000, 4_000, 40_000].map(
      (length) => tagsOf({ kind: "text", text: "y".repeat(length) }).length,
    );
    expect(counts).toEqual([1, 1, 2, 4, 16, 64]);
    expect(
      sharedAffinity(tagsOf({ kind: "text", text: "" }), tagsOf({ kind: "text", text: "" }, { filler: bytesOf("b") })),
    ).toBe(0);
  });

  it("of a text and of a chat with the same words have nothing in common", () => {
    const text = tagsOf({ kind: "text", text: "x".repeat(2_000) }, { filler: bytesOf("another filler") });
    for (const tag of tagsOf(LONG)) expect(text).not.toContain(tag);
  });
});
