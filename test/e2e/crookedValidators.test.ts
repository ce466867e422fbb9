import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DisputeRecord, readNode, readStake } from "@cortensor/chain";
import { VALIDATOR_CHEAT_NAMES, type ValidatorCheatName } from "@cortensor/node";
import { type Address, type Bytes32, parseAddress, type ReceiptDocument, taskFinding } from "@cortensor/protocol";
import type { Cortensor } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askWhenFree } from "./harness/askWhenFree.js";
import { dedicatedClient } from "./harness/dedicatedClient.js";
import { carryOutDisputes, fundDisputes, judgeDisputes } from "./harness/disputes.js";
import { JUDGES, STAKE_WEI, stakeMore, startJudgedNetwork } from "./harness/judgedNetwork.js";
import { NO_END } from "./harness/longAnswer.js";
import { makeHome } from "./harness/makeHome.js";
import { toEpoch } from "./harness/moveTime.js";
import { toRow, validatorProfitOf } from "./harness/profitOf.js";
import {
  arePledged,
  countPlants,
  entryOf,
  type FoundEpoch,
  openDutyBoard,
  readEarned,
  saidOf,
  untilCommitted,
  untilOpened,
  untilPledged,
  untilShown,
} from "./harness/publicDuties.js";
import { type StartedAdversary, startAdversary } from "./harness/startAdversary.js";
import { type LyingValidator, startLyingValidator } from "./harness/startLyingValidator.js";
import type { Network } from "./harness/startNetwork.js";
import { type StartedPlanter, startPlanter } from "./harness/startPlanter.js";
import { until } from "./harness/until.js";
import { untilSettled } from "./harness/untilSettled.js";

/** `npm run deep -- crooks` runs this; a real chain has them all in `packages/node/test/duties.test.ts`. */
const isDeep = process.env.CORTENSOR_DEEP === "crooks";
const OUT = process.env.CORTENSOR_CROOKS_OUT;
const TOKENS = 96;
/** Of the accomplice, and of honest miners, whose fees pay for duties. */
const TASKS = { bad: 16, good: 24 } as const;
/** With the stake below, one that looks at nothing passes none of so many once in a hundred times. */
const PLANTS = 16;
/** Some of them may be late in reaching a block, and are not asked. */
const PLANTS_LEAST = 10;
/** Each is a transaction, or a question and its answer. */
const PLANTED_MS = 240_000;
const TIMEOUT_MS = 1_700_000;
/** More stake, more duties. What the honest miners have together is 6,000. */
const STAKES_COR: Readonly<Record<ValidatorCheatName, number>> = {
  lazy: 6_000,
  copying: 1_000,
  colluding: 4_000,
  accusing: 3_000,
};
/** With it the guards of the network are more than two thirds of the set, whoever joins them. */
const GUARD_EXTRA_WEI = 11_000n * 10n ** 18n;
/** Everybody's. Who is asked what, sessions say. */
const PRICES = { MINER_WEI_PER_TOKEN_IN: "1000000000000", MINER_WEI_PER_TOKEN_OUT: "3000000000000" };
/** What a check costs of the generation, in hundredths: `check_ratio` of `bench -- proof`. */
const CHECK_PERCENT = 32n;

