import type { Address, FinishReason, SamplingParams } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { labelAnswer, labelVectors, type WorkerOffer } from "./labelAnswer.js";
import { addressAt } from "./test/anOffer.js";

const CLASS = `0x${"aa".repeat(32)}` as const;
const ELSEWHERE = `0x${"bb".repeat(32)}` as const;
const PARAMS: SamplingParams = {
  temperature: 1,
  topK: 40,
  topP: 1,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: {},
  stop: [],
  maxTokens: 64,
};

function aWorker(
  change: Partial<WorkerOffer["model"]> & { readonly owner?: Address; readonly kernelClass?: `0x${string}` } = {},
): WorkerOffer {
  const { owner = addressAt(1), kernelClass = CLASS, canScore = true, quantisation = "Q8_0" } = change;
  return { kernelClass, model: { canScore, quantisation }, seat: { owner } };
}

function labelOf(
  workers: readonly WorkerOffer[],
  change: { readonly finish?: FinishReason; readonly copies?: number } = {},
) {
  const owners = new Set([addressAt(1), addressAt(2)]);
  return labelAnswer({
    request: { prompt: { kind: "text", text: "hello" }, params: PARAMS },
    workers,
    copies: change.copies ?? 1,
    finish: change.finish ?? "stop",
    ownersOfClass: new Map([
      [CLASS, owners],
      [ELSEWHERE, new Set([addressAt(3)])],
    ]),
  });
}

describe("what an answer is called", () => {
  it("is proved where another owner's miner here could do it again, whole, cut, handed over or in copies", () => {
    expect(labelOf([aWorker()])).toBe("proved");
    expect(labelOf([aWorker()], { finish: "abort" })).toBe("proved");
    expect(labelOf([aWorker(), aWorker({ owner: addressAt(2) })])).toBe("proved");
    expect(labelOf([aWorker()], { copies: 3 })).toBe("proved");
  });

  it("is statistical where nobody else computes in the miner's kernel class", () => {
    expect(labelOf([aWorker({ owner: addressAt(3), kernelClass: ELSEWHERE })])).toBe("statistical");
    expect(labelOf([aWorker({ kernelClass: `0x${"cc".repeat(32)}` })])).toBe("statistical");
  });

  it("is unproved where the engine can't score, or there is no model", () => {
    expect(labelOf([aWorker({ canScore: false, quantisation: "unknown" })])).toBe("unproved");
    expect(labelOf([aWorker({ quantisation: "none" })])).toBe("unproved");
  });

  it("is that of the weakest of its segments, and nothing without one", () => {
    expect(labelOf([aWorker(), aWorker({ owner: addressAt(3), kernelClass: ELSEWHERE })])).toBe("statistical");
    expect(labelOf([aWorker({ canScore: false }), aWorker()])).toBe("unproved");
    expect(labelOf([])).toBe("unproved");
  });

  it("is statistical for vectors, and unproved for those of an engine that shows nothing", () => {
    expect(labelVectors(aWorker())).toBe("statistical");
    expect(labelVectors(aWorker({ canScore: false }))).toBe("unproved");
  });
});
