import { describe, expect, it } from "vitest";
import { addressOf, wordOf } from "../test/someGuards.js";
import { encodeOutcomes } from "./dutyOutcomes.js";
import { dutyCommitment } from "./dutySecret.js";
import {
  type DutyPledge,
  type DutyRound,
  drawOpenings,
  drawOwnDuties,
  ownOpenings,
  recomputeDuties,
} from "./recomputeDuties.js";

const CHAIN_ID = 31_337;
const EPOCH = 7;
const ZERO = wordOf(0);
const secretOf = (number: number) => wordOf(0x5ec0 + number);
const pledge = (number: number, changes: Partial<DutyPledge> = {}): DutyPledge => ({
  ...{ validator: addressOf(number), owner: addressOf(100 + number), stakeWei: 10n },
  commitment: dutyCommitment({
    ...{ chainId: CHAIN_ID, epoch: EPOCH, validator: addressOf(number), secret: secretOf(number) },
  }),
  ...changes,
});
const PLEDGES = [pledge(1), pledge(2), pledge(3)];
const TASKS = Array.from({ length: 30 }, (_, index) => ({
  ...{ taskId: wordOf(index + 1), ratePpm: 1_000_000, parties: new Set([addressOf(50)]) },
}));
const own = (number: number) => ({ validator: addressOf(number), secret: secretOf(number) });
const facts = { chainId: CHAIN_ID, epoch: EPOCH, pledges: PLEDGES, tasks: TASKS };
const dutiesOf = (number: number) => drawOwnDuties({ ...facts, own: own(number) });
const show = (number: number, outcomes: Uint8Array): DutyRound["shows"][number] => ({
  ...own(number),
  documentCid: ZERO,
  outcomes,
});

describe("an epoch's duties, recomputed", () => {
  it("are what each validator drew for itself before anybody had shown a secret", () => {
    const shows = [1, 2, 3].map((number) => show(number, new Uint8Array(0)));
    const { duties, tallies, missing } = recomputeDuties({ ...facts, shows });
    for (const number of [1, 2, 3]) {
      const drawn = duties.filter(({ validator }) => validator === addressOf(number)).map(({ taskId }) => taskId);
      expect(drawn).toEqual(dutiesOf(number));
    }
    expect(missing).toEqual([]);
    expect(tallies.every(({ drawn, missed, paid }) => missed === drawn && paid === 0)).toBe(true);
  });

  it("are done where an outcome is shown, paid where that is a pass, and kept apart where it accuses", () => {
    const tasks = dutiesOf(1);
    const outcomes = tasks.map((_, index) => (["passed", "failed", "undecided", undefined] as const)[index % 4]);
    const { duties, verdicts, tallies } = recomputeDuties({ ...facts, shows: [show(1, encodeOutcomes(outcomes))] });
    expect(tasks.length).toBeGreaterThanOrEqual(4);
    expect(duties.map(({ isDone }) => isDone)).toEqual(outcomes.map((one) => one !== undefined));
    expect(verdicts.map(({ taskId }) => taskId)).toEqual(tasks.filter((_, index) => outcomes[index] !== undefined));
    const paid = outcomes.filter((one) => one === "passed").length;
    const accused = tasks.filter((_, index) => outcomes[index] === "failed");
    const missed = outcomes.filter((one) => one === undefined).length;
    expect(tallies).toEqual([
      { validator: addressOf(1), drawn: tasks.length, missed, paid, accused, missedPlants: [] },
    ]);
  });

  it("are all missed by outcomes of another number of duties", () => {
    const outcomes = encodeOutcomes([...dutiesOf(1).map(() => "passed" as const), "passed", "passed"]);
    const { verdicts, tallies } = recomputeDuties({ ...facts, shows: [show(1, outcomes)] });
    expect(verdicts).toEqual([]);
    expect(tallies[0]?.missed).toBe(dutiesOf(1).length);
  });

  it("name who committed and showed nothing, and leave out a miner whose level grants none", () => {
    const { missing, duties } = recomputeDuties({ ...facts, shows: [show(2, new Uint8Array(0))] });
    expect(missing).toEqual([addressOf(1), addressOf(3)]);
    expect(duties.every(({ validator }) => validator === addressOf(2))).toBe(true);
    const low = { ...facts, pledges: [pledge(1, { level: 3 }), pledge(2)] };
    expect(drawOwnDuties({ ...low, own: own(1) })).toEqual([]);
    expect(drawOwnDuties({ ...low, own: own(2) })).toHaveLength(TASKS.length);
  });

  it("aren't a party's", () => {
    const tasks = TASKS.map((task) => ({ ...task, parties: new Set([addressOf(101)]) }));
    expect(drawOwnDuties({ ...facts, tasks, own: own(1) })).toEqual([]);
  });
});

