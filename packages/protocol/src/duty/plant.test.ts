import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anAddress, aWord } from "../test/aTask.js";
import { someDuties, verdictsOf } from "../test/someDuties.js";
import { dutiesOf } from "./dutiesOf.js";
import { dutyTallies } from "./dutyTally.js";
import { plantCommitment, provenPlants } from "./plant.js";
import { VERDICT_OUTCOMES } from "./verdict.js";

const badRecord = expect.objectContaining({ code: "PROTOCOL_BAD_RECORD" });
const planter = anAddress("planter");
const salt = aWord("salt");
const FACTS = someDuties(4);
const TASK_IDS = FACTS.tasks.map(({ taskId }) => taskId);

/** Planted, opened and found wrong: the tasks at these places. */
function planted(places: readonly number[]) {
  const taskIds = places.map((place) => aWord(`task ${place}`));
  return provenPlants({
    plants: taskIds.map((taskId) => ({ planter, commitment: plantCommitment(taskId, salt) })),
    openings: taskIds.map((taskId) => ({ planter, taskId, salt })),
    foundWrong: new Set(taskIds),
  });
}

describe("a planted result", () => {
  const taskId = aWord("task 0");
  const plants = [{ planter, commitment: plantCommitment(taskId, salt) }];
  const openings = [{ planter, taskId, salt }];

  it("counts when its planter opens it and a jury has found it wrong", () => {
    expect(provenPlants({ plants, openings, foundWrong: new Set([taskId]) })).toEqual([{ planter, taskId }]);
  });

  it("costs nobody anything by its planter's word alone", () => {
    expect(provenPlants({ plants, openings, foundWrong: new Set() })).toEqual([]);
    expect(provenPlants({ plants, openings: [], foundWrong: new Set([taskId]) })).toEqual([]);
  });

  it("is opened by who planted it, with what it planted, once", () => {
    const foundWrong = new Set([taskId]);
    const other = anAddress("other");
    for (const opening of [
      { planter: other, taskId, salt },
      { planter, taskId: aWord("task 1"), salt },
      { planter, taskId, salt: aWord("another") },
    ])
      expect(() => provenPlants({ plants, openings: [opening], foundWrong })).toThrow(badRecord);
    expect(() => provenPlants({ plants, openings: [...openings, ...openings], foundWrong })).toThrow(badRecord);
    const copied = [...plants, ...plants.map((plant) => ({ ...plant, planter: other }))];
    expect(() => provenPlants({ plants: copied, openings, foundWrong })).toThrow(badRecord);
  });

  it("passed is never paid without loss, whatever its validator says of all else", () => {
    const anyOutcome = fc.option(fc.constantFrom(...VERDICT_OUTCOMES), { nil: undefined });
    const anyOutcomes = fc.array(anyOutcome, { minLength: 80, maxLength: 160 });
    const anyPlaces = fc.uniqueArray(fc.nat(39), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyOutcomes, anyPlaces, (outcomes, places) => {
        let next = 0;
        const verdicts = verdictsOf(FACTS, () => outcomes[next++ % outcomes.length]);
        const { duties } = dutiesOf({ ...FACTS, verdicts });
        const proven = planted(places);
        const tallies = dutyTallies({ duties, verdicts, plants: proven });
        for (const { validator, drawn, missed, paid, missedPlants } of tallies) {
          const own = verdicts.filter((verdict) => verdict.validator === validator);
          const hasPassed = own.filter(
            ({ taskId: id, outcome }) => outcome === "passed" && proven.some((plant) => plant.taskId === id),
          );
          expect(missedPlants).toHaveLength(hasPassed.length);
          expect(paid === 0 || missedPlants.length === 0).toBe(true);
          expect(paid).toBeLessThanOrEqual(own.filter(({ outcome }) => outcome !== "undecided").length);
          expect(drawn - missed).toBe(own.length);
        }
      }),
    );
  });
});

describe("a validator's tally", () => {
  const lazy = anAddress("validator 0");
  const tally = (verdicts: ReturnType<typeof verdictsOf>, places: readonly number[] = []) => {
    const { duties } = dutiesOf({ ...FACTS, verdicts });
    return dutyTallies({ duties, verdicts, plants: planted(places) }).find(({ validator }) => validator === lazy);
  };

  it("pays every duty that was decided, and no other", () => {
    const all = tally(verdictsOf(FACTS, () => "passed"));
    expect(all).toMatchObject({ missed: 0, missedPlants: [], paid: all?.drawn });
    expect(tally(verdictsOf(FACTS, () => undefined))).toMatchObject({ missed: all?.drawn, paid: 0 });
    expect(tally(verdictsOf(FACTS, () => "undecided"))).toMatchObject({ missed: 0, paid: 0 });
    expect(tally(verdictsOf(FACTS, () => "withheld"))).toMatchObject({ missed: 0, paid: 0 });
  });

  it("leaves nothing to who passes everything unseen, and all to who looks", () => {
    const places = TASK_IDS.map((_, place) => place);
    expect(
      tally(
        verdictsOf(FACTS, () => "passed"),
        places,
      ),
    ).toMatchObject({ paid: 0 });
    const honest = tally(
      verdictsOf(FACTS, () => "failed"),
      places,
    );
    expect(honest).toMatchObject({ paid: honest?.drawn, missedPlants: [] });
  });
});
