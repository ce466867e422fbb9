import { readFileSync } from "node:fs";
import type { SamplingParams } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { proofOfWork } from "./proofOfWork.js";
import { renderWork } from "./renderWork.js";
import { WORK, WORK_KINDS } from "./workKinds.js";
import { type AnsweredWork, workOf } from "./workOf.js";

const PARAMS: SamplingParams = {
  temperature: 1,
  topK: 40,
  topP: 0.9,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: {},
  stop: [],
  maxTokens: 64,
};

function anAnswer(
  changes: Partial<Extract<AnsweredWork, { kind: "inference" }>> = {},
  params: Partial<SamplingParams> = {},
): AnsweredWork {
  const plain = { kind: "inference", engine: "llama", prompt: "chat", segments: 1, copies: 1, finish: "stop" } as const;
  return { ...plain, isOtherKernelClass: false, params: { ...PARAMS, ...params }, ...changes };
}

describe("the table of work", () => {
  it("stands in the documentation as it is in the code", () => {
    const page = readFileSync(new URL("../../../../docs/PROOF.md", import.meta.url), "utf8");
    expect(page).toContain(renderWork());
  });

  it("lets nothing slash that no replay can settle, or that isn't called proved", () => {
    for (const kind of WORK_KINDS) {
      const { maySlash, dispute, label, check } = WORK[kind];
      expect(maySlash, kind).toBe(dispute === "replay" && label === "proved");
      expect(label === "unproved", kind).toBe(check === "none" || check === "distance");
    }
  });
});

describe("an answer's proof", () => {
  it("is whole for a plain chat of a local engine", () => {
    expect(workOf(anAnswer())).toEqual(["chat"]);
    const proof = { check: "margin", dispute: "replay", maySlash: true, label: "proved" };
    expect(proofOfWork(["chat"])).toEqual({ ...proof, because: ["chat"] });
  });

  it("names every kind that an answer is of", () => {
    const params = { temperature: 0, presencePenalty: 1, logitBias: { 3: 1 }, stop: ["."], userSeed: 1n };
    const work = anAnswer({ prompt: "text", segments: 2, copies: 3, finish: "abort" }, params);
    expect(workOf(work)).toEqual([
      "text",
      "greedy",
      "stop",
      "penalties",
      "logitBias",
      "userSeed",
      "cancelled",
      "handOver",
      "copies",
    ]);
    expect(proofOfWork(workOf(work)).label).toBe("proved");
  });

  it("is the weakest of its kinds", () => {
    const elsewhere = proofOfWork(workOf(anAnswer({ isOtherKernelClass: true })));
    expect(elsewhere).toMatchObject({ dispute: "statistics", maySlash: false, label: "statistical" });
    expect(elsewhere.because).toEqual(["otherKernelClass"]);
    const external = proofOfWork(workOf(anAnswer({ engine: "http" })));
    expect(external).toMatchObject({ label: "unproved", check: "distance", maySlash: false });
    expect(proofOfWork(workOf({ kind: "embedding", engine: "http" })).label).toBe("unproved");
    expect(proofOfWork(workOf({ kind: "embedding", engine: "llama" })).label).toBe("statistical");
    expect(proofOfWork([])).toMatchObject({ label: "unproved", maySlash: false, check: "none" });
  });
});
