import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DisputeRecord, listOwed, readNode, readStake } from "@cortensor/chain";
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
import type { Cortensor } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askWhenFree } from "./harness/askWhenFree.js";
import { dedicatedClient } from "./harness/dedicatedClient.js";
import { carryOutDisputes, fundDisputes, judgeDisputes } from "./harness/disputes.js";
import { GUARDS, JUDGES, STAKE_WEI, startJudgedNetwork } from "./harness/judgedNetwork.js";
import { NO_END } from "./harness/longAnswer.js";
import { makeHome } from "./harness/makeHome.js";
import { toEpoch } from "./harness/moveTime.js";
import { profitOf, toRow } from "./harness/profitOf.js";
import {
  entryOf,
  type FoundEpoch,
  openDutyBoard,
  saidOf,
  untilCommitted,
  untilPledged,
  untilShown,
} from "./harness/publicDuties.js";
import { type StartedAdversary, startAdversary } from "./harness/startAdversary.js";
import type { Network } from "./harness/startNetwork.js";
import { untilSettled } from "./harness/untilSettled.js";

/** `npm run deep -- crooks` runs this, for some cheats at a time. */
const isDeep = process.env.CORTENSOR_DEEP === "crooks";
const CHEATS = CHEAT_NAMES.filter((name) => (process.env.CORTENSOR_CROOKS ?? name).split(",").includes(name));
/** Where the rows go, beside the output. */
const OUT = process.env.CORTENSOR_CROOKS_OUT;
const TOKENS = 96;
/** Each is asked twice, since a cache has something to say the second time; at the one temperature or the other, since a cheat may show at one of them alone. */
const STORIES = [
  { about: "a brave fox", temperature: 1 },
  { about: "a tired sailor", temperature: 1 },
  { about: "two sisters", temperature: 0.4 },
  { about: "a lost letter", temperature: 0.4 },
] as const;
const ASKED = [...STORIES, ...STORIES];
const TIMEOUT_MS = 1_700_000;
/** Everybody's. Who is asked what, sessions say. */
const PRICES = { weiPerTokenIn: 1_000_000_000_000n, weiPerTokenOut: 3_000_000_000_000n };
const PRICES_ENV = {
  MINER_WEI_PER_TOKEN_IN: String(PRICES.weiPerTokenIn),
  MINER_WEI_PER_TOKEN_OUT: String(PRICES.weiPerTokenOut),
};
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
  readonly client: Cortensor;
};

