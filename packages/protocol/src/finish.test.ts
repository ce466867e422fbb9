import { describe, expect, it } from "vitest";
import { utf8ToBytes } from "./bytes.js";
import { type FinishRule, finishOf } from "./finish.js";

const END = 2;
const WORDS = ["one ", "two ", "</s>", "three"];
const bytesOf = (id: number) => utf8ToBytes(WORDS[id] ?? "");
const rule: FinishRule = { stop: [], maxOut: 4, isEnd: (id) => id === END };

describe("finishOf", () => {
  it("ends by the end token, counts it and leaves its text out", () => {
    const ending = finishOf(rule, { tokens: [0, 1, END, 3], bytesOf });
    expect(ending).toEqual({ kind: "finished", finish: "stop", tokens: 3, text: "one two " });
  });

  it("ends by length at the last allowed token", () => {
    const ending = finishOf({ ...rule, maxOut: 2 }, { tokens: [0, 1, 3], bytesOf });
    expect(ending).toEqual({ kind: "finished", finish: "length", tokens: 2, text: "one two " });
  });

  it("says stop when the end token is also the last allowed", () => {
    expect(finishOf({ ...rule, maxOut: 1 }, { tokens: [END], bytesOf })).toMatchObject({ finish: "stop", tokens: 1 });
  });

  it("ends at the token that completes a stop text, and gives held-back text out at the length", () => {
    const stopping = { ...rule, stop: ["two t"] };
    expect(finishOf(stopping, { tokens: [0, 1, 3], bytesOf })).toEqual({
      kind: "finished",
      finish: "stop",
      tokens: 3,
      text: "one ",
    });
    expect(finishOf({ ...stopping, maxOut: 2 }, { tokens: [0, 1], bytesOf })).toMatchObject({ text: "one two " });
  });

  it("is unfinished while nothing ends it", () => {
    expect(finishOf(rule, { tokens: [0, 1], bytesOf })).toEqual({ kind: "unfinished" });
  });
});
