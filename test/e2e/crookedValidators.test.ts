import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listOwed, readNode, readStake } from "@cortensor/chain";
import { VALIDATOR_CHEAT_NAMES, type ValidatorCheatName } from "@cortensor/node";
import { type Address, parseAddress, type ReceiptDocument, setEntryId, taskFinding } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carryOutDisputes } from "./harness/carryOutDisputes.js";
import { NO_END } from "./harness/longAnswer.js";
import { profitOf, toRow } from "./harness/profitOf.js";
import { GUARDED, readDuties, saidOf, untilClosed, untilPledged } from "./harness/publicDuties.js";
import { type StartedAdversary, startAdversary } from "./harness/startAdversary.js";
import { type LyingValidator, startLyingValidator } from "./harness/startLyingValidator.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { within } from "./harness/until.js";

/** `npm run deep -- crooks` runs this; a real chain has them all in `packages/node/test/duties.test.ts`. */
const isDeep = process.env.CORTENSOR_DEEP === "crooks";
const OUT = process.env.CORTENSOR_CROOKS_OUT;
const TOKENS = 96;
const TASKS = 40;
const GUARDS = 5;
const TIMEOUT_MS = 1_500_000;
const STAKE_WEI = 1_000n * 10n ** 18n;
/** An honest miner's own prices: each of both has a part of the tasks. */
const PRICES = { MINER_WEI_PER_TOKEN_IN: "1000000000000", MINER_WEI_PER_TOKEN_OUT: "3000000000000" };
/** What a check costs of the generation, in hundredths: `check_ratio` of `bench -- proof`. */
const CHECK_PERCENT = 32n;