describe.runIf(isDeep)("a network whose validators cheat", { timeout: TIMEOUT_MS }, () => {
  let network: Network;
  let home: string;
  let liar: StartedAdversary | undefined;
  let planter: StartedPlanter | undefined;
  const validators = new Map<ValidatorCheatName, LyingValidator>();
  let bad: readonly ReceiptDocument[] = [];
  let good: readonly ReceiptDocument[] = [];
  let found: FoundEpoch;
  let disputes: readonly DisputeRecord[] = [];
  let honestMiners: readonly Address[] = [];
  let earned: ReadonlyMap<Address, bigint> = new Map();
  const rows = new Map<string, Awaited<ReturnType<typeof rowOf>>>();

  const askAll = async (client: Cortensor, count: number): Promise<readonly ReceiptDocument[]> => {
    const documents: ReceiptDocument[] = [];
    for (let number = 0; number < count; number += 1) {
      const options = { maxTokens: TOKENS, temperature: 1, logitBias: NO_END };
      documents.push(await askWhenFree(client, `Tell me story number ${number}.`, options));
    }
    await client.payLane();
    return documents;
  };
  const idsOf = (documents: readonly ReceiptDocument[]) => documents.map(({ receipt }) => receipt.taskId);
  const entriesOf = (documents: readonly ReceiptDocument[]) => new Set<Bytes32>(idsOf(documents).map(entryOf));
  const stakeOf = async (node: Address): Promise<bigint> => {
    const record = await readNode(network.chain, node);
    return record === undefined ? 0n : (await readStake(network.chain, record.owner)).stakedWei;
  };
  const accomplice = (): Address => parseAddress(String(liar?.address));
  const liars = () => new Set([...validators.values()].map(({ address }) => address));
  const honestValidators = () =>
    found.tallies.map(({ validator }) => validator).filter((validator) => !liars().has(validator));

  /** Of whose tasks it says something without looking. */
  const isUnseen: Readonly<Record<ValidatorCheatName, (task: Bytes32) => boolean>> = {
    lazy: () => true,
    copying: () => true,
    colluding: (task) => entriesOf(bad).has(task),
    accusing: (task) => entriesOf(good).has(task),
  };

  async function rowOf(of: {
    readonly name: string;
    readonly validator: Address;
    readonly stakeCor: number;
    readonly isUnseen: (task: Bytes32) => boolean;
    readonly with?: Address;
  }) {
    const { name, validator } = of;
    const tally = found.tallies.find((one) => one.validator === validator);
    const own = found.duties.filter((duty) => duty.validator === validator && duty.isDone);
    const feeWei = good.reduce((sum, { receipt }) => sum + receipt.feeWei, 0n) / BigInt(good.length);
    const looked = own.filter(({ taskId }) => !of.isUnseen(taskId)).length;
    const wrong = new Set([...entriesOf(bad), ...found.plants.map(({ taskId }) => taskId)]);
    const said = found.verdicts.filter((one) => one.validator === validator);
    const lostWithWei = of.with === undefined ? 0n : STAKE_WEI - (await stakeOf(of.with));
    const ledger = {
      earnedWei: earned.get(validator) ?? 0n,
      spentWei: (feeWei * CHECK_PERCENT * BigInt(looked)) / 100n,
      lostWei: BigInt(of.stakeCor) * 10n ** 18n - (await stakeOf(validator)) + lostWithWei,
    };
    return {
      ...{ adversary: name, drawn: tally?.drawn ?? 0, missed: tally?.missed ?? 0, paid: tally?.paid ?? 0, looked },
      accused: tally?.accused.length ?? 0,
      plantsPassed: tally?.missedPlants.length ?? 0,
      wrong: said.filter(({ taskId, outcome }) => outcome !== (wrong.has(taskId) ? "failed" : "passed")).length,
      isNamed: found.missing.includes(validator),
      ...ledger,
      profitWei: validatorProfitOf(ledger),
    };
  }

  const startAll = async (): Promise<void> => {
    honestMiners = [...network.minerPids().keys()].map((address) => parseAddress(address));
    // One after another: the faucet that funds them has one account.
    await stakeMore(network, GUARD_EXTRA_WEI);
    planter = await startPlanter(network, join(home, "planter"), PLANTS);
    liar = await startAdversary(network, join(home, "liar"), { cheat: "own-seed", prices: PRICES });
    const about = { lazy: undefined, copying: undefined, colluding: [accomplice()], accusing: honestMiners };
    for (const validator of VALIDATOR_CHEAT_NAMES) {
      const whom = about[validator];
      const options = { validator, stakeCor: STAKES_COR[validator], ...(whom && { about: whom }) };
      validators.set(validator, await startLyingValidator(network, join(home, validator), options));
    }
  };

  /** What is settled in one epoch: the accomplice's, honest miners', and what was planted. */
  const askEpoch = async (): Promise<void> => {
    const { receipts } = (await network.client.network()).totals;
    [bad, good] = await Promise.all([
      dedicatedClient(network, [accomplice()]).then((client) => askAll(client, TASKS.bad)),
      // Each is checked before it is given out, and its fee pays for duties.
      dedicatedClient(network, honestMiners, { numOfValidatorNodes: 1 }).then((client) => askAll(client, TASKS.good)),
    ]);
    await untilSettled(network, receipts + TASKS.bad + TASKS.good + PLANTS_LEAST);
  };

  /** Lets one more epoch go by, in which what the planter asks in the next is committed to: what comes into a block of a later epoch plants nothing. */
  const untilPlanted = async (epoch: number, pledges: number): Promise<number> => {
    await toEpoch(network, epoch);
    const areThere = async () => ((await countPlants(network, epoch)) >= PLANTS ? true : undefined);
    await until(`${PLANTS} commitments of epoch ${epoch}`, areThere, PLANTED_MS);
    await arePledged(network, { epoch: epoch + 1, validators: pledges });
    return epoch + 1;
  };

  const keepRows = async (): Promise<void> => {
    for (const [name, { address: validator }] of validators) {
      const about = { name, validator, stakeCor: STAKES_COR[name], isUnseen: isUnseen[name] };
      rows.set(name, await rowOf(name === "colluding" ? { ...about, with: accomplice() } : about));
    }
    for (const [index, validator] of honestValidators().entries()) {
      const name = `honest ${index + 1}`;
      rows.set(name, await rowOf({ name, validator, stakeCor: 1_000, isUnseen: () => false }));
    }
    if (OUT !== undefined) writeFileSync(OUT, JSON.stringify([...rows.values()].map(toRow)));
  };

  beforeAll(async () => {
    home = makeHome("crooks");
    network = await startJudgedNetwork({ hasGuardDuties: false });
    await startAll();
    const all = JUDGES + VALIDATOR_CHEAT_NAMES.length;
    const epoch = await untilPlanted(await untilPledged(network, all), all);
    await toEpoch(network, epoch);
    await askEpoch();
    await toEpoch(network, epoch + 1);
    await untilCommitted(network, epoch, [...validators.values()]);
    const board = openDutyBoard(network);
    const others = entriesOf(good);
    const planted = [...(await board.settled(epoch))].filter(
      ([id, { payees }]) => !others.has(id) && payees.some((payee) => payee === planter?.miner),
    ).length;
    await toEpoch(network, epoch + 2);
    // The copier can't show what others committed to.
    await untilShown(network, epoch, all - 1);
    await untilOpened(network, epoch + 2, planted);
    await toEpoch(network, epoch + 3);
    found = await board.found(epoch);
    earned = await readEarned(network, [...liars(), ...honestValidators()], epoch + 2);
    const accusing = saidOf(found, idsOf(bad), liars()).filter(({ outcome }) => outcome === "failed");
    const accusers = accusing.map(({ validator }) => ({ validator, miners: new Set([accomplice()]) }));
    await fundDisputes(network, { accusers, miners: [accomplice()] });
    await judgeDisputes(network, all);
    disputes = await carryOutDisputes(network);
    await keepRows();
  }, TIMEOUT_MS);
  afterAll(async () => {
    await Promise.all([liar?.stop(), planter?.stop(), ...[...validators.values()].map((one) => one.stop())]);
    await network?.stop();
    rmSync(home, { recursive: true, force: true });
  }, TIMEOUT_MS);

  it("has the cheating miner found and slashed, whoever passes it", async () => {
    const said = saidOf(found, idsOf(bad), liars());
    expect(said.length).toBeGreaterThan(0);
    expect(said.filter(({ outcome }) => outcome !== "failed")).toEqual([]);
    expect(disputes.length).toBeGreaterThan(0);
    for (const { miner, ending } of disputes) expect([miner, ending]).toEqual([accomplice(), "slashed"]);
    expect(await stakeOf(accomplice())).toBeLessThan(STAKE_WEI);
  });

  it("finds no honest miner wrong by an accuser's word, and takes nothing of anybody honest", async () => {
    const said = saidOf(found, idsOf(good));
    const accused = said.filter(({ outcome }) => outcome === "failed");
    expect(accused.every(({ validator }) => validator === validators.get("accusing")?.address)).toBe(true);
    for (const { taskId } of accused) {
      const checks = said.filter((one) => one.taskId === taskId).map(({ outcome }) => outcome);
      expect(taskFinding({ checks })).toBeUndefined();
    }
    for (const one of [...honestMiners, ...honestValidators()])
      expect([one, await stakeOf(one)]).toEqual([one, STAKE_WEI]);
  });

  it("pays honest validators for all that they drew but what a dispute has to bear out, and a lazy one for nothing", () => {
    const right = entriesOf(good);
    for (const validator of honestValidators()) {
      const { drawn, paid = 0, accused = [] } = found.tallies.find((one) => one.validator === validator) ?? {};
      expect([validator, paid + accused.length]).toEqual([validator, drawn]);
      expect(accused.filter((id) => right.has(id))).toEqual([]);
      expect((earned.get(validator) ?? 0n) > 0n).toBe(paid > 0);
    }
    expect(rows.get("lazy")?.plantsPassed).toBeGreaterThan(0);
    expect(rows.get("lazy")).toMatchObject({ paid: 0, earnedWei: 0n });
  });

  it("pays an accusing one for what it looked at, and for no task that it only said was wrong", () => {
    const { address } = validators.get("accusing") ?? {};
    const tally = found.tallies.find(({ validator }) => validator === address);
    const own = found.duties.filter(
      ({ validator, taskId, isDone }) => validator === address && isDone && entriesOf(good).has(taskId),
    );
    expect(own.every(({ taskId }) => tally?.accused.includes(taskId))).toBe(true);
    expect(tally?.paid).toBeLessThanOrEqual(rows.get("accusing")?.looked ?? 0);
  });

  it("takes nothing from a copier's words: it is named, and has done no duty", () => {
    expect(rows.get("copying")).toMatchObject({ isNamed: true, paid: 0, wrong: 0, earnedWei: 0n });
  });

  it.each(VALIDATOR_CHEAT_NAMES)("makes a %s validator no profit", (name) => {
    expect(rows.get(name)?.profitWei).toBeLessThanOrEqual(0n);
  });
});
