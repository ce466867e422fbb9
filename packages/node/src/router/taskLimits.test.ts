import { describe, expect, it } from "vitest";
import { TaskLimits } from "./taskLimits.js";

function limitsOver(count: () => number): TaskLimits {
  const laneStatus = async () => ({ count: count() }) as never;
  return new TaskLimits({ laneStatus });
}

describe("the tasks that a session may run", () => {
  it("are those in the books and those under way, and not one more", async () => {
    const limits = limitsOver(() => 3);
    expect(await limits.begin(7, 5)).toBe(true);
    expect(await limits.begin(7, 5)).toBe(true);
    expect(await limits.begin(7, 5)).toBe(false);
    expect(await limits.begin(8, 5)).toBe(true);
  });

  it("count a task once, before and after its receipt is durable", async () => {
    let count = 0;
    const limits = limitsOver(() => count);
    expect(await limits.begin(7, 2)).toBe(true);
    count = 1;
    expect(await limits.begin(7, 2)).toBe(true);
    limits.receipted(7);
    expect(await limits.begin(7, 2)).toBe(false);
    count = 2;
    limits.receipted(7);
    expect(await limits.begin(7, 2)).toBe(false);
  });

  it("don't count one that made no receipt", async () => {
    const limits = limitsOver(() => 0);
    expect(await limits.begin(7, 1)).toBe(true);
    limits.drop(7);
    limits.drop(7);
    expect(await limits.begin(7, 1)).toBe(true);
    expect(await limits.begin(7, 1)).toBe(false);
  });

  it("follow what another router booked, and a limit that was raised", async () => {
    let count = 0;
    const limits = limitsOver(() => count);
    count = 4;
    expect(await limits.begin(7, 4)).toBe(false);
    expect(await limits.begin(7, 5)).toBe(true);
  });

  it("hold for many that ask at once", async () => {
    const limits = limitsOver(() => 0);
    const begun = await Promise.all(Array.from({ length: 20 }, () => limits.begin(7, 5)));
    expect(begun.filter(Boolean)).toHaveLength(5);
  });
});
