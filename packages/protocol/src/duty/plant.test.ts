import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aPlant, type MadePlant, PLANT_EPOCH, PLANTER, PLANTERS_ACCOUNT, PLANTERS_MINER } from "../test/aPlant.js";
import { anAddress, aWord } from "../test/aTask.js";
import { someDuties, verdictsOf } from "../test/someDuties.js";
import { dutiesOf } from "./dutiesOf.js";
import { dutyTallies } from "./dutyTally.js";
import { plantCommitment, plantedLogprobs } from "./plant.js";
import { decodePlantProof, encodePlantProof, PLANT_PROOF_BYTES_MAX, PLANT_TOKENS_MIN } from "./plantProof.js";
import { ownPlants, provenPlants } from "./provenPlants.js";
import { VERDICT_OUTCOMES } from "./verdict.js";

const badRecord = expect.objectContaining({ code: "PROTOCOL_BAD_RECORD" });
const FACTS = someDuties(4);
const TASK_IDS = FACTS.tasks.map(({ taskId }) => taskId);
const planted = (places: readonly number[]) => places.map((place) => ({ taskId: aWord(`task ${place}`) }));

/** What counts of plants whose results are the settled ones. */
function provenOf(...plants: readonly MadePlant[]) {
  const resultsHashes = new Map(plants.map(({ id, resultsHash }) => [id, resultsHash]));
  return provenPlants({ epoch: PLANT_EPOCH, opened: plants.map(({ opened }) => opened), resultsHashes });
}

describe("a planted result", () => {
  const plant = aPlant("one");
  const proven = { planter: PLANTER, taskId: plant.id, miner: PLANTERS_MINER, account: PLANTERS_ACCOUNT };

  it("counts by what it shows alone, when it was committed to before and is opened once verdicts are in", () => {
    expect(provenOf(plant)).toEqual([proven]);
    expect(provenOf(plant, plant)).toEqual([proven]);
    const more = [aPlant("two"), plant, aPlant("three")];
    expect(provenOf(...more).map(({ taskId }) => taskId)).toEqual(more.map(({ id }) => id).sort());
  });

  it("counts nothing out of time", () => {
    for (const opened of [{ committed: PLANT_EPOCH }, { opened: PLANT_EPOCH + 1 }, { opened: PLANT_EPOCH + 3 }])
      expect(provenOf(aPlant("one", { opened }))).toEqual([]);
  });

  it("can't be what a miner computed: a fingerprint that the salt doesn't give opens nothing", () => {
    expect(provenOf(aPlant("one", { opened: { salt: aWord("another") } }))).toEqual([]);
    expect(provenOf(aPlant("one", { result: { fpRoot: aWord("an honest one") } }))).toEqual([]);
    expect(provenOf(aPlant("one", { result: { tokenRoot: aWord("other tokens") } }))).toEqual([]);
    expect(provenOf(aPlant("one", { result: { taskId: aWord("another's task") } }))).toEqual([]);
    const resultsHashes = new Map([[plant.id, aWord("what was settled")]]);
    expect(provenPlants({ epoch: PLANT_EPOCH, opened: [plant.opened], resultsHashes })).toEqual([]);
    expect(provenPlants({ epoch: PLANT_EPOCH, opened: [plant.opened], resultsHashes: new Map() })).toEqual([]);
  });

  it("is long enough to be judged by, and names each of its tokens", () => {
    const { tokens } = plant.proof;
    expect(provenOf(aPlant("one", { tokens: tokens.slice(1) }))).toEqual([]);
    const [first, ...rest] = tokens;
    expect(provenOf(aPlant("one", { tokens: [{ id: first?.id ?? 0, top: [4, 5] }, ...rest] }))).toEqual([]);
  });

  it("harms nobody: the planter owns the miner and the account, or it isn't a plant", () => {
    const miners = new Map([[PLANTERS_MINER, PLANTER]]);
    const accounts = new Map([[PLANTERS_ACCOUNT, PLANTER]]);
    expect(ownPlants([proven], { miners, accounts })).toEqual([proven]);
    const another = anAddress("another");
    expect(ownPlants([proven], { miners, accounts: new Map([[PLANTERS_ACCOUNT, another]]) })).toEqual([]);
    expect(ownPlants([proven], { miners: new Map([[PLANTERS_MINER, another]]), accounts })).toEqual([]);
    expect(ownPlants([proven], { miners: new Map(), accounts: new Map() })).toEqual([]);
  });

  it("is of one planter: a copied commitment opens for nobody else", () => {
    expect(plantCommitment(PLANTER, aWord("salt"))).not.toBe(plantCommitment(anAddress("copier"), aWord("salt")));
    expect(plantCommitment(PLANTER, aWord("salt"))).not.toBe(plantCommitment(PLANTER, aWord("another")));
  });
});

