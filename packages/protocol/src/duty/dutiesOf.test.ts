import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hexToBytes } from "../bytes.js";
import { anAddress, aWord } from "../test/aTask.js";
import { aDutyTask, CHAIN_ID, DUTY_EPOCH, someDuties, verdictsOf } from "../test/someDuties.js";
import { dutiesOf } from "./dutiesOf.js";
import { dutyBound, dutyDraw, isBelow } from "./dutyDraw.js";
import { dutyCommitment, openDutySecrets } from "./dutySecret.js";
import { dutyTimes } from "./dutyTimes.js";

const badRecord = expect.objectContaining({ code: "PROTOCOL_BAD_RECORD" });
const first = anAddress("validator 0");

describe("the duties of an epoch", () => {
  it("are what each shown secret draws, for everybody who recomputes them", () => {
    const facts = someDuties(5);
    const { duties, missing, unchecked } = dutiesOf(facts);
    const expected = facts.reveals.flatMap(({ validator, secret }) => {
      const bound = dutyBound(1_000_000, { weight: 1n, total: 5n });
      return facts.tasks
        .filter(({ taskId }) => isBelow(dutyDraw(secret)(hexToBytes(taskId)), bound))
        .map(({ taskId }) => `${validator} ${taskId}`);
    });
    expect(duties.map(({ validator, taskId }) => `${validator} ${taskId}`).sort()).toEqual(expected.sort());
    expect(duties.every(({ epoch, isDone }) => epoch === DUTY_EPOCH && !isDone)).toBe(true);
    expect([missing, unchecked]).toEqual([[], []]);
    const shuffled = { tasks: [...facts.tasks].reverse(), reveals: [...facts.reveals].reverse() };
    expect(dutiesOf({ ...facts, ...shuffled }).duties).toEqual(duties);
  });

  it("are done with a verdict on each, and missed without; what nobody was drawn for is none", () => {
    const facts = someDuties(4);
    const drawn = dutiesOf(facts).duties;
    const verdicts = verdictsOf(facts, ({ validator }) => (validator === first ? undefined : "passed"));
    const undrawn = facts.tasks.find(
      ({ taskId }) => !drawn.some((duty) => duty.validator === first && duty.taskId === taskId),
    );
    const extra = { validator: first, taskId: undrawn?.taskId ?? aWord(""), outcome: "passed" } as const;
    const { duties } = dutiesOf({ ...facts, verdicts: [...verdicts, extra] });
    expect(duties).toHaveLength(drawn.length);
    expect(duties.every(({ validator, isDone }) => isDone === (validator !== first))).toBe(true);
  });

  it("are never on a validator's own, its owner's or its router's task", () => {
    const names = fc.constantFrom("validator 1", "owner of validator 1", "owner of validator 2", "validator 3");
    fc.assert(
      fc.property(fc.uniqueArray(names, { minLength: 1 }), fc.nat(1_000), (parties, from) => {
        const own = new Set(parties.map(anAddress));
        const tasks = [from, from + 1, from + 2].map((index) => aDutyTask(index, { parties: own }));
        const facts = someDuties(4, { tasks });
        for (const { validator } of dutiesOf(facts).duties) {
          const owner = facts.validators.find((one) => one.validator === validator)?.owner ?? validator;
          expect(own.has(validator) || own.has(owner)).toBe(false);
        }
      }),
    );
  });

  it("are as many on a task whose maker is a validator itself: the others have its part", () => {
    const parties = new Set([anAddress("owner of validator 0")]);
    const tasks = Array.from({ length: 1_500 }, (_, index) => aDutyTask(index, { ratePpm: 500_000, parties }));
    const { duties } = dutiesOf(someDuties(3, { tasks }));
    // 750 on average; 3.3 standard deviations of chance.
    expect(Math.abs(duties.length - 750)).toBeLessThan(3.3 * Math.sqrt(1_500 * 2 * 0.25 * 0.75));
    const alone = dutiesOf(someDuties(1, { tasks: [aDutyTask(0, { parties })] }));
    expect([alone.duties, alone.unchecked]).toEqual([[], [aWord("task 0")]]);
  });

  it("of who doesn't show its secret can't be seen, and its name is told", () => {
    const facts = someDuties(3);
    const { duties, missing } = dutiesOf({ ...facts, reveals: facts.reveals.slice(1) });
    expect(missing).toEqual([first]);
    expect(duties.some(({ validator }) => validator === first)).toBe(false);
  });

  it("refuse records that no contract would have taken", () => {
    const facts = someDuties(2);
    const [task = aDutyTask(0)] = facts.tasks;
    const verdict = { validator: first, taskId: task.taskId, outcome: "passed" } as const;
    expect(() => dutiesOf({ ...facts, tasks: [task, task] })).toThrow(badRecord);
    expect(() => dutiesOf({ ...facts, tasks: [{ ...task, taskId: "0x12" }] })).toThrow(badRecord);
    expect(() => dutiesOf({ ...facts, verdicts: [verdict, { ...verdict, outcome: "failed" }] })).toThrow(badRecord);
    expect(() => dutiesOf({ ...facts, tasks: [{ ...task, ratePpm: 1_000_001 }] })).toThrow("PROTOCOL_OUT_OF_RANGE");
  });
});

