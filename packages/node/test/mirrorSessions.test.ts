import { createMemoryBooks } from "@cortensor/books";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { expect, it } from "vitest";
import { SessionMirror } from "../src/router/mirrorSessions.js";
import type { RouterChain } from "../src/router/routerChain.js";
import { SessionBook } from "../src/router/sessionBook.js";
import { createFakeChain } from "./fakeChain.js";
import { OPERATOR } from "./testNetwork.js";

/** More than a round reads again of itself. */
const ACCOUNTS = 40;
const WEI = 1_000n;

function aMirror() {
  const fake = createFakeChain(() => 0);
  for (let account = 1; account <= ACCOUNTS; account += 1) {
    fake.setLane(account, { owner: OPERATOR, allotmentWei: WEI });
  }
  let touched: readonly number[] = [];
  let failing: number | undefined;
  const chain: RouterChain = {
    ...fake,
    listTouchedAccounts: async () => touched,
    readLane: (account) => (account === failing ? Promise.reject(new Error("no answer")) : fake.readLane(account)),
  };
  const books = createMemoryBooks({ lane: OPERATOR, clock: systemClock });
  const mirror = new SessionMirror({
    chain,
    sessions: new SessionBook({ books, chain }),
    books,
    operator: OPERATOR,
    spenders: [],
    time: { epoch: () => 0 },
    chunkWei: 1n,
    cards: () => [],
    onChanged: () => undefined,
    log: silentLogger,
  });
  return {
    mirror,
    setLane: fake.setLane,
    allotmentOf: async (account: number) => (await books.findSession(account))?.allotmentWei,
    touch: (accounts: readonly number[]) => {
      touched = accounts;
    },
    fail: (account: number | undefined) => {
      failing = account;
    },
  };
}

const all = Array.from({ length: ACCOUNTS }, (_, index) => index + 1);

it("reads again in the next round what an event told, so that it sees the event's block vanish", async () => {
  const { mirror, setLane, allotmentOf, touch } = aMirror();
  touch(all);
  await mirror.round();
  expect(await allotmentOf(ACCOUNTS)).toBe(WEI);
  // The block is gone, and its events with it.
  touch([]);
  setLane(ACCOUNTS, { owner: OPERATOR, allotmentWei: 0n });
  await mirror.round();
  expect(await allotmentOf(ACCOUNTS)).toBe(0n);
});

it("comes back to what a round that failed had found", async () => {
  const { mirror, allotmentOf, touch, fail } = aMirror();
  touch(all);
  fail(1);
  await expect(mirror.round()).rejects.toThrow("no answer");
  expect(await allotmentOf(ACCOUNTS)).toBeUndefined();
  touch([]);
  fail(undefined);
  await mirror.round();
  expect(await allotmentOf(ACCOUNTS)).toBe(WEI);
});
