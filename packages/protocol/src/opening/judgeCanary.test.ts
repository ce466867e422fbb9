import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anAddress, aWord } from "../test/aTask.js";
import { type CanaryAnswer, judgeCanary } from "./judgeCanary.js";

const answer = (miner: string, said: string, owner = miner, kernelClass = "cpu"): CanaryAnswer => ({
  taskId: aWord(`${miner} ${said}`),
  miner: anAddress(miner),
  owner: anAddress(owner),
  kernelClass: aWord(kernelClass),
  tokensHash: aWord(said),
});
const kinds = (...answers: readonly CanaryAnswer[]) => judgeCanary(answers).map(({ kind }) => kind);

describe("a canary's answers", () => {
  it("are right where miners of two owners say the same, and wrong where another doesn't, with the tasks that show it", () => {
    const [anna, bert, carl] = [answer("anna", "a"), answer("bert", "a"), answer("carl", "b")];
    expect(judgeCanary([anna, carl, bert])).toEqual([
      { answer: anna, kind: "right", against: [] },
      { answer: carl, kind: "wrong", against: [anna.taskId, bert.taskId] },
      { answer: bert, kind: "right", against: [] },
    ]);
  });

  it("accuse nobody on one owner's word, however many its miners, nor where two answers have two owners each", () => {
    expect(kinds(answer("anna", "a"))).toEqual(["open"]);
    expect(kinds(answer("anna", "a"), answer("carl", "b"))).toEqual(["open", "open"]);
    expect(kinds(answer("anna", "a", "one"), answer("anja", "a", "one"), answer("carl", "b"))).toEqual(
      Array(3).fill("open"),
    );
    const two = [answer("carl", "b"), answer("cleo", "b")];
    expect(kinds(answer("anna", "a"), answer("bert", "a"), ...two)).toEqual(Array(4).fill("open"));
  });

  it("are compared within a kernel class alone", () => {
    const cpu = [answer("anna", "a"), answer("bert", "a")];
    expect(kinds(...cpu, answer("gina", "b", "gina", "gpu"))).toEqual(["right", "right", "open"]);
  });

  it("never call wrong who says what two others do, whatever the rest say", () => {
    const said = fc.array(fc.tuple(fc.nat(5), fc.nat(3)), { maxLength: 8 });
    fc.assert(
      fc.property(said, (others) => {
        const rest = others.map(([miner, word]) => answer(`liar ${miner}`, `lie ${word}`));
        const honest = ["anna", "bert", "dora"].map((name) => answer(name, "a"));
        expect(kinds(...honest, ...rest).slice(0, 3)).not.toContain("wrong");
      }),
      { numRuns: 200 },
    );
  });
});
