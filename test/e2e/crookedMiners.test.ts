import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listOwed, readNode, readStake } from "@cortensor/chain";
import { CHEAT_NAMES, type CheatName } from "@cortensor/engine";
import {
  type Address,
  netWei,
  PLAIN_TERMS,
  parseAddress,
  priceWei,
  type ReceiptDocument,
  splitsOf,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carryOutDisputes } from "./harness/carryOutDisputes.js";
import { NO_END } from "./harness/longAnswer.js";
import { profitOf, toRow } from "./harness/profitOf.js";
import { epochNow, GUARDED, readDuties, saidOf, untilClosed, untilPledged } from "./harness/publicDuties.js";
import { type StartedAdversary, startAdversary } from "./harness/startAdversary.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { within } from "./harness/until.js";

/** `npm run deep -- crooks` runs this, for some cheats at a time. */
const isDeep = process.env.CORTENSOR_DEEP === "crooks";
const CHEATS = CHEAT_NAMES.filter((name) => (process.env.CORTENSOR_CROOKS ?? name).split(",").includes(name));
/** Where the rows go, beside the output. */
const OUT = process.env.CORTENSOR_CROOKS_OUT;
const TOKENS = 96;
/** Each is asked twice: a cache has something to say the second time. */
const STORIES = ["a brave fox", "a tired sailor", "two sisters", "the last train", "an old clock", "a lost letter"];
const TIMEOUT_MS = 1_500_000;
const PRICES = { weiPerTokenIn: 1_000_000_000_000n, weiPerTokenOut: 3_000_000_000_000n };
/** The part of an honest node's work that each leaves out at most, in hundredths. The others do all of it, or more. */
const LEFT_OUT: Partial<Record<CheatName, bigint>> = {
  "smaller-model": 34n,
  "four-bits": 50n,
  "cut-prompt": 50n,
  // Every second answer.
  "cached-answer": 50n,
  "copied-answer": 50n,
};

type Attack = {
  readonly cheat: CheatName;
  readonly liar: StartedAdversary;
  readonly miner: Address;
  readonly owner: Address;
  readonly stakeWei: bigint;
  readonly prices: typeof PRICES;
  readonly tasks: readonly ReceiptDocument[];
};

