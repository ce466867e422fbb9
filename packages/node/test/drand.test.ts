import http from "node:http";
import { readBeaconRound, readDrandPlace, readHead } from "@cortensor/chain";
import { type BeaconLeaf, beaconOf, cutOffOf, drandRoundDue, epochRoot, epochStart } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aDrandAnswer, aDrandNetwork } from "../../protocol/test/aDrandNetwork.js";
import { RealGuards } from "./realGuards.js";

/** Times of drand's quicknet, under a key that everybody knows. */
const DRAND = aDrandNetwork({ genesis: 1_692_803_367, periodSeconds: 3 });
const SLOT_SECONDS = 10;
const OVERSIZE = "a".repeat(1_000_000);

type Say = (round: number, response: http.ServerResponse) => void;
const honestly: Say = (round, response) => response.end(JSON.stringify(aDrandAnswer(round)));
const LIES: Readonly<Record<string, Say>> = {
  "another round": (round, response) => response.end(JSON.stringify(aDrandAnswer(round + 1))),
  "another key": (round, response) => response.end(JSON.stringify(aDrandAnswer(round, "another key"))),
  garbage: (_, response) => response.end("<html>no such round</html>"),
  "too much": (_, response) => response.end(OVERSIZE),
  "another address": (_, response) => response.writeHead(302, { location: "/elsewhere" }).end(),
  nothing: () => undefined,
};

/** A relay of drand that says what it is told to. */
class Relay {
  say: Say = honestly;
  readonly asked: string[] = [];
  readonly #server = http.createServer((request, response) => {
    this.asked.push(request.url ?? "");
    this.say(Number(request.url?.split("/").at(-1)), response);
  });

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("a listening server has a port");
    return `http://127.0.0.1:${address.port}/chain`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const relays = [new Relay(), new Relay()];
let guards: RealGuards;
beforeAll(async () => {
  const drandUrls = await Promise.all(relays.map((relay) => relay.open()));
  guards = await RealGuards.open(4, { drand: DRAND, drandUrls });
});
afterAll(async () => {
  await guards?.close();
  for (const relay of relays) await relay.close();
});

const startOf = (epoch: number) => epochStart(guards.profile, epoch);
const to = async (time: number): Promise<void> => {
  await guards.moveTo(time);
  await guards.look();
};
const dueIn = (epoch: number) => drandRoundDue(DRAND, cutOffOf(guards.profile, epoch - 1));
/** To a slot of the time in which an epoch's round is taken: a little later, when it is published by then. */
const toSlot = (epoch: number, slot: number) => to(startOf(epoch) - 60 + slot * SLOT_SECONDS + DRAND.periodSeconds);
const say = (each: Say): void => {
  for (const relay of relays) relay.say = each;
};
/** The beacon again, from what was posted for it. */
const drawn = async (epoch: number) => {
  const { chainId, deployBlock: fromBlock } = guards.profile;
  const previous = await guards.chainOf(0).readBeacon(epoch - 1);
  const { blockNumber: toBlock } = await readHead(guards.reader);
  const round = await readBeaconRound(guards.reader, { epoch, fromBlock, toBlock });
  return { ...round, ...beaconOf({ chainId, epoch, previous: previous ?? "0x", ...round }) };
};
const outcomes = async (outcome: string): Promise<number> => {
  const each = await Promise.all(
    [...guards.running.values()].map(async ({ metrics }) => {
      const { body } = await metrics.render();
      return Number(new RegExp(`guard_drand_rounds_total\\{outcome="${outcome}"\\} (\\d+)`).exec(body)?.[1] ?? 0);
    }),
  );
  return each.reduce((sum, one) => sum + one, 0);
};

describe("four guards on a network that mixes drand in", { timeout: 300_000 }, () => {
  it("post the round that is due, one of them, and all know the same beacon of it", async () => {
    await to(startOf(1));
    await to(cutOffOf(guards.profile, 1));
    await toSlot(2, 0);
    expect(relays[0]?.asked).toEqual([]);
    await to(startOf(2));
    await guards.moveTo(startOf(3) - 60);
    expect(await guards.chainOf(1).readBeacon(3)).toBeUndefined();
    await toSlot(3, 0);
    expect(relays[0]?.asked).toEqual([`/chain/public/${dueIn(3)}`]);
    const { randomness } = aDrandAnswer(dueIn(3));
    expect(await readDrandPlace(guards.reader, 3)).toEqual({ isMixed: true, randomness: `0x${randomness}` });
    const { beacon, drand, isFallback } = await drawn(3);
    expect({ drand, isFallback }).toEqual({
      drand: { round: dueIn(3), randomness: `0x${randomness}` },
      isFallback: false,
    });
    for (const index of [0, 1, 2, 3]) expect(await guards.chainOf(index).readBeacon(3)).toBe(beacon);
    expect(await outcomes("done")).toBe(1);
    expect(await outcomes("superseded")).toBe(0);
  });

  it("attest that beacon once nothing can change it", async () => {
    expect(await guards.attest(2)).toBe(true);
    const leaves: BeaconLeaf[] = [];
    for (const epoch of [1, 2, 3]) leaves.push({ epoch, beacon: (await guards.chainOf(0).readBeacon(epoch)) ?? "0x" });
    const range = { subjectChainId: guards.profile.chainId, fromEpoch: 0, epoch: 2 };
    const posted = (await guards.posted()).find(({ kind, epoch }) => kind === "beacon" && epoch === 2);
    expect(posted?.root).toBe(epochRoot(range, { kind: "beacon", leaves }).root);
  });

  it("go on without a round when relays lie, whatever they say", async () => {
    for (const [slot, lie] of Object.values(LIES).entries()) {
      say(lie);
      await toSlot(4, slot);
    }
    expect(await readDrandPlace(guards.reader, 4)).toEqual({ isMixed: true });
    expect(await guards.chainOf(0).readBeacon(4)).toBeUndefined();
    await guards.moveTo(startOf(4));
    const { beacon, drand, revealed } = await drawn(4);
    expect(drand).toBeUndefined();
    expect(revealed).toHaveLength(4);
    expect(await guards.chainOf(0).readBeacon(4)).toBe(beacon);
    expect(await outcomes("done")).toBe(1);
  });

  it("take the round from a relay that doesn't lie, beside one that does", async () => {
    const [first] = relays;
    say(honestly);
    if (first !== undefined) first.say = LIES.nothing ?? honestly;
    await to(startOf(4));
    await toSlot(5, 0);
    expect((await drawn(5)).drand).toMatchObject({ round: dueIn(5) });
    expect(await outcomes("done")).toBe(2);
  });
});
