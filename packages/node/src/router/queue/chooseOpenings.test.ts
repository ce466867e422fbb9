import type { AnswerOpening } from "@cortensor/chain";
import { type Result, utf8ToBytes, ZERO_BYTES32 } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { chooseOpenings } from "./chooseOpenings.js";

const minerOf = (seat: number) => `0x${String(seat).repeat(40)}` as const;

function anOpening(seat: number, text: string, change: Partial<Result> = {}): AnswerOpening {
  const hashes = { tokenRoot: ZERO_BYTES32, fpRoot: ZERO_BYTES32, recipeHash: ZERO_BYTES32, outCommit: ZERO_BYTES32 };
  const result: Result = {
    ...{ taskId: ZERO_BYTES32, miner: minerOf(seat), replica: seat, segment: 0, from: 0, to: 1, ...hashes },
    ...{ nIn: 1, nOut: 1, finish: "stop", kernelClass: ZERO_BYTES32, tFirstMs: 0, tTotalMs: 0 },
    ...change,
  };
  return { seat, result, output: utf8ToBytes(text) };
}

const seatsOf = (openings: readonly AnswerOpening[] | undefined) => openings?.map(({ seat }) => seat);
const majority = { policy: "majority", redundancy: 3, author: undefined } as const;
const operator = { policy: "operator", redundancy: 3, author: minerOf(1) } as const;

describe("the openings of a request", () => {
  it("are as many of one answer as decide, whatever white space is around them", () => {
    const answers = [anOpening(0, "yes"), anOpening(1, "no"), anOpening(2, " yes\n")];
    expect(seatsOf(chooseOpenings(answers, majority))).toEqual([0, 2]);
    expect(
      seatsOf(
        chooseOpenings(
          [0, 1, 2].map((seat) => anOpening(seat, "yes")),
          majority,
        ),
      ),
    ).toEqual([0, 1]);
  });

  it("are none without more than half of what was asked for", () => {
    expect(chooseOpenings([anOpening(0, "yes"), anOpening(1, "no")], majority)).toBeUndefined();
    expect(chooseOpenings([anOpening(0, "yes")], majority)).toBeUndefined();
  });

  it("are never of an answer that is cut, handed over, blank or too long", () => {
    const cut = anOpening(1, "yes", { finish: "length" });
    const over = anOpening(2, "yes", { segment: 1, from: 32 });
    expect(chooseOpenings([anOpening(0, "yes"), cut, over], majority)).toBeUndefined();
    expect(
      chooseOpenings(
        [0, 1].map((seat) => anOpening(seat, " \n")),
        majority,
      ),
    ).toBeUndefined();
    expect(
      chooseOpenings(
        [0, 1].map((seat) => anOpening(seat, "y".repeat(1_025))),
        majority,
      ),
    ).toBeUndefined();
  });

  it("are by the operator's word the answer that was taken, else the most frequent", () => {
    const answers = [anOpening(0, "a"), anOpening(1, "b"), anOpening(2, "a")];
    expect(seatsOf(chooseOpenings(answers, operator))).toEqual([1]);
    expect(seatsOf(chooseOpenings(answers, { ...operator, author: undefined }))).toEqual([0]);
    expect(chooseOpenings([], operator)).toBeUndefined();
  });
});