describe("the log-probabilities of a planted result", () => {
  it("could be a model's: falling, and of parts that sum to at most 1", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(2 ** 32 - 1), (name, position) => {
        const logprobs = plantedLogprobs(aWord(name), position);
        expect([...logprobs].sort((left, right) => right - left)).toEqual(logprobs);
        expect(logprobs.reduce((sum, one) => sum + Math.exp(one), 0)).toBeLessThanOrEqual(1 + 1e-12);
        expect(plantedLogprobs(aWord(name), position)).toEqual(logprobs);
      }),
    );
  });

  it("are far from every model's, however well it was chosen", () => {
    const salts = Array.from({ length: 40 }, (_, index) => aWord(`salt ${index}`));
    const all = salts.map((salt) => Array.from({ length: PLANT_TOKENS_MIN }, (_, at) => plantedLogprobs(salt, at)));
    const medians = [0, 1, 2, 3, 4].map((rank) => {
      const own = all.flat().map((one) => one[rank] ?? 0);
      return [...own].sort((left, right) => left - right)[Math.floor(own.length / 2)] ?? 0;
    });
    for (const tokens of all) {
      const errors = tokens.flatMap((one) => one.map((logprob, rank) => Math.abs(logprob - (medians[rank] ?? 0))));
      const mean = errors.reduce((sum, one) => sum + Math.min(4, one), 0) / errors.length;
      expect(mean).toBeGreaterThan(0.5);
    }
  });
});

describe("what a planter shows", () => {
  it("is read back, and nothing else is read", () => {
    const { proof } = aPlant("one");
    const bytes = encodePlantProof(proof);
    expect(decodePlantProof(bytes)).toEqual(proof);
    expect(bytes.length).toBeLessThan(PLANT_PROOF_BYTES_MAX / 4);
    expect(() => decodePlantProof(bytes.subarray(1))).toThrow(badRecord);
    expect(() => decodePlantProof(Uint8Array.from([...bytes, 0]))).toThrow(badRecord);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_200 }), (some) => {
        expect(
          provenPlants({ epoch: 7, opened: [{ ...aPlant("one").opened, proof: some }], resultsHashes: new Map() }),
        ).toEqual([]);
      }),
    );
  });

  it("counts in no other bytes", () => {
    const plant = aPlant("one");
    fc.assert(
      fc.property(fc.nat(plant.opened.proof.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const proof = plant.opened.proof.map((byte, at) => (at === place ? byte ^ change : byte));
        expect(provenOf({ ...plant, opened: { ...plant.opened, proof } })).toEqual([]);
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

  it("pays every pass, no doubt and no silence", () => {
    const all = tally(verdictsOf(FACTS, () => "passed"));
    expect(all).toMatchObject({ missed: 0, accused: [], missedPlants: [], paid: all?.drawn });
    expect(tally(verdictsOf(FACTS, () => undefined))).toMatchObject({ missed: all?.drawn, paid: 0 });
    expect(tally(verdictsOf(FACTS, () => "undecided"))).toMatchObject({ missed: 0, paid: 0 });
    expect(tally(verdictsOf(FACTS, () => "withheld"))).toMatchObject({ missed: 0, paid: 0 });
  });

  it("pays no accusation by itself: who says unseen that everything is wrong has what waits for disputes, and no more", () => {
    const accusing = tally(verdictsOf(FACTS, () => "failed"));
    expect(accusing).toMatchObject({ missed: 0, paid: 0, missedPlants: [] });
    expect(accusing?.accused).toHaveLength(accusing?.drawn ?? 0);
    expect(accusing?.drawn).toBeGreaterThan(0);
  });

  it("leaves nothing to who passes everything unseen, nor to its accusations, and all to who looks", () => {
    const places = TASK_IDS.map((_, place) => place);
    const passed = verdictsOf(FACTS, () => "passed");
    expect(tally(passed, places)).toMatchObject({ paid: 0 });
    const failed = verdictsOf(FACTS, () => "failed");
    const honest = tally(failed, places);
    expect(honest).toMatchObject({ paid: honest?.drawn, accused: [], missedPlants: [] });
    const first = passed.find(({ validator }) => validator === lazy)?.taskId ?? aWord("nothing");
    const but = failed.map((one) => (one.taskId === first ? { ...one, outcome: "passed" as const } : one));
    const missedOne = tally(but, [TASK_IDS.indexOf(first)]);
    expect(missedOne).toMatchObject({ paid: 0, accused: [], missedPlants: [first] });
  });

  it("never pays who passed a planted result, whatever its validator says of all else", () => {
    const anyOutcome = fc.option(fc.constantFrom(...VERDICT_OUTCOMES), { nil: undefined });
    const anyOutcomes = fc.array(anyOutcome, { minLength: 80, maxLength: 160 });
    const anyPlaces = fc.uniqueArray(fc.nat(39), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyOutcomes, anyPlaces, (outcomes, places) => {
        let next = 0;
        const verdicts = verdictsOf(FACTS, () => outcomes[next++ % outcomes.length]);
        const { duties } = dutiesOf({ ...FACTS, verdicts });
        const plants = planted(places);
        for (const one of dutyTallies({ duties, verdicts, plants })) {
          const { validator, drawn, missed, paid, accused, missedPlants } = one;
          const own = verdicts.filter((verdict) => verdict.validator === validator);
          const hasPassed = own.filter(
            ({ taskId: id, outcome }) => outcome === "passed" && plants.some((one) => one.taskId === id),
          );
          expect(missedPlants).toHaveLength(hasPassed.length);
          expect(paid + accused.length === 0 || missedPlants.length === 0).toBe(true);
          const decided = own.filter(({ outcome }) => outcome === "passed" || outcome === "failed").length;
          expect(paid + accused.length).toBe(missedPlants.length === 0 ? decided : 0);
          expect(accused.some((id) => plants.some(({ taskId }) => taskId === id))).toBe(false);
          expect(drawn - missed).toBe(own.length);
        }
      }),
    );
  });
});