describe.runIf(isDeep)("a network whose validators cheat", { timeout: TIMEOUT_MS }, () => {
  let network: Network;
  let home: string;
  let liar: StartedAdversary | undefined;
  const validators = new Map<ValidatorCheatName, LyingValidator>();
  const tasks: ReceiptDocument[] = [];
  let duties: Awaited<ReturnType<typeof readDuties>> = [];
  let honestMiner: Address;
  const rows = new Map<ValidatorCheatName, Awaited<ReturnType<typeof rowOf>>>();

  const ask = async (number: number): Promise<ReceiptDocument> => {
    const options = { maxTokens: TOKENS, temperature: 1, logitBias: NO_END };
    const { taskId } = await network.client.chat(`Tell me story number ${number}.`, options);
    return network.client.receipt(taskId, { waitMs: 20_000 });
  };
  const madeBy = (miner: string | undefined) =>
    tasks.filter(({ payees }) => payees.some((payee) => payee.miner === miner)).map(({ receipt }) => receipt.taskId);
  const stakeOf = async (node: Address): Promise<bigint> => {
    const record = await readNode(network.chain, node);
    return record === undefined ? 0n : (await readStake(network.chain, record.owner)).stakedWei;
  };
  const earnedBy = async (node: Address): Promise<bigint> =>
    (await listOwed(network.chain, node)).reduce((sum, { owedWei }) => sum + owedWei, 0n);
  const tallyOf = (validator: Address) => {
    const own = duties.flatMap(({ tallies }) => tallies).filter((tally) => tally.validator === validator);
    const sum = (key: "drawn" | "missed" | "paid") => own.reduce((total, tally) => total + tally[key], 0);
    return { drawn: sum("drawn"), missed: sum("missed"), paid: sum("paid") };
  };

  /** What an honest validator has earned for each of its duties here. */
  async function honestPerDutyWei(): Promise<bigint> {
    const liars = new Set([...validators.values()].map(({ address }) => address));
    const honest = new Set(duties.flatMap(({ tallies }) => tallies.map(({ validator }) => validator)));
    for (const one of liars) honest.delete(one);
    let [earned, drawn] = [0n, 0n];
    for (const one of honest) {
      earned += await earnedBy(one);
      drawn += BigInt(tallyOf(one).drawn);
    }
    return drawn === 0n ? 0n : earned / drawn;
  }

  async function rowOf(name: ValidatorCheatName, { address }: LyingValidator) {
    const tally = tallyOf(address);
    const bad = new Set(madeBy(liar?.address).map((taskId) => setEntryId(`0x${taskId.slice(2)}`)));
    const said = duties.flatMap(({ verdicts }) => verdicts).filter(({ validator }) => validator === address);
    const wrong = said.filter(({ taskId, outcome }) => outcome !== (bad.has(taskId) ? "failed" : "passed")).length;
    const feeWei = tasks.reduce((sum, { receipt }) => sum + receipt.feeWei, 0n) / BigInt(tasks.length);
    const unlooked = name === "lazy" || name === "copying" ? tally.drawn : wrong;
    const ledger = {
      earnedWei: await earnedBy(address),
      honestWei: (await honestPerDutyWei()) * BigInt(tally.drawn),
      savedWei: (feeWei * CHECK_PERCENT * BigInt(unlooked)) / 100n,
      lostWei: STAKE_WEI - (await stakeOf(address)),
    };
    const isNamed = duties.some(({ missing }) => missing.includes(address));
    return { adversary: name, ...tally, wrong, isNamed, ...ledger, profitWei: profitOf(ledger) };
  }

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "cortensor-crooks-"));
    network = await startNetwork(GUARDED);
    await within(
      "five guards",
      network.output.find(({ event }) => event === "guards.ready"),
      TIMEOUT_MS,
    );
    await untilPledged(network, GUARDS);
    const [honest] = (await network.client.network()).miners;
    honestMiner = parseAddress(String(honest?.address));
    liar = await startAdversary(network, join(home, "liar"), { cheat: "own-seed", prices: PRICES });
    const about = { colluding: [parseAddress(liar.address)], accusing: [honestMiner] };
    for (const validator of VALIDATOR_CHEAT_NAMES) {
      const whom = validator === "colluding" || validator === "accusing" ? { about: about[validator] } : {};
      validators.set(validator, await startLyingValidator(network, join(home, validator), { validator, ...whom }));
    }
    // One or two join the set in an epoch.
    const first = await untilPledged(network, GUARDS + VALIDATOR_CHEAT_NAMES.length);
    await untilClosed(network, first - 1);
    for (let number = 0; number < TASKS; number += 1) tasks.push(await ask(number));
    const epochs = [first, first + 1, first + 2];
    await untilClosed(network, first + 4);
    duties = await readDuties(network, epochs);
    await carryOutDisputes(network);
    for (const [name, validator] of validators) rows.set(name, await rowOf(name, validator));
    const printed = [...rows.values()].map(toRow);
    if (OUT !== undefined) writeFileSync(OUT, JSON.stringify(printed));
  }, TIMEOUT_MS);
  afterAll(async () => {
    await Promise.all([liar?.stop(), ...[...validators.values()].map((one) => one.stop())]);
    await network?.stop();
    rmSync(home, { recursive: true, force: true });
  }, TIMEOUT_MS);

  it("has the cheating miner found, whoever passes it", () => {
    const liars = new Set([...validators.values()].map(({ address }) => address));
    const said = saidOf(duties, madeBy(liar?.address), liars);
    expect(said.some(({ outcome }) => outcome === "failed")).toBe(true);
    expect(said.some(({ outcome }) => outcome === "passed")).toBe(false);
  });

  it("finds no honest miner wrong by an accuser's word, and takes nothing of anybody honest", async () => {
    const said = saidOf(duties, madeBy(honestMiner));
    const accused = said.filter(({ outcome }) => outcome === "failed");
    expect(accused.every(({ validator }) => validator === validators.get("accusing")?.address)).toBe(true);
    for (const { taskId } of accused) {
      const checks = said.filter((one) => one.taskId === taskId).map(({ outcome }) => outcome);
      expect(taskFinding({ checks })).toBeUndefined();
    }
    expect(await stakeOf(honestMiner)).toBe(STAKE_WEI);
    const honest = new Set(duties.flatMap(({ tallies }) => tallies.map(({ validator }) => validator)));
    for (const { address } of validators.values()) honest.delete(address);
    for (const validator of honest) expect([validator, await stakeOf(validator)]).toEqual([validator, STAKE_WEI]);
  });

  it("takes nothing from a copier's words: it is named, and has done no duty", () => {
    expect(rows.get("copying")).toMatchObject({ isNamed: true, paid: 0, wrong: 0 });
  });

  it.each(VALIDATOR_CHEAT_NAMES)("makes a %s validator no profit", (name) => {
    expect(rows.get(name)?.profitWei).toBeLessThanOrEqual(0n);
  });
});
