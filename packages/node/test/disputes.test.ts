import {
  claimForSession,
  drawNodes,
  enterPool,
  openSession,
  readCorBalance,
  readDisputeCount,
  readDisputeNews,
  readHead,
  readIsMinerFrozen,
  readNodeLife,
  requestNodes,
  transferCor,
} from "@cortensor/chain";
import { createScriptedEngine } from "@cortensor/engine";
import { accusedEpochs, type Bytes32, dutyPayStep, epochStart, NO_DUTY_PAY, registryDomain } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHEATING, CROOK, FINDER, HONEST, idOf, JUDGES, MAKER, type Name, SLANDERER } from "./disputeCast.js";
import { COR, DisputeWorld, EPOCH, EPOCH_SECONDS, STAKE_WEI } from "./disputeWorld.js";
import { shownResult } from "./shownResult.js";
import { addressOf } from "./testNetwork.js";

const TASKS = 16;
let world: DisputeWorld;

/** Half of the tasks are the crook's. */
const makerOf = (id: Bytes32): typeof MAKER | typeof CROOK =>
  Array.from({ length: TASKS }, (_, number) => idOf(number)).indexOf(id) % 2 === 0 ? CROOK : MAKER;

beforeAll(async () => {
  world = await DisputeWorld.start("disputes");
  const { chainId, addresses } = world.profile;
  const domain = registryDomain({ chainId, registry: addresses.registry });
  for (const miner of [MAKER, CROOK] as const) {
    world.shownOf.set(miner, await shownResult({ miner, script: miner === CROOK ? CHEATING : HONEST, domain }));
  }
  for (let number = 0; number < TASKS; number += 1)
    world.addTask({ taskId: idOf(number), ratePpm: 1_000_000, parties: new Set() });
  await world.enrolAll();
  for (const name of [CROOK, "one"] as const) await enterPool(world.writerOf(name));
  for (const name of [FINDER, SLANDERER])
    world.startValidator(name, { fetchEvidence: async ({ task }) => world.shownOf.get(makerOf(task.id)) });
  for (const name of JUDGES) world.startJudge(name);
}, 120_000);
afterAll(() => world?.stop());

