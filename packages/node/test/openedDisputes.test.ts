import {
  readBeacon,
  readCorBalance,
  readDisputeCount,
  readDisputeNews,
  readDutyRound,
  readHead,
} from "@cortensor/chain";
import {
  type Address,
  accusedEpochs,
  type Bytes32,
  drawOpenings,
  drawOwnDuties,
  dutyCommitment,
  dutyPayStep,
  epochStart,
  NO_DUTY_PAY,
  openedTasks,
  PPM,
  recomputeDuties,
  registryDomain,
  setEntryId,
} from "@cortensor/protocol";
import { silentLogger } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { word } from "../../protocol/test/aDisputedResult.js";
import { isSampleOf, openSealed } from "../src/host/index.js";
import { createOpenings } from "../src/validator/index.js";
import { CHEATING, CROOK, engineOf, FINDER, HONEST, JUDGES, MAKER, type Name, SLANDERER } from "./disputeCast.js";
import { COR, DisputeWorld, EPOCH, EPOCH_SECONDS, STAKE_WEI } from "./disputeWorld.js";
import { PROFILE } from "./fakeChain.js";
import { type OpeningGuards, startOpeningGuards } from "./openingGuards.js";
import { sealedResult } from "./sealedResult.js";
import { addressOf } from "./testNetwork.js";

const NEVER = new AbortController().signal;
const READERS = { [CROOK]: FINDER, [MAKER]: SLANDERER } as const;
const UNREAD = { [CROOK]: SLANDERER, [MAKER]: FINDER } as const;

let world: DisputeWorld;
let guards: OpeningGuards;
const ids = new Map<Name, Bytes32>();

const idOf = (miner: Name): Bytes32 => ids.get(miner) ?? "0x";
const beaconOf = async (epoch: number) => readBeacon(world.reader, epoch);

/** Whether the beacon draws a task to be opened that the finder's secret doesn't make its duty, and at which rate: so only the opening finds it. */
function rateOf(taskId: Bytes32, openingBeacon: Bytes32): number | undefined {
  const id = setEntryId(taskId);
  const { chainId } = PROFILE;
  const own = { validator: addressOf(FINDER), secret: word(`random 1 of ${FINDER}`) };
  const commitment = dutyCommitment({ chainId, epoch: EPOCH, ...own });
  const pledge = { validator: own.validator, owner: addressOf(`owner of ${FINDER}`), stakeWei: 1n, commitment };
  const facts = { chainId, epoch: EPOCH, pledges: [pledge] };
  for (const ratePpm of [PPM / 4, PPM / 2, (3 * PPM) / 4]) {
    const tasks = [{ taskId: id, ratePpm, parties: new Set<Address>() }];
    const isDuty = drawOwnDuties({ ...facts, tasks, own }).length > 0;
    if (!isDuty && drawOpenings({ ...facts, tasks, openingBeacon }).size > 0) return ratePpm;
  }
  return undefined;
}

const openingParts = (name: Name) => ({
  ...{ signer: world.signerOf(name), nowSeconds: () => world.time, log: silentLogger },
  registry: registryDomain({ chainId: world.profile.chainId, registry: world.profile.addresses.registry }),
  readGuardEndpoints: async () => guards.endpoints(),
});

const evidenceOf = (id: Bytes32) => [...world.shownOf].find(([miner]) => idOf(miner) === id)?.[1];

function startAll(): void {
  for (const name of [FINDER, SLANDERER] as const) {
    const fetchEvidence = async ({ task }: { readonly task: { readonly id: Bytes32 } }) => evidenceOf(task.id);
    const openChecker = async () => ({ engine: engineOf(name) });
    const parts = { ...openingParts(name), source: world.source, readBeacon: beaconOf, fetchEvidence, openChecker };
    const clock = { sleep: async () => Promise.reject(new Error("four guards are there")) };
    world.startValidator(name, { fetchEvidence, openings: createOpenings({ ...parts, pollMs: 1, clock }) });
  }
  for (const name of JUDGES)
    world.startJudge(name, {
      openSealed: (sample, of, signal) => openSealed(sample, of, openingParts(name), signal),
    });
}

/** Who had a task opened by the guards' logs, and in which dispute: 0 for whom the beacon drew. */
function openedFor(miner: Name): readonly (readonly [Address, number])[] {
  const logs = new Map(guards.logs().map((log, place) => [addressOf(`guard ${place}`), log]));
  return openedTasks(logs, () => 3)
    .filter(({ taskId }) => setEntryId(taskId) === idOf(miner))
    .map(({ validator, dispute }) => [validator, dispute] as const);
}

