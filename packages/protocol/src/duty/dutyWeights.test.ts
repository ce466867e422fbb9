import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UNPROVED_LEVEL_MAX } from "../life/levelGrants.js";
import { anAddress } from "../test/aTask.js";
import { PPM } from "./auditRate.js";
import { type DutyCandidate, dutyWeights, MINER_DUTY_PPM } from "./dutyWeights.js";

const VALIDATING = UNPROVED_LEVEL_MAX + 1;
function aCandidate(name: string, stakeWei: bigint, level?: number): DutyCandidate {
  const seat = { validator: anAddress(name), owner: anAddress(`owner of ${name}`), stakeWei };
  return level === undefined ? seat : { ...seat, level };
}
const anyStakes = fc.array(fc.bigInt({ min: 1n, max: (1n << 96n) - 1n }), { minLength: 1, maxLength: 8 });
const named = (kind: string, stakes: readonly bigint[], level?: number) =>
  stakes.map((stakeWei, index) => aCandidate(`${kind} ${index}`, stakeWei, level));
const partOf = (all: ReturnType<typeof dutyWeights>, of: readonly DutyCandidate[]): [bigint, bigint] => {
  const names = new Set(of.map(({ validator }) => validator));
  const sum = (some: typeof all): bigint => some.reduce((total, { weight }) => total + weight, 0n);
  return [sum(all.filter(({ validator }) => names.has(validator))), sum(all)];
};

describe("weights of duties", () => {
  it("give miners above the validating level three tenths of them at least, and by stake when that is more", () => {
    fc.assert(
      fc.property(anyStakes, anyStakes, (guardStakes, minerStakes) => {
        const [guards, miners] = [named("guard", guardStakes), named("miner", minerStakes, VALIDATING)];
        const [part, total] = partOf(dutyWeights([...guards, ...miners]), miners);
        expect(part * BigInt(PPM)).toBeGreaterThanOrEqual(total * BigInt(MINER_DUTY_PPM));
        const minersWei = minerStakes.reduce((sum, stake) => sum + stake, 0n);
        const allWei = minersWei + guardStakes.reduce((sum, stake) => sum + stake, 0n);
        expect(part * allWei).toBeGreaterThanOrEqual(total * minersWei);
        const isRaised = minersWei * 10n < allWei * 3n;
        expect(part * 10n === total * 3n || !isRaised).toBe(true);
      }),
    );
  });

  it("go by stake among guards, and among miners", () => {
    const all = dutyWeights([...named("guard", [300n, 600n]), ...named("miner", [1n, 2n], VALIDATING)]);
    const weightOf = (name: string) => all.find(({ validator }) => validator === anAddress(name))?.weight ?? 0n;
    expect(weightOf("guard 1")).toBe(2n * weightOf("guard 0"));
    expect(weightOf("miner 1")).toBe(2n * weightOf("miner 0"));
    expect(all.map(({ validator }) => validator)).toEqual([...all.map(({ validator }) => validator)].sort());
  });

  it("leave all to guards without such miners, and to miners without guards", () => {
    const guards = named("guard", [5n, 6n]);
    const below = named("miner", [9n], VALIDATING - 1);
    expect(dutyWeights([...guards, ...below])).toHaveLength(2);
    expect(partOf(dutyWeights(named("miner", [1n, 2n], VALIDATING)), named("miner", [1n, 2n]))).toEqual([3n, 3n]);
    expect(dutyWeights([])).toEqual([]);
  });

  it("are no more for a stake that is split over several names", () => {
    fc.assert(
      fc.property(anyStakes, anyStakes, fc.boolean(), (others, parts, isMiner) => {
        const level = isMiner ? VALIDATING : undefined;
        const whole = parts.reduce((sum, part) => sum + part, 0n);
        const rest = [...named("guard", others), ...named("miner", others, VALIDATING)];
        const [one] = [[aCandidate("whole", whole, level)]];
        const some = parts.map((stakeWei, index) => aCandidate(`part ${index}`, stakeWei, level));
        const before = partOf(dutyWeights([...rest, ...one]), one);
        expect(partOf(dutyWeights([...rest, ...some]), some)).toEqual(before);
      }),
    );
  });

  it("refuse a validator that is listed twice, or has nothing at stake", () => {
    const badRecord = expect.objectContaining({ code: "PROTOCOL_BAD_RECORD" });
    expect(() => dutyWeights([aCandidate("a", 1n), aCandidate("a", 1n, VALIDATING)])).toThrow(badRecord);
    expect(() => dutyWeights([aCandidate("a", 0n)])).toThrow(badRecord);
    expect(() => dutyWeights([{ ...aCandidate("a", 1n), owner: "0x12" }])).toThrow(badRecord);
  });
});