describe("tasks that the beacon drew to be opened", () => {
  const openingBeacon = wordOf(0xbeac);
  // Half of them are checked, so that most of what is opened is nobody's duty.
  const tasks = TASKS.map((task) => ({ ...task, ratePpm: 500_000 }));
  const drawn = drawOpenings({ tasks, pledges: PLEDGES, openingBeacon });
  const duties = drawOwnDuties({ ...facts, tasks, own: own(1) });
  const openings = ownOpenings(drawn, { validator: addressOf(1), duties });
  const told = (outcomes: Parameters<typeof encodeOutcomes>[0], beacon = true) =>
    recomputeDuties({
      ...{ ...facts, tasks, shows: [show(1, encodeOutcomes(outcomes))] },
      ...(beacon ? { openingBeacon } : {}),
    });
  const passes = duties.map(() => "passed" as const);

  it("are one validator's each, in the order of tasks, none that is its duty anyway", () => {
    expect([...drawn.keys()]).toEqual([...drawn.keys()].sort());
    expect(new Set(drawn.values())).toEqual(new Set(PLEDGES.map(({ validator }) => validator)));
    expect(openings.length).toBeGreaterThanOrEqual(2);
    expect(openings.filter((taskId) => duties.includes(taskId))).toEqual([]);
    expect(drawOpenings({ tasks, pledges: PLEDGES })).toEqual(new Map());
  });

  it("accuse where they are found wrong, behind the duties' outcomes, and earn nothing where they pass", () => {
    const [first, second, ...rest] = openings;
    const { verdicts, tallies } = told([...passes, "failed", "passed", ...rest.map(() => undefined)]);
    expect(verdicts.filter(({ taskId }) => !duties.includes(taskId))).toEqual([
      { validator: addressOf(1), taskId: first, outcome: "failed" },
    ]);
    expect(second).toBeDefined();
    expect(tallies).toEqual([
      {
        ...{ validator: addressOf(1), drawn: duties.length, missed: 0, paid: duties.length },
        ...{ accused: [first], missedPlants: [] },
      },
    ]);
  });

  it("may be left out, and aren't there without a beacon", () => {
    expect(told(passes).tallies).toMatchObject([{ paid: duties.length, accused: [] }]);
    expect(told(passes, false).tallies).toMatchObject([{ paid: duties.length }]);
    expect(told([...passes, ...openings.map(() => "failed" as const)], false).verdicts).toEqual([]);
    const more = [...passes, ...openings.map(() => "failed" as const), "failed", "failed"] as const;
    expect(told(more).verdicts).toEqual([]);
  });

  it("are nobody's to accuse of what was planted: that is for duties to find", () => {
    const outcomes = encodeOutcomes([...passes, ...openings.map(() => "failed" as const)]);
    const plants = openings.slice(0, 1).map((taskId) => ({ taskId }));
    const shown = { ...facts, tasks, openingBeacon, shows: [show(1, outcomes)], plants };
    expect(recomputeDuties(shown).tallies).toMatchObject([{ paid: duties.length, accused: openings.slice(1) }]);
  });
});