describe("a validator's secret", () => {
  const of = { chainId: CHAIN_ID, epoch: DUTY_EPOCH, validator: first, secret: aWord("secret") };

  it("is of one network, epoch and validator", () => {
    const others = [{ chainId: 1 }, { epoch: 8 }, { validator: anAddress("copier") }, { secret: aWord("another") }];
    const all = [of, ...others.map((change) => ({ ...of, ...change }))].map(dutyCommitment);
    expect(new Set(all).size).toBe(all.length);
  });

  it("opens its commitment alone, and isn't shared", () => {
    const { commits, reveals, chainId, epoch } = someDuties(2);
    const open = (change: Partial<Parameters<typeof openDutySecrets>[0]>) =>
      openDutySecrets({ chainId, epoch, commits, reveals, ...change });
    expect(open({}).shown.size).toBe(2);
    const copier = anAddress("copier");
    const [commit = { validator: first, commitment: aWord("") }, ...rest] = commits;
    const [reveal = { validator: first, secret: aWord("") }, ...others] = reveals;
    const copied = { ...reveal, validator: copier };
    const owned = { validator: copier, commitment: dutyCommitment({ chainId, epoch, ...copied }) };
    expect(() => open({ epoch: 8 })).toThrow(badRecord);
    expect(() => open({ commits: rest })).toThrow(badRecord);
    expect(() => open({ commits: [commit, commit, ...rest] })).toThrow(badRecord);
    expect(() => open({ reveals: [reveal, reveal, ...others] })).toThrow(badRecord);
    expect(() => open({ commits: [...commits, { ...commit, validator: copier }], reveals: [copied] })).toThrow(
      badRecord,
    );
    expect(() => open({ commits: [...commits, owned], reveals: [...reveals, copied] })).toThrow(badRecord);
    expect(() => open({ commits: [{ ...commit, validator: "0x12" }], reveals: [] })).toThrow(badRecord);
  });
});

describe("the times of duties", () => {
  it("show no secret before the results' root is posted or can't be any more", () => {
    const anyTimes = fc.record({ t0: fc.nat(2 ** 31), epochSeconds: fc.integer({ min: 10, max: 86_400 }) });
    fc.assert(
      fc.property(anyTimes, fc.nat(1_000_000), (times, epoch) => {
        const { committedBefore, rootBefore, verdictsBefore, shownFrom, shownBefore } = dutyTimes(times, epoch);
        expect(committedBefore).toBeLessThan(rootBefore);
        expect(rootBefore).toBeLessThan(shownFrom);
        expect(verdictsBefore).toBe(shownFrom);
        expect(shownFrom).toBeLessThan(shownBefore);
        expect(dutyTimes(times, epoch + 1).committedBefore).toBe(committedBefore + times.epochSeconds);
      }),
    );
  });
});