beforeAll(async () => {
  world = await DisputeWorld.start("opened");
  guards = await startOpeningGuards(world, beaconOf);
  // No guard sits on this chain: its beacons follow from epochs alone.
  const beacon = await world.foresee(epochStart(world.profile, EPOCH + 1), () => beaconOf(EPOCH + 1));
  if (beacon === undefined) throw new Error("it is known by then");
  const { chainId, addresses } = world.profile;
  const domain = registryDomain({ chainId, registry: addresses.registry });
  for (const miner of [MAKER, CROOK] as const) {
    const script = miner === CROOK ? CHEATING : HONEST;
    const isWanted = (taskId: Bytes32) => miner === MAKER || rateOf(taskId, beacon) !== undefined;
    const shown = await sealedResult({ miner, script, domain, share: guards.share, isWanted });
    const { taskId, resultsHash } = shown.document.receipt;
    world.shownOf.set(miner, shown);
    ids.set(miner, setEntryId(taskId));
    const ratePpm = miner === MAKER ? PPM : (rateOf(taskId, beacon) ?? 0);
    world.addTask({ taskId: setEntryId(taskId), ratePpm, parties: new Set([addressOf(UNREAD[miner])]) }, resultsHash);
  }
  await world.enrolAll();
  startAll();
  world.plants = new Set();
}, 120_000);
afterAll(async () => {
  await world?.stop();
  await guards?.stop();
});

