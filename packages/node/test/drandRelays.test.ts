import { describe, expect, it } from "vitest";
import { aDrandAnswer, aDrandNetwork } from "../../protocol/test/aDrandNetwork.js";
import { parseRound } from "../src/guard/drandRelays.js";

const network = aDrandNetwork({ genesis: 0, periodSeconds: 3 });
const answer = aDrandAnswer(7);
const parse = (shown: unknown, round = 7) => parseRound(JSON.stringify(shown), { network, round });

describe("a relay's answer", () => {
  it("is the round that was asked for, with its randomness", () => {
    expect(parse(answer)).toMatchObject({ round: 7, randomness: `0x${answer.randomness}` });
    expect(parse({ ...answer, previous_signature: "" })).toMatchObject({ round: 7 });
  });

  it("is refused when it is of another round, key or randomness", () => {
    expect(parse(answer, 8)).toBeUndefined();
    expect(parse({ ...answer, round: 8 }, 8)).toBeUndefined();
    expect(parse(aDrandAnswer(7, "another key"))).toBeUndefined();
    expect(parse({ ...answer, randomness: "00".repeat(32) })).toBeUndefined();
  });

  it("is refused in any other form", () => {
    const { signature, ...unsigned } = answer;
    const others = [
      ...[unsigned, [answer], "round", null, { ...answer, more: 1 }, { ...answer, round: "7" }],
      ...[
        { ...answer, signature: signature.toUpperCase() },
        { ...answer, signature: `${signature}00` },
      ],
      ...[
        { ...answer, signature: `0x${signature}` },
        { ...answer, signature: "00".repeat(48) },
      ],
      { ...answer, previous_signature: "a".repeat(193) },
    ];
    for (const other of others) expect(parse(other)).toBeUndefined();
    expect(parseRound("<html>", { network, round: 7 })).toBeUndefined();
  });
});
