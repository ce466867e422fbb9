import { CRITERIA, type JudgedWork } from "@cortensor/proof";
import { type Address, parseAddress } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import type { Court, HeardReply } from "../src/judge/askJudges.js";
import { type Compared, judgeAnswers } from "../src/judge/judgeAnswers.js";
import type { WrittenAnswer } from "../src/judge/readAnswers.js";

const COR = 10n ** 18n;
const addressOf = (byte: string): Address => parseAddress(`0x${byte.repeat(20)}`);
const [AUTHOR, ANNA, BERT, CARL, TWIN] = ["a0", "a1", "a2", "a3", "b1"].map(addressOf) as [
  Address,
  Address,
  Address,
  Address,
  Address,
];
const ANSWER: WrittenAnswer = {
  replica: 0,
  prompt: { kind: "text", text: "The capital of France is" },
  text: "Paris.",
  miners: [AUTHOR],
};
const UNCOMPARED: Compared = { comparison: undefined, isThresholdKnown: false };

/** A court in which each miner says the same to every question; `asked` counts the questions. */
function courtOf(says: readonly (readonly [Address, string])[], changes: Partial<Court> = {}) {
  const asked: JudgedWork[] = [];
  const court: Court = {
    judges: 3,
    ask: async (work) => {
      asked.push(work);
      return says.map(([miner, text]): HeardReply => ({ miner, text }));
    },
    // Anna has two machines.
    ownerOf: async (miner) => (miner === TWIN ? ANNA : miner),
    stakeWeiOf: async () => 100n * COR,
    ...changes,
  };
  return { court, asked };
}

async function judgeOne(court: Court, compared: Compared = UNCOMPARED) {
  const [judged] = await judgeAnswers(court, [ANSWER], compared);
  return judged;
}

describe("an answer's judges", () => {
  it("accept it by their stake, asked once for each criterion", async () => {
    const { court, asked } = courtOf([
      [ANNA, "8"],
      [BERT, "9."],
      [CARL, "8"],
    ]);
    const judged = await judgeOne(court);
    expect(judged).toMatchObject({ verdict: "accepted", judgement: { kind: "good", points: 8 } });
    expect(asked.map(({ criterion }) => criterion)).toEqual(CRITERIA);
    expect(asked[0]).toMatchObject({ answer: "Paris.", prompt: ANSWER.prompt });
  });

  it("reject it, unless it lies where the other copies do: then it is disputed", async () => {
    const { court } = courtOf([
      [ANNA, "1"],
      [BERT, "0"],
      [CARL, "10"],
    ]);
    expect(await judgeOne(court)).toMatchObject({ verdict: "rejected", judgement: { kind: "poor" } });
    const comparison = { distances: [0.1, 0, 0], nearest: 1, outliers: [] };
    expect(await judgeOne(court, { comparison, isThresholdKnown: true })).toMatchObject({
      verdict: "disputed",
      distance: { value: 0.1, isOutlier: false },
    });
    expect((await judgeOne(court, { comparison, isThresholdKnown: false }))?.distance).toEqual({ value: 0.1 });
  });

  it("that can't be understood abstain, and nobody is asked again until it pleases", async () => {
    const { court, asked } = courtOf([
      [ANNA, "8"],
      [BERT, "The capital of"],
      [CARL, "11"],
    ]);
    const judged = await judgeOne(court);
    expect(judged).toMatchObject({ verdict: "undecided", judgement: { kind: "undecided" } });
    expect(judged?.judges.map(({ judge, points }) => [judge, Object.keys(points).length])).toEqual([
      [ANNA, 4],
      [BERT, 0],
      [CARL, 0],
    ]);
    expect(asked).toHaveLength(CRITERIA.length);
  });

  it("are neither its author nor one owner twice, and are looked for three rounds long", async () => {
    const { court, asked } = courtOf([
      [AUTHOR, "10"],
      [ANNA, "2"],
      [TWIN, "10"],
      [BERT, "10"],
    ]);
    const judged = await judgeOne(court);
    expect(judged?.verdict).toBe("undecided");
    expect(judged?.judges).toMatchObject([
      { judge: ANNA, points: { isCorrect: 2 } },
      { judge: BERT, points: { isCorrect: 10 } },
    ]);
    expect(asked).toHaveLength(3 * CRITERIA.length);
  });

  it("without stake have no say", async () => {
    const says = [ANNA, BERT, CARL].map((miner) => [miner, "9"] as const);
    const { court } = courtOf(says, { stakeWeiOf: async (owner) => (owner === CARL ? 0n : COR) });
    expect((await judgeOne(court))?.verdict).toBe("undecided");
  });

  it("aren't asked where the router refuses, and it says why", async () => {
    const { court } = courtOf([], { ask: async () => ({ refused: "no_miner" }) });
    expect(await judgeOne(court)).toMatchObject({ verdict: "undecided", reason: "no_miner", judges: [] });
  });
});
