import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOf, wordOf } from "../test/someGuards.js";
import { type BeaconReveal, beaconCommitment, beaconOf, drandRoundDue } from "./beacon.js";

const AT = { chainId: 31_337, epoch: 7, previous: wordOf(9) };
const reveal = (number: number, secret = number): BeaconReveal => ({
  guard: addressOf(number),
  secret: wordOf(secret),
});
const commitTo = ({ guard, secret }: BeaconReveal) => ({
  guard,
  commitment: beaconCommitment({ ...AT, guard, secret }),
});
const of = (reveals: readonly BeaconReveal[], missing: readonly BeaconReveal[] = []) =>
  beaconOf({ ...AT, commits: [...reveals, ...missing].map(commitTo), reveals });

describe("a beacon", () => {
  it("is the same in whatever order secrets came, and another when any of them is", () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 32 });
    fc.assert(
      fc.property(numbers, fc.nat(), (given, pick) => {
        const reveals = given.map((number) => reveal(number));
        const beacon = of(reveals);
        expect(of([...reveals].reverse())).toEqual(beacon);
        const at = pick % given.length;
        const changed = reveals.map((one, index) => (index === at ? { ...one, secret: wordOf(2_000) } : one));
        expect(of(changed).beacon).not.toBe(beacon.beacon);
      }),
      { numRuns: 40 },
    );
  });

  it("goes on without who stays silent, names them, and is another for it: what a last one may choose between", () => {
    const whole = of([reveal(1), reveal(2)]);
    const without = of([reveal(1)], [reveal(2)]);
    expect(without).toMatchObject({ revealed: [addressOf(1)], missing: [addressOf(2)], isFallback: false });
    expect(without.beacon).not.toBe(whole.beacon);
  });

  it("follows from the one before when nobody shows anything, and says so", () => {
    const silent = of([], [reveal(1)]);
    expect(silent).toMatchObject({ missing: [addressOf(1)], isFallback: true });
    expect(beaconOf({ ...AT, commits: [], reveals: [] }).beacon).toBe(silent.beacon);
    expect(beaconOf({ ...AT, previous: wordOf(8), commits: [], reveals: [] }).beacon).not.toBe(silent.beacon);
    expect(beaconOf({ ...AT, epoch: 8, commits: [], reveals: [] }).beacon).not.toBe(silent.beacon);
  });

  it("mixes a drand round in, number and randomness both", () => {
    const drawn = (round: number, randomness: number) =>
      beaconOf({ ...AT, commits: [], reveals: [], drand: { round, randomness: wordOf(randomness) } });
    const beacons = [drawn(1, 1), drawn(2, 1), drawn(1, 2), of([])].map(({ beacon }) => beacon);
    expect(new Set(beacons).size).toBe(4);
    expect(drawn(1, 1).isFallback).toBe(false);
    expect(() => drawn(0, 1)).toThrow("no such drand round");
  });

  it("takes the first round after all secrets are in", () => {
    const drand = { genesis: 1_000, periodSeconds: 3 };
    expect([0, 1_000, 1_001, 1_003, 1_004].map((cutOff) => drandRoundDue(drand, cutOff))).toEqual([1, 1, 2, 2, 3]);
  });
});

describe("a commitment", () => {
  const parts = { ...AT, guard: addressOf(1), secret: wordOf(1) };

  it("is of one network, epoch and guard: copied, it opens for nobody", () => {
    const others = [{ chainId: 1 }, { epoch: 8 }, { guard: addressOf(2) }, { secret: wordOf(2) }];
    for (const change of others) expect(beaconCommitment({ ...parts, ...change })).not.toBe(beaconCommitment(parts));
    const copied = { guard: addressOf(2), commitment: beaconCommitment(parts) };
    expect(() => beaconOf({ ...AT, commits: [copied], reveals: [reveal(2, 1)] })).toThrow(
      "a secret that opens nothing",
    );
  });

  it("is refused twice from one guard, beyond 32, unopened, or opened by who made none", () => {
    const commits = [commitTo(reveal(1)), commitTo(reveal(1, 2))];
    expect(() => beaconOf({ ...AT, commits, reveals: [] })).toThrow("two commitments of one guard");
    expect(() => beaconOf({ ...AT, commits: commits.slice(0, 1), reveals: [reveal(1), reveal(1)] })).toThrow(
      "two secrets",
    );
    expect(() => beaconOf({ ...AT, commits: [], reveals: [reveal(1)] })).toThrow("a secret that opens nothing");
    const shouted = [{ guard: "0xABABABABABABABABABABABABABABABABABABABAB", commitment: wordOf(1) }] as const;
    expect(() => beaconOf({ ...AT, commits: shouted, reveals: [] })).toThrow("a guard that is no address");
    const many = Array.from({ length: 33 }, (_, index) => reveal(index));
    expect(() => of(many)).toThrow("33 commitments");
  });
});
