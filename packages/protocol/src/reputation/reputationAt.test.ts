import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anAddress, aWord } from "../test/aTask.js";
import { MICRO } from "./auditCounts.js";
import { HALF_LIFE_SECONDS } from "./keptShare.js";
import {
  type AuditedTask,
  type EpochWork,
  nextReputation,
  reputationAt,
  reputationLeaf,
  speedPpmOf,
} from "./reputationAt.js";

const EPOCH_SECONDS = 600;
const [miner, modelId] = [anAddress("miner"), aWord("model")];
const badRecord = expect.objectContaining({ code: "PROTOCOL_BAD_RECORD" });
const outOfRange = expect.objectContaining({ code: "PROTOCOL_OUT_OF_RANGE" });

function anAudited(task: number, over: Partial<AuditedTask> = {}): AuditedTask {
  return { taskId: aWord(`task ${task}`), miner, modelId, finding: "passed", ...over };
}
const passes = (count: number, from = 0) => Array.from({ length: count }, (_, index) => anAudited(from + index));
const at = (epoch: number, history: readonly EpochWork[]) =>
  reputationAt(epoch, { epochSeconds: EPOCH_SECONDS, history });

/** Histories of two miners with two models, each task once. */
const anyHistory = fc
  .array(
    fc.record({
      epoch: fc.nat(40),
      who: fc.nat(3),
      finding: fc.constantFrom("passed" as const, "failed" as const),
      speedPpm: fc.option(fc.nat(1_000_000), { nil: undefined }),
      accepted: fc.nat(9),
    }),
    { maxLength: 30 },
  )
  .map((records): readonly EpochWork[] => {
    const epochs = [...new Set(records.map(({ epoch }) => epoch))];
    return epochs.map((epoch) => {
      const own = records.map((record, task) => ({ ...record, task })).filter((record) => record.epoch === epoch);
      const of = (who: number) => ({ miner: anAddress(`miner ${who % 2}`), modelId: aWord(`model ${who >> 1}`) });
      const audited = own.map(({ who, finding, speedPpm, task }) =>
        anAudited(task, { ...of(who), finding, ...(speedPpm === undefined ? {} : { speedPpm }) }),
      );
      const makers = own.filter(({ who }, index) => own.findIndex((other) => other.who === who) === index);
      const deliveries = makers.map(({ who, accepted }) => ({
        ...of(who),
        accepted,
        delivered: Math.floor(accepted / 2),
      }));
      return { epoch, audited, deliveries };
    });
  });

