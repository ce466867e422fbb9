import { describe, expect, it } from "vitest";
import { WORK_KEPT_EPOCHS } from "../limits.js";
import { auditedWork, type WorkFinding } from "./auditedWork.js";
import { NO_REPUTATIONS, reputationStep } from "./reputationStep.js";
import { addressOf, aPart, aTask, CLASS, idOf, LANE, MINER, MODEL, wordOf } from "./test/makeWork.js";
import { type EpochPublished, NO_WORK, rememberWork, type SettledWork } from "./workMemory.js";
import type { WorkTask } from "./workRecord.js";

const OTHER = addressOf("another miner");
const paid = (number: number, miner = MINER, lane = LANE): SettledWork => ({
  lane,
  id: idOf(number),
  payees: [{ payee: miner, netWei: 5n }],
});
const told = (ended: readonly WorkTask[], lane = LANE) => [{ lane, ended }];
const nothing = { records: [], settled: [] };
const step = (memory = NO_WORK, of: Partial<EpochPublished> & { readonly epoch: number }) =>
  rememberWork(memory, { ...nothing, ...of });

describe("published work", () => {
  it("counts a delivery once its lane has told of it and settled it, in whichever order", () => {
    const record = told([aTask(1)]);
    const both = step(NO_WORK, { epoch: 3, records: record, settled: [paid(1)] });
    const one = [{ miner: MINER, modelId: MODEL, accepted: 1, delivered: 1 }];
    expect(both.deliveries).toEqual(one);
    const early = step(NO_WORK, { epoch: 3, records: record });
    expect(early.deliveries).toEqual([]);
    expect(step(early.memory, { epoch: 4, settled: [paid(1)] }).deliveries).toEqual(one);
    const late = step(NO_WORK, { epoch: 3, settled: [paid(1)] });
    expect(step(late.memory, { epoch: 4, records: record }).deliveries).toEqual(one);
    expect(step(both.memory, { epoch: 4, records: record, settled: [paid(1)] }).deliveries).toEqual([]);
  });

  it("counts nothing that another lane tells, that pays somebody else, or that comes too late", () => {
    const records = told([aTask(1)]);
    expect(step(NO_WORK, { epoch: 3, records, settled: [paid(1, MINER, OTHER)] }).deliveries).toEqual([]);
    expect(step(NO_WORK, { epoch: 3, records, settled: [paid(1, OTHER)] }).deliveries).toEqual([]);
    const early = step(NO_WORK, { epoch: 3, records });
    const atLast = (epoch: number) => step(early.memory, { epoch, settled: [paid(1)] }).deliveries;
    expect(atLast(3 + WORK_KEPT_EPOCHS - 1)).toHaveLength(1);
    expect(atLast(3 + WORK_KEPT_EPOCHS)).toEqual([]);
  });

  it("counts a failure against a miner only by the miner's own word that it had taken the task", () => {
    const parts = [
      aPart({ segment: 0, outcome: "died", word: wordOf(1) }),
      aPart({ segment: 1, outcome: "silent", miner: OTHER }),
      aPart({ segment: 2, outcome: "stopped" }),
      aPart({ segment: 3, outcome: "rejected" }),
    ];
    const { deliveries } = step(NO_WORK, { epoch: 3, records: told([aTask(1, { parts })]) });
    expect(deliveries).toEqual([{ miner: MINER, modelId: MODEL, accepted: 1, delivered: 0 }]);
  });
});

describe("what audits found, with the work that it is about", () => {
  const finding = (number: number, of: Partial<WorkFinding> = {}): WorkFinding => ({
    ...{ id: idOf(number), miner: MINER, finding: "passed" },
    ...of,
  });

  it("has the model, and the speed among what the class makes of it", () => {
    const speeds = [500, 1_000, 2_000].map((ms, number) => ({ number, ms }));
    const tasks = speeds.map(({ number, ms }) =>
      aTask(number, { parts: [aPart({ nOut: 101, tFirstMs: 100, tTotalMs: 100 + ms })] }),
    );
    const settled = speeds.map(({ number }) => paid(number));
    const { memory } = step(NO_WORK, { epoch: 3, records: told(tasks), settled });
    const audited = auditedWork(
      memory,
      speeds.map(({ number }) => finding(number)),
    );
    expect(audited.map(({ speedPpm }) => speedPpm)).toEqual([1_000_000, 1_000_000, 500_000]);
    expect(audited[0]).toMatchObject({ taskId: idOf(0), miner: MINER, modelId: MODEL, finding: "passed" });
  });

  it("leaves out a pass with the client's own seed, keeps a failure, and asks for a paid part", () => {
    const tasks = [
      aTask(1, { isSeeded: true }),
      aTask(2),
      aTask(3, { parts: [aPart({ kernelClass: CLASS, nOut: 5 })] }),
    ];
    const settled = [paid(1), paid(2, OTHER), paid(3)];
    const { memory } = step(NO_WORK, { epoch: 3, records: told(tasks), settled });
    expect(auditedWork(memory, [finding(1), finding(2), finding(9)])).toEqual([]);
    expect(auditedWork(memory, [finding(1, { finding: "failed" })])).toHaveLength(1);
    expect(auditedWork(memory, [finding(3)])).toEqual([
      { taskId: idOf(3), miner: MINER, modelId: MODEL, finding: "passed" },
    ]);
  });

  it("leaves out everything of a sealed task: no validator is shown its words", () => {
    const tasks = [aTask(1, { isSealed: true }), aTask(2)];
    const { memory } = step(NO_WORK, { epoch: 3, records: told(tasks), settled: [paid(1), paid(2)] });
    const found = auditedWork(memory, [finding(1), finding(1, { finding: "failed" }), finding(2)]);
    expect(found.map(({ taskId }) => taskId)).toEqual([idOf(2)]);
  });

  it("moves reputations, and waits for a record that comes after it", () => {
    const of = { epochSeconds: 600, findings: [], ...nothing };
    const first = reputationStep(NO_REPUTATIONS, { ...of, epoch: 3, settled: [paid(1)], findings: [finding(1)] });
    expect(first.reputations).toEqual([]);
    const second = reputationStep(first, { ...of, epoch: 4, records: told([aTask(1)]) });
    expect(second.reputations).toMatchObject([{ miner: MINER, passedMicro: 1_000_000, accepted: 1, delivered: 1 }]);
    expect(second.waiting).toEqual([]);
    const third = reputationStep(second, { ...of, epoch: 5 });
    expect(third.reputations[0]?.passedMicro).toBeLessThan(1_000_000);
  });
});
