import { feeWei, findSplits, netWei, type Result, splitsHash, splitsOf, ZERO_BYTES32 } from "@cortensor/protocol";
import { silentLogger } from "@cortensor/runtime";
import type { Link } from "@cortensor/wire";
import { afterEach, describe, expect, it } from "vitest";
import { openNoteBook } from "./noteBook.js";
import { openOutbox } from "./outbox.js";
import { openStore } from "./store.js";
import { closers, echo, fullPay, type SetUp, saying, setUp, tearDown, textOf } from "./test/setUpMiner.js";
import { aStart } from "./test/startMaker.js";
import { BOND_WEI, MINER, openChain, startTestMiner } from "./test/testMiner.js";
import { type Answer, OPERATOR } from "./test/testRouter.js";

afterEach(tearDown);

/** Ten tokens of answer are asked for at most: what a task may earn is little more than what it does. */
const PARAMS = { maxTokens: 11 };
const short = (name: string) => ({ name, params: PARAMS, task: { maxIn: 10, maxOut: 11 } });
const mostOf = (offer: SetUp["offer"]): bigint => feeWei({ ...offer, nIn: 10, nOut: 11 });

const netOf = (wei: bigint): bigint => {
  const splits = findSplits(splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })));
  if (splits === undefined) throw new Error("no splits");
  return netWei(wei, splits);
};

async function serve({ router, link, offer }: SetUp, name: string): Promise<Answer> {
  const answer = router.ask(link, aStart(MINER, offer, short(name)));
  await answer.over;
  return answer;
}

async function served(world: SetUp, name: string): Promise<Result> {
  return (await serve(world, name)).result();
}

async function pay({ router, link }: SetUp, result: Result): Promise<bigint> {
  link.notify("receipt", await router.receiptFor(result, fullPay(result)));
  return netOf(fullPay(result));
}

/** What a miner's folder holds once the miner has stopped. */
async function keptIn(world: SetUp) {
  await world.miner.stop();
  const store = openStore(world.folder);
  const outbox = openOutbox({ store, log: silentLogger });
  const notes = openNoteBook({ store, log: silentLogger });
  const kept = {
    results: outbox.size,
    receivedWei: notes.receivedWei(OPERATOR),
    unnotedWei: notes.unnotedWei(OPERATOR),
    unnoted: notes.unnoted(OPERATOR),
    note: notes.noteOf(OPERATOR),
    operators: notes.operators(),
  };
  await outbox.close();
  return kept;
}

const verdicts = async ({ metrics }: SetUp, verdict: string): Promise<boolean> =>
  (await metrics.render()).body.includes(`miner_credit_notes_total{verdict="${verdict}"}`);

describe("a miner's credit notes", () => {
  it("keeps what receipts promise until a note does, over a restart", async () => {
    const world = await setUp(saying(10));
    const wei = await pay(world, await served(world, "one"));
    await echo(world.link, world.router, world.offer);
    const kept = await keptIn(world);
    expect(kept).toMatchObject({ results: 1, receivedWei: wei, unnotedWei: wei, note: undefined });
    expect(kept.unnoted.map(({ payees }) => payees.map(({ miner }) => miner))).toEqual([[MINER]]);
    closers.splice(1, 1);
  });

  it("keeps a note with its proof, and lets go of the receipts that it covers", async () => {
    const world = await setUp(saying(10));
    const first = await pay(world, await served(world, "one"));
    const second = await pay(world, await served(world, "two"));
    const note = await world.router.noteFor(MINER, { cumulativeWei: first, count: 1 });
    world.link.notify("note", note);
    await echo(world.link, world.router, world.offer);
    expect(await verdicts(world, "short")).toBe(true);
    const kept = await keptIn(world);
    expect(kept).toMatchObject({ receivedWei: first + second, unnotedWei: second, note, operators: [OPERATOR] });
    expect(kept.unnoted).toHaveLength(1);
    closers.splice(1, 1);
  });

  it("never goes back to a lower note", async () => {
    const world = await setUp(saying(10));
    const high = await world.router.noteFor(MINER, { cumulativeWei: 9n, count: 2 });
    world.link.notify("note", high);
    world.link.notify("note", await world.router.noteFor(MINER, { cumulativeWei: 8n, count: 1 }));
    await echo(world.link, world.router, world.offer);
    expect(await verdicts(world, "older")).toBe(true);
    expect((await keptIn(world)).note).toEqual(high);
    closers.splice(1, 1);
  });

  it("refuses a note for another, of another, of fewer segments than before, and one that nobody signed", async () => {
    const world = await setUp(saying(10));
    const { router, link } = world;
    const good = await router.noteFor(MINER, { cumulativeWei: 5n, count: 5 });
    link.notify("note", good);
    const wrong = [
      await router.noteFor(OPERATOR, { cumulativeWei: 9n, count: 9 }),
      await router.noteFor(MINER, { cumulativeWei: 9n, count: 9 }, { operator: MINER }),
      await router.noteFor(MINER, { cumulativeWei: 9n, count: 5 }),
      { ...good, note: { ...good.note, cumulativeWei: 9n, count: 9 } },
    ];
    for (const notice of wrong) link.notify("note", notice);
    await echo(link, router, world.offer);
    expect((await world.metrics.render()).body).toContain('miner_credit_notes_total{verdict="refused"} 4');
    expect((await keptIn(world)).note).toEqual(good);
    closers.splice(1, 1);
  });

  it("believes no receipt under splits that nobody knows, and keeps its result as evidence", async () => {
    const world = await setUp(saying(10));
    const result = await served(world, "one");
    const notice = await world.router.receiptFor(result, fullPay(result), { splitsHash: ZERO_BYTES32 });
    world.link.notify("receipt", notice);
    await echo(world.link, world.router, world.offer);
    expect(await keptIn(world)).toMatchObject({ results: 2, receivedWei: 0n });
    closers.splice(1, 1);
  });
});