describe("what was opened and found wrong, over a real chain and four guards", { timeout: 120_000 }, () => {
  it("is read by whom the beacon drew alone, and disputed once verdicts are shown", async () => {
    await world.toDisputes();
    for (const miner of [CROOK, MAKER] as const) expect(openedFor(miner)).toEqual([[addressOf(READERS[miner]), 0]]);
    expect(await readDisputeCount(world.reader)).toBe(2);
    expect((await world.disputeOf(CROOK)).opener).toBe(addressOf(FINDER));
    expect((await world.disputeOf(MAKER)).opener).toBe(addressOf(SLANDERER));
    for (const name of [FINDER, SLANDERER]) expect(await readCorBalance(world.reader, addressOf(name))).toBe(0n);
  });

  it("is an accusation on chain, as that of a duty is, also where no duty of its finder's was drawn", async () => {
    const { chainId } = world.profile;
    const { blockNumber: toBlock } = await readHead(world.reader);
    const round = await readDutyRound(world.reader, { epoch: EPOCH, fromBlock: 0n, toBlock });
    const openingBeacon = await beaconOf(EPOCH + 1);
    const opened = openingBeacon === undefined ? {} : { openingBeacon };
    const { tallies } = recomputeDuties({ chainId, epoch: EPOCH, ...round, tasks: world.tasks, ...opened });
    const of = (name: Name) => tallies.find(({ validator }) => validator === addressOf(name));
    expect(of(FINDER)).toMatchObject({ drawn: 0, paid: 0, accused: [idOf(CROOK)] });
    expect(of(SLANDERER)).toMatchObject({ drawn: 1, paid: 0, accused: [idOf(MAKER)] });
    const { verdicts } = recomputeDuties({ chainId, epoch: EPOCH, ...round, tasks: world.tasks });
    expect(verdicts.map(({ validator }) => validator)).toEqual([addressOf(SLANDERER)]);
  });

  it("is opened for who sits in its dispute, and for nobody else, nor of what a router altered", async () => {
    await world.draw();
    const { number, validators } = await world.disputeOf(CROOK);
    const sample = world.shownOf.get(CROOK)?.sealed;
    if (sample === undefined) throw new Error("it was sealed");
    const ask = (name: Name, dispute: number, of = sample) =>
      openSealed(of, { epoch: 1, dispute }, openingParts(name), NEVER);
    const seated = JUDGES.filter((name) => validators.includes(addressOf(name)));
    const outside = JUDGES.filter((name) => !validators.includes(addressOf(name)));
    expect([seated.length, outside.length]).toEqual([3, 4]);
    const [judge] = seated;
    if (judge === undefined) throw new Error("three sit there");
    for (const name of outside) expect(await ask(name, number)).toMatchObject({ kind: "tooFew", good: 0 });
    const { number: other } = await world.disputeOf(MAKER);
    for (const dispute of [0, other, 9]) expect(await ask(judge, dispute)).toMatchObject({ kind: "tooFew", good: 0 });
    const strangers = openedFor(CROOK).filter(([reader]) => outside.some((name) => addressOf(name) === reader));
    expect(strangers).toEqual([[addressOf(FINDER), 0]]);
    expect(await ask(judge, number)).toMatchObject({ kind: "opened", sample: { text: CHEATING.reply() } });
    const [, ...late] = sample.frames;
    expect(await ask(judge, number, { ...sample, frames: late })).toMatchObject({ kind: "faulty" });
    const otherKey = { ...sample, shared: { ...sample.shared, keyHash: word("another") } };
    expect(await ask(judge, number, otherKey)).toMatchObject({ kind: "tooFew", good: 0 });
    const { resultHash } = await world.disputeOf(CROOK);
    expect(isSampleOf(sample, resultHash)).toBe(true);
    for (const altered of [
      { ...sample, recipe: [] },
      { ...sample, task: { ...sample.task, seq: 9 } },
      { ...sample, result: { ...sample.result, tokenRoot: word("another") } },
      { ...sample, shared: { ...sample.shared, taskId: word("another") } },
    ])
      expect(isSampleOf(altered, resultHash)).toBe(false);
  });

  it("ends in a slash where it is wrong; who answered honestly loses nothing, and who accused falsely its bond", async () => {
    await world.lookUntil(async () => (await world.disputeOf(CROOK)).phase === "committed");
    await world.lookUntil(async () => (await world.disputeOf(CROOK)).phase === "called");
    await world.lookUntil(async () => (await world.disputeOf(MAKER)).phase === "ended");
    expect((await world.disputeOf(MAKER)).ending).toBe("cleared");
    expect(await readCorBalance(world.reader, addressOf(`owner of ${MAKER}`))).toBe(COR);
    await world.draw();
    await world.lookUntil(async () => (await world.disputeOf(CROOK)).phase === "judged");
    const { number, jurors, verdict, feeWei } = await world.disputeOf(CROOK);
    expect([jurors.length, verdict]).toEqual([6, "slashed"]);
    const { deadlineSeconds } = await world.disputeOf(CROOK);
    await world.toSecond(deadlineSeconds + EPOCH_SECONDS);
    await world.lookUntil(async () => (await world.disputeOf(CROOK)).isSent);
    expect(await world.stakeOf(CROOK)).toBe(STAKE_WEI - 21n * feeWei);
    for (const name of [MAKER, ...JUDGES]) expect(await world.stakeOf(name)).toBe(STAKE_WEI);
    expect(await readCorBalance(world.reader, addressOf(FINDER))).toBeGreaterThanOrEqual(COR);
    expect(await readCorBalance(world.reader, addressOf(SLANDERER))).toBe(0n);
    const { validators } = await world.disputeOf(CROOK);
    const read = new Set(openedFor(CROOK).map(([reader]) => reader));
    expect(read).toEqual(new Set([addressOf(FINDER), ...validators, ...jurors]));
    for (const [reader, dispute] of openedFor(CROOK)) expect(dispute).toBe(reader === addressOf(FINDER) ? 0 : number);
    const sample = world.shownOf.get(CROOK)?.sealed;
    const juror = JUDGES.find((name) => jurors.includes(addressOf(name)));
    if (sample === undefined || juror === undefined) throw new Error("jurors sat there");
    // It is over: nobody reads it any more.
    expect(await openSealed(sample, { epoch: 1, dispute: number }, openingParts(juror), NEVER)).toMatchObject({
      good: 0,
    });
  });

  it("pays its finder what a check was worth, and each judge that was right as much", async () => {
    const { blockNumber: toBlock } = await readHead(world.reader);
    const news = await readDisputeNews(world.reader, { fromBlock: world.profile.deployBlock, toBlock });
    const shared = { keptEpochs: accusedEpochs(EPOCH_SECONDS), credits: [] };
    const accused = (name: Name, miner: Name) => ({ validator: addressOf(name), paid: 0, accused: [idOf(miner)] });
    const tallies = [accused(FINDER, CROOK), accused(SLANDERER, MAKER)];
    const credits = [{ lane: addressOf("lane"), creditedWei: 4n }];
    const set = dutyPayStep(NO_DUTY_PAY, { ...shared, epoch: EPOCH, tallies, news: [], credits });
    const more = [{ lane: addressOf("lane"), creditedWei: 200n }];
    const { earnedWei } = dutyPayStep(set, { ...shared, epoch: EPOCH + 3, tallies: [], news, credits: more });
    const hasJudged = (await world.disputeOf(MAKER)).validators.includes(addressOf(FINDER));
    expect(earnedWei.get(addressOf(FINDER))).toBe(hasJudged ? 4n : 2n);
    expect(earnedWei.get(addressOf(SLANDERER)) ?? 0n).toBe(0n);
    const { jurors } = await world.disputeOf(CROOK);
    for (const juror of jurors)
      if (juror !== addressOf(SLANDERER)) expect(earnedWei.get(juror)).toBeGreaterThanOrEqual(2n);
  });
});