describe("disputes over a real chain, each judge with its own store", { timeout: 120_000 }, () => {
  it("are opened by who found a result wrong, once everybody knows that nobody planted it", async () => {
    await world.toDisputes(async () => expect(await readDisputeCount(world.reader)).toBe(0));
    world.plants = new Set();
    await world.look();
    expect(await readDisputeCount(world.reader)).toBe(2);
    // What was planted stands now: nobody computes it again in every look of a dispute.
    const read = world.plantReads;
    await world.look();
    expect(world.plantReads).toBe(read);
    expect((await world.disputeOf(CROOK)).opener).toBe(addressOf(FINDER));
    expect((await world.disputeOf(MAKER)).opener).toBe(addressOf(SLANDERER));
    for (const name of [FINDER, SLANDERER]) expect(await readCorBalance(world.reader, addressOf(name))).toBe(0n);
  });

  it("go to three validators that nobody knew before, none of them a party, who commit before they show", async () => {
    await world.draw();
    const crook = await world.disputeOf(CROOK);
    expect([crook.phase, crook.validators.length]).toEqual(["seated", 3]);
    expect(crook.validators).not.toContain(addressOf(FINDER));
    await world.lookUntil(async () => (await world.disputeOf(CROOK)).phase === "committed");
    // What it found, and its salt, are on the disk.
    await world.judges.get("one")?.stop();
    world.startJudge("one");
    await world.lookUntil(async () => (await world.disputeOf(CROOK)).phase === "called");
    await world.lookUntil(async () => (await world.disputeOf(MAKER)).phase === "ended");
  });

  it("clear who worked honestly, and cost the slanderer what it put down", async () => {
    const { ending, validators: seated } = await world.disputeOf(MAKER);
    expect(seated).not.toContain(addressOf(SLANDERER));
    expect(ending).toBe("cleared");
    expect(await readCorBalance(world.reader, addressOf(`owner of ${MAKER}`))).toBe(COR);
    expect(await readIsMinerFrozen(world.reader, addressOf(MAKER))).toBe(false);
  });

  it("call a jury over what is wrong, which freezes its miner", async () => {
    expect((await world.disputeOf(CROOK)).phase).toBe("called");
    await world.draw();
    const { phase, jurors } = await world.disputeOf(CROOK);
    expect([phase, jurors.length]).toEqual(["empanelled", 6]);
    await world.lookUntil(async () => (await world.disputeOf(CROOK)).phase === "judged");
    const { phase: after, verdict, frozenUntil } = await world.disputeOf(CROOK);
    expect([after, verdict]).toEqual(["judged", "slashed"]);
    expect(frozenUntil).toBeGreaterThan(world.time);
    expect(await readIsMinerFrozen(world.reader, addressOf(CROOK))).toBe(true);
  });

  it("take its miner out of every draw while it is frozen, and no other", async () => {
    const terms = { sla: 4, reserveEphemeralNodes: true, maxNumOfNodes: 1, reservePeriod: 600 };
    const { account } = await openSession(world.treasury, { name: "reserved", ...terms });
    await requestNodes(world.treasury, account);
    const opens = epochStart(
      world.profile,
      Math.floor(((await readHead(world.reader)).timestamp - world.profile.t0) / EPOCH_SECONDS) + 2,
    );
    await world.toSecond(opens);
    await world.pingAll();
    const claim = (name: Name) => claimForSession(world.treasury, { account, node: addressOf(name) });
    await expect(claim(CROOK)).rejects.toMatchObject({ data: { error: "NotDrawable" } });
    await claim("one");
    await world.toSecond(opens + EPOCH_SECONDS / 2);
    await drawNodes(world.treasury, account);
    expect(await readNodeLife(world.reader, addressOf("one"))).toMatchObject({ state: "reserved" });
    expect(await readNodeLife(world.reader, addressOf(CROOK))).toMatchObject({ state: "ephemeral" });
  });

  it("are appealed by who was found wrong, where its own replay says otherwise and it can pay for that", async () => {
    const { number } = await world.disputeOf(CROOK);
    world.startJudge(CROOK, { engine: createScriptedEngine(HONEST), home: "world.judges itself rightly" });
    await world.look();
    await world.look();
    await world.judges.get(CROOK)?.stop();
    expect((await world.disputeOf(CROOK)).phase).toBe("judged");

    world.startJudge(CROOK, { engine: createScriptedEngine(CHEATING) });
    await world.look();
    await world.look();
    expect((await world.disputeOf(CROOK)).phase).toBe("judged");
    await transferCor(world.treasury, { to: addressOf(CROOK), wei: COR });
    await world.lookUntil(async () => (await world.disputeOf(CROOK)).isAppealed);
    expect(await world.disputeOf(CROOK)).toMatchObject({ number, phase: "appealed", appellant: addressOf(CROOK) });
    expect(await readCorBalance(world.reader, addressOf(CROOK))).toBe(0n);
  });

  it("stand as the first jury found where nobody else could judge, and take the stake by themselves, nobody's but the crook's", async () => {
    const { feeWei } = await world.disputeOf(CROOK);
    await world.noSecondJury();
    expect(await readCorBalance(world.reader, addressOf(CROOK))).toBe(COR);
    expect(await world.disputeOf(CROOK)).toMatchObject({ ending: "slashed", isSent: true, frozenUntil: undefined });
    expect(await world.stakeOf(CROOK)).toBe(STAKE_WEI - 21n * feeWei);
    for (const name of [MAKER, ...JUDGES]) expect(await world.stakeOf(name)).toBe(STAKE_WEI);
    expect(await readCorBalance(world.reader, addressOf(FINDER))).toBeGreaterThanOrEqual(COR);
    expect(await readIsMinerFrozen(world.reader, addressOf(CROOK))).toBe(false);
  });

  it("pay the finder what its duty was worth, each judge that was right as much, once, and the slanderer nothing", async () => {
    const { blockNumber: toBlock } = await readHead(world.reader);
    const news = await readDisputeNews(world.reader, { fromBlock: world.profile.deployBlock, toBlock });
    const [crook, maker] = [await world.disputeOf(CROOK), await world.disputeOf(MAKER)];
    const shared = { keptEpochs: accusedEpochs(EPOCH_SECONDS), credits: [] };
    const tallies = [
      { validator: addressOf(FINDER), paid: 0, accused: [crook.taskId] },
      { validator: addressOf(SLANDERER), paid: 0, accused: [maker.taskId] },
    ];
    const priceWei = 2n;
    const credits = [{ lane: addressOf("lane"), creditedWei: 2n * priceWei }];
    const accused = dutyPayStep(NO_DUTY_PAY, { ...shared, epoch: EPOCH, tallies, news: [], credits });
    const more = [{ lane: addressOf("lane"), creditedWei: 100n * priceWei }];
    const { earnedWei } = dutyPayStep(accused, { ...shared, epoch: EPOCH + 3, tallies: [], news, credits: more });
    const wanted = new Map([[addressOf(FINDER), priceWei]]);
    // What the slanderer's engine makes again is wrong too, so that its vote clears the crook.
    expect(crook.jurors).toContain(addressOf(SLANDERER));
    const right = [...new Set([...crook.validators, ...crook.jurors])].filter((one) => one !== addressOf(SLANDERER));
    for (const judge of [...right, ...maker.validators]) wanted.set(judge, (wanted.get(judge) ?? 0n) + priceWei);
    expect([...earnedWei].sort()).toEqual([...wanted].sort());
  });
});