describe.runIf(isDeep)("a network with guards that do duties, and miners that cheat", { timeout: TIMEOUT_MS }, () => {
  let network: Network;
  let home: string;
  const attacks: Attack[] = [];
  const honest: ReceiptDocument[] = [];
  const promptTokens = new Map<string, number>();
  const rows = new Map<CheatName, Awaited<ReturnType<typeof rowOf>>>();
  let duties: Awaited<ReturnType<typeof readDuties>> = [];
  let disputes: Awaited<ReturnType<typeof carryOutDisputes>> = [];

  const ask = async (content: string): Promise<ReceiptDocument> => {
    const options = { maxTokens: TOKENS, temperature: 1, logitBias: NO_END };
    const { taskId } = await network.client.chat(`Tell me a story about ${content}.`, options);
    return network.client.receipt(taskId, { waitMs: 20_000 });
  };
  const ownerOf = async (miner: Address): Promise<Address> => {
    const node = await readNode(network.chain, miner);
    if (node === undefined) throw new Error(`${miner} isn't registered`);
    return node.owner;
  };
  const stakeOf = async (owner: Address) => (await readStake(network.chain, owner)).stakedWei;

  /** Each liar is cheaper than half of the one before it: it alone gets work. It stays, to show what it signed. */
  const attack = async (cheat: CheatName): Promise<Attack> => {
    const by = (wei: bigint): bigint => (wei * 45n ** BigInt(attacks.length + 1)) / 100n ** BigInt(attacks.length + 1);
    const prices = { weiPerTokenIn: by(PRICES.weiPerTokenIn), weiPerTokenOut: by(PRICES.weiPerTokenOut) };
    const env = {
      MINER_WEI_PER_TOKEN_IN: String(prices.weiPerTokenIn),
      MINER_WEI_PER_TOKEN_OUT: String(prices.weiPerTokenOut),
    };
    const own = join(home, cheat);
    const liar = await startAdversary(network, own, { cheat, shared: join(own, "answers"), prices: env });
    const miner = parseAddress(liar.address);
    const owner = await ownerOf(miner);
    const stakeWei = await stakeOf(owner);
    const tasks: ReceiptDocument[] = [];
    for (const story of [...STORIES, ...STORIES]) tasks.push(await ask(story));
    return { cheat, liar, miner, owner, stakeWei, prices, tasks };
  };

  async function rowOf({ cheat, miner, owner, stakeWei, prices, tasks }: Attack) {
    const own = tasks.filter(({ payees }) => payees.every((payee) => payee.miner === miner));
    const said = saidOf(
      duties,
      own.map(({ receipt }) => receipt.taskId),
    );
    const found = said.filter(({ outcome }) => outcome === "failed" || outcome === "withheld");
    const splits = splitsOf({ sessionClass: "unvalidated", hasModelOwner: false });
    let honestWei = 0n;
    tasks.forEach(({ payees }, index) => {
      if (!payees.every((payee) => payee.miner === miner)) return;
      const nIn = promptTokens.get(STORIES[index % STORIES.length] ?? "") ?? 0;
      honestWei += netWei(priceWei({ model: prices, terms: PLAIN_TERMS, nIn, nOut: TOKENS }), splits);
    });
    const owed = await listOwed(network.chain, miner);
    const ledger = {
      earnedWei: owed.reduce((sum, { owedWei }) => sum + owedWei, 0n),
      honestWei,
      savedWei: (honestWei * (LEFT_OUT[cheat] ?? 0n)) / 100n,
      lostWei: stakeWei - (await stakeOf(owner)),
    };
    return {
      adversary: cheat,
      tasks: own.length,
      checked: new Set(said.map(({ taskId }) => taskId)).size,
      foundByDuties: new Set(found.map(({ taskId }) => taskId)).size,
      disputes: disputes.filter((one) => one.miner === miner).length,
      slashes: disputes.filter((one) => one.miner === miner && one.isSent).length,
      ...ledger,
      profitWei: profitOf(ledger),
    };
  }

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "cortensor-crooks-"));
    network = await startNetwork(GUARDED);
    await within(
      "five guards",
      network.output.find(({ event }) => event === "guards.ready"),
      TIMEOUT_MS,
    );
    const first = await untilPledged(network, 5);
    await untilClosed(network, first - 1);
    for (const story of [...STORIES, ...STORIES]) {
      const document = await ask(story);
      promptTokens.set(story, document.receipt.nIn);
      honest.push(document);
    }
    for (const cheat of CHEATS) attacks.push(await attack(cheat));
    // What was answered last may be settled in the next epoch's records.
    const last = (await epochNow(network)) + 1;
    await untilClosed(network, last + 2);
    duties = await readDuties(
      network,
      Array.from({ length: last - first + 1 }, (_, index) => first + index),
    );
    disputes = await carryOutDisputes(network);
    for (const one of attacks) rows.set(one.cheat, await rowOf(one));
    const printed = [...rows.values()].map(toRow);
    if (OUT !== undefined) writeFileSync(OUT, JSON.stringify(printed));
  }, TIMEOUT_MS);
  afterAll(async () => {
    await Promise.all(attacks.map(({ liar }) => liar.stop()));
    await network?.stop();
    rmSync(home, { recursive: true, force: true });
  }, TIMEOUT_MS);

  it.each(CHEATS)("has %s found by duties", (cheat) => {
    const row = rows.get(cheat);
    expect(row?.tasks).toBeGreaterThan(STORIES.length);
    expect(row?.foundByDuties).toBeGreaterThan(0);
  });

  it.each(CHEATS)("makes %s no profit", (cheat) => {
    expect(rows.get(cheat)?.profitWei).toBeLessThanOrEqual(0n);
  });

  it("accuses no honest answer, and takes nothing of an honest owner", async () => {
    const tasks = honest.map(({ receipt }) => receipt.taskId);
    const said = saidOf(duties, tasks);
    expect(said.length).toBeGreaterThan(0);
    expect(said.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    for (const miner of new Set(honest.flatMap(({ payees }) => payees.map((payee) => payee.miner)))) {
      expect(disputes.filter((one) => one.miner === miner)).toEqual([]);
      expect(await stakeOf(await ownerOf(miner))).toBe(1_000n * 10n ** 18n);
    }
  });
});
