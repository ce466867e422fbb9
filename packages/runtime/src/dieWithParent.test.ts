import { expect, it } from "vitest";
import { createManualClock } from "./createManualClock.js";
import { dieWithParent, PARENT_POLL_MS } from "./dieWithParent.js";

it("tells once that the parent is gone", async () => {
  const clock = createManualClock();
  const deaths: string[] = [];
  let parentPid = 7;
  dieWithParent({
    clock,
    signal: new AbortController().signal,
    onDeath: (how) => deaths.push(how),
    readParentPid: () => parentPid,
  });
  await clock.advance(10 * PARENT_POLL_MS);
  expect(deaths).toEqual([]);
  parentPid = 1;
  await clock.advance(10 * PARENT_POLL_MS);
  expect(deaths).toEqual(["it is gone"]);
  expect(clock.sleepers()).toBe(0);
});

it("stops looking when told", async () => {
  const clock = createManualClock();
  const stop = new AbortController();
  let parentPid = 7;
  dieWithParent({
    clock,
    signal: stop.signal,
    onDeath: () => expect.unreachable("the watch has ended"),
    readParentPid: () => parentPid,
  });
  stop.abort();
  parentPid = 1;
  await clock.advance(10 * PARENT_POLL_MS);
  expect(clock.sleepers()).toBe(0);
});
