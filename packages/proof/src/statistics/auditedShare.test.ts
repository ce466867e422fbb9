import {
  type Bytes32,
  dutyBound,
  dutyDraw,
  hexToBytes,
  isBelow,
  keccak256,
  PPM,
  utf8ToBytes,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { auditedShare } from "./auditedShare.js";
import { caughtWithin } from "./detection.js";
import { wilsonInterval } from "./wilson.js";

const word = (text: string): Bytes32 => keccak256(utf8ToBytes(text));
const draws = Array.from({ length: 7 }, (_, index) => dutyDraw(word(`secret ${index}`)));
const seventh = { weight: 1n, total: 7n };
const sevenths = draws.map(() => seventh);

/** Of so many tasks, whether at least one of seven validators checks each. */
function audited(ratePpm: number, tasks: number, tag: string): boolean[] {
  const bound = dutyBound(ratePpm, seventh);
  return Array.from({ length: tasks }, (_, task) =>
    draws.some((draw) => isBelow(draw(hexToBytes(word(`${tag} ${task}`))), bound)),
  );
}

describe("the share of tasks that is audited", () => {
  it("is what validators draw, at three rates", () => {
    for (const ratePpm of [20_000, 50_000, 250_000]) {
      const hits = audited(ratePpm, 2_000, "share").filter(Boolean).length;
      const { low, high } = wilsonInterval(hits, 2_000, 0.999);
      const share = auditedShare(ratePpm, sevenths);
      expect(share).toBeGreaterThan(low);
      expect(share).toBeLessThan(high);
      expect(share).toBeLessThanOrEqual(ratePpm / PPM);
    }
  });

  it("catches within n tasks as often as 1 − (1 − aδ)ⁿ says", () => {
    const [ratePpm, tasks, miners] = [100_000, 12, 250];
    const caught = Array.from({ length: miners }, (_, miner) => audited(ratePpm, tasks, `miner ${miner}`)).filter(
      (checks) => checks.some(Boolean),
    ).length;
    const { low, high } = wilsonInterval(caught, miners, 0.999);
    const expected = caughtWithin({ audit: auditedShare(ratePpm, sevenths), detection: 1 }, tasks);
    expect(expected).toBeGreaterThan(low);
    expect(expected).toBeLessThan(high);
  });
});