describe("reputation at an epoch", () => {
  it("is one value to the last digit, however the history is listed and wherever the fold was left off", () => {
    fc.assert(
      fc.property(anyHistory, fc.integer({ min: 40, max: 60 }), (history, epoch) => {
        const whole = at(epoch, history);
        const turned = history.map(({ audited, deliveries, ...rest }) => ({
          ...rest,
          audited: [...audited].reverse(),
          deliveries: [...deliveries].reverse(),
        }));
        expect(at(epoch, turned.reverse())).toEqual(whole);
        let known = at(17, history);
        for (let next = 18; next <= epoch; next += 1) {
          const work = history.find((one) => one.epoch === next);
          known = nextReputation(known, { epochSeconds: EPOCH_SECONDS, ...(work && { work }) });
        }
        expect(known).toEqual(whole);
      }),
    );
  });

  it("counts nothing that comes after it, and nothing of another miner or model", () => {
    fc.assert(
      fc.property(anyHistory, fc.nat(40), (history, epoch) => {
        expect(at(epoch, history)).toEqual(
          at(
            epoch,
            history.filter((work) => work.epoch <= epoch),
          ),
        );
        const mine = (works: readonly EpochWork[]) =>
          works.map((work) => ({
            ...work,
            audited: work.audited.filter((one) => one.miner === anAddress("miner 0")),
            deliveries: work.deliveries.filter((one) => one.miner === anAddress("miner 0")),
          }));
        const own = at(epoch, history).filter((one) => one.miner === anAddress("miner 0"));
        expect(at(epoch, mine(history)).filter((one) => one.accepted + one.passedMicro + one.failedMicro > 0)).toEqual(
          own.filter((one) => one.accepted + one.passedMicro + one.failedMicro > 0),
        );
      }),
    );
  });

  it("forgets half in fourteen days, for good and for bad, and all at last", () => {
    const bad = Array.from({ length: 4 }, (_, index) => anAudited(200 + index, { finding: "failed" }));
    const history = [{ epoch: 0, audited: [...passes(100), ...bad], deliveries: [] }];
    const epochs = HALF_LIFE_SECONDS / EPOCH_SECONDS;
    const [then] = at(0, history);
    const [later] = at(epochs, history);
    expect(then).toMatchObject({ passedMicro: 100 * MICRO, failedMicro: 40 * MICRO });
    for (const [kept = 0, of] of [
      [later?.passedMicro, 50 * MICRO],
      [later?.failedMicro, 20 * MICRO],
    ] as const) {
      expect(kept).toBeLessThanOrEqual(of);
      // Each epoch rounds down by less than one.
      expect(of - kept).toBeLessThan(epochs);
    }
    let known = at(0, history);
    for (let fortnight = 0; fortnight < 30; fortnight += 1)
      known = nextReputation(known, { epochSeconds: HALF_LIFE_SECONDS });
    expect(known[0]).toMatchObject({ passedMicro: 0, failedMicro: 0 });
  });

  it("averages the speed of what passed, an eighth at a time, in the order of the tasks", () => {
    const speeds = [800_000, 400_000, 1_000_001 - 1].map((speedPpm, task) => anAudited(task, { speedPpm }));
    const slow = anAudited(9, { finding: "failed", speedPpm: 1 });
    const ordered = [...speeds].sort((left, right) => (left.taskId < right.taskId ? -1 : 1));
    const expected = ordered.reduce(
      (mean, { speedPpm = 0 }) => (mean === 0 ? speedPpm : Math.floor((7 * mean + speedPpm) / 8)),
      0,
    );
    const history = [{ epoch: 0, audited: [...speeds, slow], deliveries: [] }];
    expect(at(0, history)[0]?.speedPpm).toBe(expected);
    expect(at(500, history)[0]?.speedPpm).toBe(expected);
  });

  it("makes the leaf that guards attest", () => {
    const deliveries = [{ miner, modelId, accepted: 1_000, delivered: 900 }];
    const [known] = at(3, [{ epoch: 3, audited: passes(2), deliveries }]);
    expect(known && reputationLeaf(known)).toMatchInlineSnapshot(`
      {
        "availabilityPpm": 879848,
        "failedMicro": 0,
        "miner": "0x43df74be7858da13bb08c1289fe488b9843c5555",
        "modelId": "0x191185346d2996711dd761c502ee7036b7bbf81137b5ba67ab29c6b6f57570a9",
        "passedMicro": 2000000,
        "speedPpm": 0,
      }
    `);
  });

  it("refuses an epoch, a task or a miner that comes twice, and figures that can't be", () => {
    const work = { epoch: 1, audited: passes(1), deliveries: [] };
    expect(() => at(1, [work, work])).toThrow(badRecord);
    expect(() => at(2, [work, { ...work, epoch: 2 }])).toThrow(badRecord);
    expect(() => at(1, [{ ...work, audited: [...work.audited, ...work.audited] }])).toThrow(badRecord);
    const delivery = { miner, modelId, accepted: 2, delivered: 1 };
    expect(() => at(1, [{ ...work, deliveries: [delivery, delivery] }])).toThrow(badRecord);
    expect(() => at(1, [{ ...work, deliveries: [{ ...delivery, delivered: 3 }] }])).toThrow(outOfRange);
    for (const change of [{ miner: "0x12" }, { modelId: "0x12" }, { taskId: "0x12" }, { speedPpm: 1_000_001 }] as const)
      expect(() => at(1, [{ ...work, audited: [anAudited(0, change)] }])).toThrow(badRecord);
  });
});

describe("the speed of a result", () => {
  it("is its part of the class's, at most all of it", () => {
    const of = { tokens: 100, milliseconds: 2_000, classMilliTokensPerSecond: 60_000 };
    expect(speedPpmOf(of)).toBe(833_333);
    expect(speedPpmOf({ ...of, milliseconds: 1_000 })).toBe(1_000_000);
    for (const change of [{ tokens: 0 }, { milliseconds: 0.5 }, { classMilliTokensPerSecond: -1 }])
      expect(() => speedPpmOf({ ...of, ...change })).toThrow(outOfRange);
  });
});
