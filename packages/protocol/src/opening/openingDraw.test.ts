import { describe, expect, it } from "vitest";
import { anAddress, aWord } from "../test/aTask.js";
import { openingDraw } from "./openingDraw.js";

const validators = ["anna", "bert", "carl"].map((name, at) => ({
  validator: anAddress(name),
  owner: anAddress(`owner of ${name}`),
  stakeWei: BigInt(at + 1),
}));
const draw = (task: number, { ratePpm = 1_000_000, parties = [] as readonly string[], beacon = "beacon" } = {}) =>
  openingDraw(
    { taskId: aWord(`task ${task}`), ratePpm, parties: new Set(parties.map(anAddress)) },
    { beacon: aWord(beacon), candidates: validators },
  );
const TASKS = Array.from({ length: 2_000 }, (_, task) => task);

describe("who may have a sealed task opened", () => {
  it("is somebody as often as the task's rate says, and each validator by its stake", () => {
    expect(TASKS.every((task) => draw(task) !== undefined)).toBe(true);
    expect(TASKS.some((task) => draw(task, { ratePpm: 0 }) !== undefined)).toBe(false);
    const drawn = TASKS.filter((task) => draw(task, { ratePpm: 250_000 }) !== undefined).length;
    expect(Math.abs(drawn / TASKS.length - 0.25)).toBeLessThan(0.04);
    const carl = TASKS.filter((task) => draw(task) === anAddress("carl")).length;
    expect(Math.abs(carl / TASKS.length - 0.5)).toBeLessThan(0.04);
  });

  it("is nobody who had a part in it, nor one of a party's", () => {
    const of = (parties: readonly string[]) => new Set(TASKS.slice(0, 200).map((task) => draw(task, { parties })));
    expect(of(["carl", "owner of bert"])).toEqual(new Set([anAddress("anna")]));
    expect(of(["anna", "bert", "carl"])).toEqual(new Set([undefined]));
  });

  it("follows from the beacon, which nobody knew when the task was answered", () => {
    const other = TASKS.filter((task) => draw(task) !== draw(task, { beacon: "another" })).length;
    expect(other / TASKS.length).toBeGreaterThan(0.4);
  });
});