describe.runIf(isDeep)(
  "a network whose validators do duties and judge, and miners that cheat",
  { timeout: TIMEOUT_MS },
  () => {
    let network: Network;
    let home: string;
    const attacks: Attack[] = [];
    const tasksOf = new Map<CheatName, readonly ReceiptDocument[]>();
    let honest: readonly ReceiptDocument[] = [];
    let found: FoundEpoch;
    let disputes: readonly DisputeRecord[] = [];
    const rows = new Map<CheatName, Awaited<ReturnType<typeof rowOf>>>();

    const askAll = async (client: Cortensor): Promise<readonly ReceiptDocument[]> => {
      const documents: ReceiptDocument[] = [];
      for (const { about, temperature } of ASKED) {
        const options = { maxTokens: TOKENS, temperature, logitBias: NO_END };
        documents.push(await askWhenFree(client, `Tell me a story about ${about}.`, options));
      }
      await client.payLane();
      return documents;
    };
    const ownerOf = async (miner: Address): Promise<Address> => {
      const node = await readNode(network.chain, miner);
      if (node === undefined) throw new Error(`${miner} isn't registered`);
      return node.owner;
    };
    const stakeOf = async (owner: Address) => (await readStake(network.chain, owner)).stakedWei;

    const attack = async (cheat: CheatName): Promise<void> => {
      const own = join(home, cheat);
      const liar = await startAdversary(network, own, { cheat, shared: join(own, "answers"), prices: PRICES_ENV });
      const miner = parseAddress(liar.address);
      const [owner, client] = await Promise.all([ownerOf(miner), dedicatedClient(network, [miner])]);
      attacks.push({ cheat, liar, miner, owner, client });
    };

    async function rowOf({ cheat, miner, owner }: Attack) {
      const tasks = tasksOf.get(cheat) ?? [];
      const said = saidOf(
        found,
        tasks.map(({ receipt }) => receipt.taskId),
      );
      const bad = said.filter(({ outcome }) => outcome === "failed" || outcome === "withheld");
      const splits = splitsOf({ sessionClass: "unvalidated", hasModelOwner: false });
      let honestWei = 0n;
      for (const { receipt } of honest) {
        honestWei += netWei(priceWei({ model: PRICES, terms: PLAIN_TERMS, nIn: receipt.nIn, nOut: TOKENS }), splits);
      }
      const owed = await listOwed(network.chain, miner);
      const own = disputes.filter((one) => one.miner === miner);
      const ledger = {
        earnedWei: owed.reduce((sum, { owedWei }) => sum + owedWei, 0n),
        honestWei,
        savedWei: (honestWei * (LEFT_OUT[cheat] ?? 0n)) / 100n,
        lostWei: STAKE_WEI - (await stakeOf(owner)),
      };
      return {
        adversary: cheat,
        tasks: tasks.length,
        checked: new Set(said.map(({ taskId }) => taskId)).size,
        foundByDuties: new Set(bad.map(({ taskId }) => taskId)).size,
        disputes: own.length,
        slashes: own.filter(({ isSent }) => isSent).length,
        ...ledger,
        profitWei: profitOf(ledger),
      };
    }

    /** Who accuses whom, as everybody sees it. */
    function accusers() {
      const makers = new Map<string, Address>(
        attacks.flatMap(({ cheat, miner }) =>
          (tasksOf.get(cheat) ?? []).map(({ receipt }) => [entryOf(receipt.taskId), miner] as const),
        ),
      );
      const bad = found.verdicts.filter(({ outcome }) => outcome === "failed");
      return [...new Set(bad.map(({ validator }) => validator))].map((validator) => {
        const own = bad.filter((one) => one.validator === validator);
        return { validator, miners: new Set(own.flatMap(({ taskId }) => makers.get(taskId) ?? [])) };
      });
    }

    beforeAll(async () => {
      home = makeHome("crooks");
      network = await startJudgedNetwork({ hasGuardDuties: true });
      // One after another: the faucet that funds them has one account.
      for (const cheat of CHEATS) await attack(cheat);
      const epoch = await untilPledged(network, JUDGES + GUARDS);
      await toEpoch(network, epoch);
      const asked = attacks.map(async ({ cheat, client }) => {
        tasksOf.set(cheat, await askAll(client));
      });
      const miners = [...network.minerPids().keys()].map((address) => parseAddress(address));
      [honest] = await Promise.all([dedicatedClient(network, miners).then(askAll), ...asked]);
      await untilSettled(network, ASKED.length * (CHEATS.length + 1));
      await toEpoch(network, epoch + 1);
      await untilCommitted(network, epoch);
      await toEpoch(network, epoch + 2);
      await untilShown(network, epoch, JUDGES + GUARDS);
      await toEpoch(network, epoch + 3);
      found = await openDutyBoard(network).found(epoch);
      await fundDisputes(network, { accusers: accusers(), miners: attacks.map(({ miner }) => miner) });
      await judgeDisputes(network, JUDGES + GUARDS);
      disputes = await carryOutDisputes(network);
      for (const one of attacks) rows.set(one.cheat, await rowOf(one));
      if (OUT !== undefined) writeFileSync(OUT, JSON.stringify([...rows.values()].map(toRow)));
    }, TIMEOUT_MS);
    afterAll(async () => {
      await Promise.all(attacks.map(({ liar }) => liar.stop()));
      await network?.stop();
      rmSync(home, { recursive: true, force: true });
    }, TIMEOUT_MS);

    it.each(CHEATS)("has %s found by duties, and takes its stake where that was disputed", (cheat) => {
      const row = rows.get(cheat);
      expect(row?.tasks).toBe(ASKED.length);
      expect(row?.foundByDuties).toBeGreaterThan(0);
      expect(row?.slashes).toBe(row?.disputes);
      expect(row?.slashes).toBeGreaterThan(0);
    });

    it.each(CHEATS)("makes %s no profit", (cheat) => {
      expect(rows.get(cheat)?.profitWei).toBeLessThanOrEqual(0n);
    });

    it("accuses no honest answer, and takes nothing of an honest owner", async () => {
      const said = saidOf(
        found,
        honest.map(({ receipt }) => receipt.taskId),
      );
      expect(said.length).toBeGreaterThan(0);
      expect(said.filter(({ outcome }) => outcome === "failed")).toEqual([]);
      const liars = new Set(attacks.map(({ miner }) => miner));
      expect(disputes.filter(({ miner }) => !liars.has(miner))).toEqual([]);
      const validators = new Set(found.tallies.map(({ validator }) => validator));
      expect(validators.size).toBeGreaterThan(1);
      for (const one of [...validators, ...honest.flatMap(({ payees }) => payees.map(({ miner }) => miner))])
        expect([one, await stakeOf(await ownerOf(one))]).toEqual([one, STAKE_WEI]);
    });
  },
);
