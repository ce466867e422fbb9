import { FEATURES, type Feature, SUPPORT } from "@cortensor/api";
import { PRIVACIES } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { startCast } from "./supportCast.js";
import { askRefused } from "./supportRefusals.js";
import { SERVED } from "./supportServed.js";
import { tearDown } from "./testNetwork.js";

afterEach(tearDown);

const isFeature = (name: string): name is Feature => Object.hasOwn(SUPPORT, name);
const cells = Object.keys(SUPPORT)
  .filter(isFeature)
  .flatMap((feature) =>
    PRIVACIES.map((privacy) => ({ feature, privacy, named: FEATURES[feature], cell: SUPPORT[feature][privacy] })),
  );

describe("what the support matrix calls served", () => {
  const served = cells.filter(({ cell }) => cell.kind === "served");
  it.each(served)("is served in $privacy sessions: $named", async ({ feature, privacy }) => {
    const check = SERVED[feature]?.[privacy];
    if (check === undefined) throw new Error("Nothing shows that it is served.");
    await check();
  });

  it("is all that a check stands for", () => {
    const checks = cells.filter(({ feature, privacy }) => SERVED[feature]?.[privacy] !== undefined);
    expect(checks).toEqual(served);
  });
});

describe("what the support matrix calls refused", () => {
  const refused = cells.flatMap(({ cell, ...of }) => (cell.kind === "refused" ? [{ ...of, ...cell }] : []));
  it.each(refused)("is refused by name in $privacy sessions, and no hold is tried: $named", async (of) => {
    const { feature, privacy, code, names } = of;
    const cast = await startCast(privacy, feature);
    const before = await cast.money();
    const said = await askRefused(cast, feature, privacy);
    expect(said.length).toBeGreaterThan(0);
    for (const no of said) expect(no).toEqual({ code, text: expect.stringContaining(names) });
    expect(cast.hold.mock.calls).toEqual([]);
    expect(await cast.money()).toEqual(before);
    expect(before.heldWei).toBe(0n);
  });
});
