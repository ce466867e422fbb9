import { readBeacon, readGuardSet, readHead } from "@cortensor/chain";
import {
  type Address,
  ATTESTATION_KINDS,
  beaconWithoutGuards,
  epochStart,
  leaderOfSlot,
  leaderOrder,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RealGuards } from "./realGuards.js";

/** As on a local network: a slot is a second and a half. */
const EPOCH_SECONDS = 30;
const GUARDS = 4;
/** Epochs whose leader is gone at their end. */
const KILLS = 3;
/** From the leader's end until there is a root again, in chain time. */
const WITHOUT_ROOT_SECONDS_MAX = 60;

let guards: RealGuards;
beforeAll(async () => {
  guards = await RealGuards.open(GUARDS, { epochSeconds: EPOCH_SECONDS });
});
afterAll(() => guards?.close());

/** Lets the chain's time pass, one second and one look at a time, until an epoch has a root of every kind. Gives the time then. */
async function attestedAt(epoch: number): Promise<number> {
  for (;;) {
    const { timestamp } = await readHead(guards.reader);
    if ((await guards.kindsPosted(epoch)).length === ATTESTATION_KINDS.length) return timestamp;
    if (timestamp >= epochStart(guards.profile, epoch + 3)) return Number.POSITIVE_INFINITY;
    await guards.moveTo(timestamp + 1, 1);
    await guards.lookTogether();
  }
}

/** Who leads the first slot of an epoch's roots. */
async function leaderOf(epoch: number): Promise<Address> {
  const { chainId } = guards.profile;
  const beacon = (await readBeacon(guards.reader, epoch)) ?? beaconWithoutGuards(chainId, epoch);
  return leaderOfSlot(leaderOrder(await readGuardSet(guards.reader, epoch), beacon), 0);
}

describe("guards of thirty-second epochs", { timeout: 600_000 }, () => {
  it("have the next root within a minute of their leader's end, whoever it is", async () => {
    await guards.moveToSlot(0, 0);
    await guards.lookTogether();
    expect(await guards.attest(1)).toBe(true);
    for (let epoch = 2; epoch < 2 + KILLS; epoch += 1) {
      const endedAt = epochStart(guards.profile, epoch + 1) - 1;
      await guards.moveTo(endedAt);
      await guards.lookTogether();
      const leader = guards.addresses.indexOf(await leaderOf(epoch));
      await guards.stop(leader);
      expect(await guards.kindsPosted(epoch)).toEqual([]);
      expect((await attestedAt(epoch)) - endedAt).toBeLessThanOrEqual(WITHOUT_ROOT_SECONDS_MAX);
      await guards.start(leader);
    }
  });
});