describe("a miner serves an operator no further than its limit", () => {
  /** Room for three tasks, whatever becomes of them. */
  const limited = async (config: { owedMaxWei?: bigint } = {}) => {
    const owedMaxWei = 3n * feeWei({ weiPerTokenIn: 10n, weiPerTokenOut: 100n, nIn: 10, nOut: 11 });
    return { owedMaxWei, world: await setUp({ ...saying(10), config: { owedMaxWei, queueMax: 64, ...config } }) };
  };
  /** Asks for many tasks at once, round after round, until none is taken; gives what was served. */
  const exhaust = async (world: SetUp, after: (result: Result) => Promise<void>): Promise<bigint> => {
    let servedWei = 0n;
    for (let round = 0; ; round += 1) {
      const names = Array.from({ length: 8 }, (_, n) => `${round}.${n}`);
      const answers = await Promise.all(names.map((name) => serve(world, name)));
      const results = answers.filter(({ messages }) => messages.at(-1)?.kind === "result").map((one) => one.result());
      if (results.length === 0) {
        expect(answers[0]?.messages).toMatchObject([{ kind: "refused", code: "owedTooMuch" }]);
        return servedWei;
      }
      for (const result of results) {
        servedWei += fullPay(result);
        await after(result);
      }
    }
  };

  it("when its router gives no receipts, however many tasks it sends at once", async () => {
    const { world, owedMaxWei } = await limited();
    const lostWei = await exhaust(world, () => Promise.resolve());
    expect(lostWei).toBeGreaterThan(0n);
    expect(lostWei).toBeLessThanOrEqual(owedMaxWei);
  });

  it("when its router gives receipts but no notes", async () => {
    const { world, owedMaxWei } = await limited();
    let receivedWei = 0n;
    const servedWei = await exhaust(world, async (result) => {
      receivedWei += await pay(world, result);
    });
    expect(servedWei).toBeGreaterThan(receivedWei);
    expect(receivedWei).toBeGreaterThan(0n);
    expect(receivedWei).toBeLessThanOrEqual(owedMaxWei);
  });

  it("when its router's notes stay behind its receipts", async () => {
    const { world, owedMaxWei } = await limited();
    let [receivedWei, promisedWei, count] = [0n, 0n, 0];
    await exhaust(world, async (result) => {
      receivedWei += await pay(world, result);
      promisedWei = receivedWei / 2n;
      count += 1;
      world.link.notify("note", await world.router.noteFor(MINER, { cumulativeWei: promisedWei, count }));
    });
    expect(receivedWei - promisedWei).toBeGreaterThan(0n);
    expect(receivedWei - promisedWei).toBeLessThanOrEqual(owedMaxWei);
  });

  it("and goes on when notes cover what it earned", async () => {
    const { world } = await limited();
    let cumulativeWei = 0n;
    for (let count = 1; count <= 12; count += 1) {
      const result = await served(world, `task ${count}`);
      cumulativeWei += await pay(world, result);
      world.link.notify("note", await world.router.noteFor(MINER, { cumulativeWei, count }));
    }
    expect(await verdicts(world, "covering")).toBe(true);
  });

  it("remembers after a restart what is owed", async () => {
    const { world, owedMaxWei } = await limited();
    await exhaust(world, async (result) => {
      await pay(world, result);
    });
    await world.miner.stop();
    closers.splice(1, 1);
    const again = await startTestMiner({
      routerUrls: [world.router.url],
      folder: world.folder,
      ...saying(10),
      config: { owedMaxWei },
    });
    closers.push(() => again.miner.stop());
    const link: Link = await world.router.nextLink();
    const answer = await serve({ ...world, ...again, link }, "after the restart");
    expect(answer.messages).toMatchObject([{ kind: "refused", code: "owedTooMuch" }]);
  });
});

describe("a miner relies on a bond no further than it goes", () => {
  it("refuses what its share of the bond doesn't cover, and takes it when the chain has credited more", async () => {
    let creditedWei = 0n;
    const seen: (() => void)[] = [];
    const chain = {
      ...openChain,
      readCreditedWei: () => {
        for (const tell of seen.splice(0)) tell();
        return Promise.resolve(creditedWei);
      },
    };
    const world = await setUp({ ...saying(10), chain, config: { chainPollMs: 5 } });
    // The note alone is as much as half of the bond.
    world.link.notify("note", await world.router.noteFor(MINER, { cumulativeWei: BOND_WEI / 2n, count: 1 }));
    await echo(world.link, world.router, world.offer);
    const refused = await serve(world, "not covered");
    expect(refused.messages).toMatchObject([{ kind: "refused", code: "bondTooSmall" }]);
    creditedWei = mostOf(world.offer) * 2n;
    // The first look may have begun before the credit was there; the second has not.
    for (let look = 0; look < 2; look += 1) await new Promise<void>((resolve) => seen.push(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect((await served(world, "covered")).finish).toBe("stop");
  });

  it("serves no operator without a bond", async () => {
    const chain = { ...openChain, readBondWei: () => Promise.resolve(0n) };
    const world = await setUp({ script: { reply: () => textOf(3) }, chain });
    expect((await serve(world, "one")).messages).toMatchObject([{ kind: "refused", code: "bondTooSmall" }]);
  });
});
