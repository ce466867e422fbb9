import { type Bytes32, beaconWithoutGuards } from "@cortensor/protocol";
import { createManualClock, silentLogger } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { BeaconBook } from "./beaconBook.js";
import { BEACON_EPOCHS_MAX, beaconsDue, isBeaconEpoch } from "./beaconEpochs.js";

const TIMES = { t0: 1_000, epochSeconds: 600 };
const startOf = (epoch: number): number => TIMES.t0 + epoch * TIMES.epochSeconds;
const of = (epoch: number): Bytes32 => beaconWithoutGuards(1, epoch);
const TAKEN_BACK: Bytes32 = `0x${"be".repeat(32)}`;

/** A book at a second, over a chain that shows what the test says: by default every beacon up to an epoch. */
function aBook(seconds: number, lastKnown: number) {
  const clock = createManualClock(seconds * 1_000);
  const chain = { lastKnown, isDown: false, changed: new Map<number, Bytes32>(), reads: [] as number[] };
  const readBeacon = async (epoch: number): Promise<Bytes32 | undefined> => {
    chain.reads.push(epoch);
    if (chain.isDown) throw new Error("the chain is away");
    return epoch > chain.lastKnown ? undefined : (chain.changed.get(epoch) ?? of(epoch));
  };
  const nowSeconds = (): number => Math.floor(clock.nowMs() / 1_000);
  return { book: new BeaconBook({ times: TIMES, readBeacon, nowSeconds, clock, log: silentLogger }), clock, chain };
}

describe("the beacons of an epoch's turn", () => {
  it("are due from the cut-off on, a tenth of an epoch before the turn, and not a second sooner", () => {
    expect(beaconsDue(TIMES, startOf(8) - 61)).toEqual([7]);
    expect(beaconsDue(TIMES, startOf(8) - 60)).toEqual([7, 8]);
    expect(beaconsDue(TIMES, startOf(8))).toEqual([8]);
  });

  it("are of tasks from sixteen epochs back to the next one", () => {
    const taken = [7 - BEACON_EPOCHS_MAX - 1, 7 - BEACON_EPOCHS_MAX, 8, 9].map((epoch) => isBeaconEpoch(epoch, 7));
    expect(taken).toEqual([false, true, true, false]);
  });
});

describe("the book of beacons", () => {
  it("knows the next one before its epoch begins, and binds to it from its first second on", async () => {
    const { book, clock, chain } = aBook(startOf(8) - 61, 8);
    await book.look();
    expect([book.toBindTo(), book.find(8)]).toEqual([{ epoch: 7, beacon: of(7) }, undefined]);
    await clock.advance(1_000);
    await book.look();
    expect([book.toBindTo(), book.find(8)]).toEqual([{ epoch: 7, beacon: of(7) }, of(8)]);
    chain.isDown = true;
    await clock.advance(60_000);
    expect(book.toBindTo()).toEqual({ epoch: 8, beacon: of(8) });
  });

  it("binds to the last that it knows while the chain is silent, and after sixteen epochs to none", async () => {
    const { book, clock, chain } = aBook(startOf(7), 7);
    await book.look();
    chain.isDown = true;
    await clock.advance(BEACON_EPOCHS_MAX * 600_000);
    await expect(book.look()).rejects.toThrow("away");
    expect(book.toBindTo()).toEqual({ epoch: 7, beacon: of(7) });
    await clock.advance(600_000);
    expect(book.toBindTo()).toBeUndefined();
  });

  it("begins with the epoch before where the chain is behind the clock", async () => {
    const { book } = aBook(startOf(8) + 1, 7);
    await book.look();
    expect(book.toBindTo()).toEqual({ epoch: 7, beacon: of(7) });
  });

  it("asks the chain once for a task that is ahead of its looks, and waits a second at most", async () => {
    const { book, chain, clock } = aBook(startOf(8), 8);
    const both = await Promise.all([book.read(8), book.read(8)]);
    expect([both, chain.reads]).toEqual([[of(8), of(8)], [8]]);
    expect(await book.read(9)).toBeUndefined();
    expect(await book.read(10)).toBeUndefined();
    expect(chain.reads).toEqual([8, 9]);
    chain.isDown = true;
    expect(await book.read(6)).toBeUndefined();
    const never = new BeaconBook({
      ...{ times: TIMES, nowSeconds: () => startOf(8), clock, log: silentLogger },
      readBeacon: () => new Promise(() => undefined),
    });
    const waiting = never.read(8);
    await clock.advance(1_000);
    expect(await waiting).toBeUndefined();
  });

  it("reads what it knows again, and believes the chain when that has taken a beacon back", async () => {
    const { book, chain, clock } = aBook(startOf(7), 7);
    await book.read(6);
    await book.look();
    chain.changed.set(7, TAKEN_BACK);
    await clock.advance(9_000);
    await book.look();
    expect(book.find(7)).toBe(of(7));
    await clock.advance(1_000);
    await book.look();
    expect([book.toBindTo()?.beacon, book.find(6)]).toEqual([TAKEN_BACK, undefined]);
  });

  it("keeps what it knows while a chain that lost its last blocks shows nothing", async () => {
    const { book, chain, clock } = aBook(startOf(8) - 30, 8);
    await book.look();
    chain.lastKnown = 7;
    await clock.advance(30_000);
    await book.look();
    expect(book.toBindTo()).toEqual({ epoch: 8, beacon: of(8) });
  });

  it("forgets what no task may be of any more", async () => {
    const { book, clock } = aBook(startOf(7), 100);
    await book.look();
    await clock.advance((BEACON_EPOCHS_MAX + 1) * 600_000);
    await book.look();
    expect([book.find(7), book.toBindTo()?.epoch]).toEqual([undefined, 24]);
    expect(await book.read(7)).toBeUndefined();
  });
});
