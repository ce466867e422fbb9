import type { EpochDesk } from "@cortensor/api";
import { readHead } from "@cortensor/chain";
import { ATTESTATION_KINDS, beaconWithoutGuards, guardSet, leaderOrder } from "@cortensor/protocol";
import { createManualClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEpochDesk } from "../src/epochs/index.js";
import { RealGuards } from "./realGuards.js";

const GUARDS = 4;

let guards: RealGuards;
const stop = new AbortController();
beforeAll(async () => {
  guards = await RealGuards.open(GUARDS);
  await guards.moveToSlot(0, 0);
  await guards.lookTogether();
});
afterAll(async () => {
  stop.abort();
  await guards?.close();
});

/** Somebody who looks now, for the first time. */
const watcher = async (): Promise<EpochDesk> => {
  const { timestamp } = await readHead(guards.reader);
  return createEpochDesk({ chain: guards.reader, clock: createManualClock(timestamp * 1_000), signal: stop.signal });
};

describe("a watcher of epochs", { timeout: 300_000 }, () => {
  it("sees the running epoch, who guards it, who is up, and who leads when", async () => {
    await guards.stop(0);
    const view = await (await watcher()).overview();
    const { t0, epochSeconds } = guards.profile;
    expect(view).toMatchObject({ epoch: 1, startsAt: t0 + epochSeconds, endsAt: t0 + 2 * epochSeconds });
    expect(view.cutOffAt).toBe(view.endsAt - epochSeconds / 10);
    expect(view.guards.map(({ guard }) => guard)).toEqual([...guards.addresses].sort());
    for (const { guard, isUp, isFrozen } of view.guards) {
      expect([isUp, isFrozen]).toEqual([guard !== guards.addresses[0], false]);
    }
    const members = view.guards.map(({ guard, stakeWei }) => ({ guard, stakeWei }));
    expect(view.leaders).toEqual(leaderOrder(guardSet(1, members), beaconWithoutGuards(guards.profile.chainId, 1)));
    expect(view.epochs).toMatchObject([{ epoch: 0, roots: [], missing: ATTESTATION_KINDS, isOpen: true }]);
    await guards.start(0);
  });

  it("sees each root with its quorum and its transaction, and the virtual block that guards show", async () => {
    expect(await guards.attest(1)).toBe(true);
    await guards.moveToSlot(1, 17);
    await guards.lookTogether();
    const desk = await watcher();
    const [last] = (await desk.overview()).epochs;
    const posted = (await guards.posted()).filter(({ epoch }) => epoch === 1);
    expect(last?.roots.map(({ kind }) => kind)).toEqual(ATTESTATION_KINDS);
    for (const { kind, root, txHash, signatures } of last?.roots ?? []) {
      expect(posted.find((one) => one.kind === kind)).toMatchObject({ root, txHash });
      expect(signatures).toBe(3);
    }
    expect(last).toMatchObject({ epoch: 1, guards: GUARDS, missing: [], coversFrom: 0 });
    const shown = await desk.findVirtualBlock(1);
    expect(shown?.block).toMatchObject({ epoch: 1, fromEpoch: 0, tasksClosed: 0 });
    expect([...(shown?.shownBy ?? [])].sort()).toEqual([...guards.addresses].sort());
    expect(await desk.findVirtualBlock(0)).toBeUndefined();
    expect(await desk.findVirtualBlock(7)).toBeUndefined();
  });

  it("sees gaps, what covers them, and beacons that anybody could foresee", async () => {
    const indexes = [...guards.running.keys()];
    for (const index of indexes) await guards.stop(index);
    await guards.moveToSlot(3, 17);
    for (const index of indexes) await guards.start(index);
    await guards.moveToSlot(4, 0);
    expect(await guards.attest(4)).toBe(true);
    const { epochs } = await (await watcher()).overview();
    const seen = epochs.map(({ epoch, missing, isOpen, coversFrom }) => [epoch, missing.length, isOpen, coversFrom]);
    expect(seen).toEqual([
      [4, 0, true, 2],
      [3, ATTESTATION_KINDS.length, false, undefined],
      [2, ATTESTATION_KINDS.length, false, undefined],
      [1, 0, false, 0],
      [0, ATTESTATION_KINDS.length, false, undefined],
    ]);
    const beacons = new Map(epochs.map(({ epoch, beacon }) => [epoch, beacon]));
    expect(beacons.get(3)).toMatchObject({ committed: GUARDS, isFallback: false });
    expect(beacons.get(4)).toMatchObject({ revealed: 0, isFallback: true });
  });
});
