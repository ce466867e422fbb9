import { beaconWithoutGuards, type DrandNetwork, epochStart, keccak256, utf8ToBytes } from "@cortensor/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FetchRound } from "./drandRelays.js";
import { GuardNetwork } from "./test/guardNetwork.js";
import { CHAIN_ID, TIMES } from "./test/memoryChain.js";

const DRAND: DrandNetwork = { publicKey: "0x01", genesis: TIMES.t0, periodSeconds: 3 };
const SLOT_SECONDS = 10;
const wordOf = (round: number) => keccak256(utf8ToBytes(`round ${round}`));
const shown: FetchRound = async ({ round }) => ({ round, randomness: wordOf(round), signature: wordOf(round) });
const asked: number[] = [];

let network: GuardNetwork;
beforeEach(() => {
  network = new GuardNetwork();
  network.chain.drand = DRAND;
  network.fetchRound = shown;
  asked.length = 0;
});
afterEach(() => network.close());

/** Four guards whose first secrets are in the beacon of epoch 3, up to the cut-off of epoch 2. */
const toFirstRound = async (): Promise<void> => {
  await network.open([10n, 10n, 10n, 10n]);
  for (const epoch of [0, 1]) await network.toCutOff(epoch);
};
const toSlot = (slot: number) => network.to(epochStart(TIMES, 3) - 60 + slot * SLOT_SECONDS);

describe("guards on a network with drand", () => {
  it("post nothing into beacons that no secret is in", async () => {
    await toFirstRound();
    expect(network.chain.roundPosts).toBe(0);
    expect(network.chain.beaconOf(2)).toBe(beaconWithoutGuards(CHAIN_ID, 2));
  });

  it("post the round that is due once, by whose turn it is", async () => {
    await toFirstRound();
    await toSlot(0);
    expect(network.chain.roundPosts).toBe(1);
    const beacon = network.chain.beaconOf(3);
    expect(beacon).toBeDefined();
    for (const slot of [1, 5]) await toSlot(slot);
    expect(network.chain.roundPosts).toBe(1);
    await network.toSlot(2, 0);
    expect(network.chain.beaconOf(3)).toBe(beacon);
  });

  it("ask relays for that round alone, and nobody but whose turn it is", async () => {
    network.fetchRound = async (wanted, signal) => {
      asked.push(wanted.round);
      return shown(wanted, signal);
    };
    await toFirstRound();
    await toSlot(0);
    // The cut-off of epoch 2 is 1,740 seconds after the first round.
    expect(asked).toEqual([581]);
  });

  it("take another's turn when relays show it nothing, and go on without the round", async () => {
    network.fetchRound = async ({ round }) => {
      asked.push(round);
      return undefined;
    };
    await toFirstRound();
    for (const slot of [0, 1, 2, 3, 4]) await toSlot(slot);
    expect(asked).toHaveLength(5);
    expect(network.chain.beaconOf(3)).toBeUndefined();
    network.fetchRound = shown;
    await network.toSlot(2, 0);
    expect(network.chain.roundPosts).toBe(0);
    expect(network.chain.beaconOf(3)).toBeDefined();
    const counted = await Promise.all(network.guards.map(({ metrics }) => metrics.render()));
    expect(counted.map(({ body }) => body).join("\n")).toContain('guard_drand_rounds_total{outcome="unreachable"}');
  });

  it("don't wait for each other in the last slot", async () => {
    await toFirstRound();
    network.chain.failing.add("postDrandRound");
    await toSlot(0);
    network.chain.failing.clear();
    await toSlot(5);
    expect(network.chain.rounds.size).toBe(1);
  });

  it("have nothing to do on a network without", async () => {
    network.chain.drand = undefined;
    await toFirstRound();
    for (const slot of [0, 5]) await toSlot(slot);
    expect(network.chain.roundPosts).toBe(0);
    expect(network.chain.beaconOf(3)).toBeDefined();
  });
});
