import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addAssessor,
  addVerifier,
  type ChainReader,
  type ChainWriter,
  claimForSession,
  createChainReader,
  createChainWriter,
  type DisputeRecord,
  deployNetwork,
  drawNodes,
  enterPool,
  type NetworkProfile,
  openSession,
  pingPool,
  readCorBalance,
  readDispute,
  readDisputeCount,
  readDisputeNews,
  readDutyRound,
  readHead,
  readIsMinerFrozen,
  readNodeLife,
  readStake,
  requestNodes,
  transferCor,
} from "@cortensor/chain";
import { createScriptedEngine, type Engine } from "@cortensor/engine";
import {
  type Address,
  accusedEpochs,
  type Bytes32,
  dutyPayStep,
  epochStart,
  hashResult,
  NO_DUTY_PAY,
  registryDomain,
} from "@cortensor/protocol";
import { createMetrics, Secret, silentLogger, systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { word } from "../../protocol/test/aDisputedResult.js";
import { createNodeSigner, createSignatureCounter, type TaskEvidence } from "../src/host/index.js";
import { createJudge, createJudgeChain, type Judge } from "../src/judge/index.js";
import { createValidator, createValidatorChain, type Validator } from "../src/validator/index.js";
import {
  CHEATING,
  CROOK,
  engineOf,
  enrolNode,
  FINDER,
  HONEST,
  idOf,
  JUDGES,
  MAKER,
  type Name,
  register,
  SLANDERER,
} from "./disputeCast.js";
import { PROFILE } from "./fakeChain.js";
import { shownResult } from "./shownResult.js";
import { ACCOUNT, addressOf, keyOf } from "./testNetwork.js";

const COR = 10n ** 18n;
const STAKE_WEI = 1_000n * COR;
const EPOCH_SECONDS = 600;
/** Whose results are checked. */
const EPOCH = 4;
const TASKS = 16;
/** A judge makes one result again at a time, commits to it in the next look, and shows it in one more. */
const LOOKS_MAX = 8;
const RETRY_SECONDS = 5;

let anvil: RunningAnvil;
let profile: NetworkProfile;
let reader: ChainReader;
let treasury: ChainWriter;
let folder: string;
let time = 0;
const shownOf = new Map<string, TaskEvidence>();
const judges = new Map<Name, Judge>();
const validators = new Map<Name, Validator>();
const clock = { ...systemClock, nowMs: () => time * 1_000 };

async function rpc(method: string, params: readonly unknown[]): Promise<void> {
  await reader.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
    method,
    params,
  });
}

async function toSecond(second: number): Promise<void> {
  await rpc("evm_setNextBlockTimestamp", [second]);
  await rpc("evm_mine", []);
  time = (await readHead(reader)).timestamp;
}

const writerOf = (name: Name): ChainWriter => createChainWriter({ profile, privateKey: keyOf(name) });

async function pingAll(): Promise<void> {
  await Promise.all([...JUDGES, CROOK].map((name) => pingPool(writerOf(name))));
}

/** Half of the tasks are the crook's. */
const makerOf = (id: Bytes32): typeof MAKER | typeof CROOK =>
  Array.from({ length: TASKS }, (_, number) => idOf(number)).indexOf(id) % 2 === 0 ? CROOK : MAKER;
const tasks = Array.from({ length: TASKS }, (_, number) => ({
  ...{ taskId: idOf(number), ratePpm: 1_000_000, parties: new Set<Address>() },
}));

function partsOf(name: Name) {
  const metrics = createMetrics();
  let made = 0;
  return {
    signer: createNodeSigner(new Secret(keyOf(name)), createSignatureCounter(metrics)),
    ...{ log: silentLogger, clock, metrics, random: () => 0, nowSeconds: () => time },
    openChecker: async () => ({ engine: engineOf(name) }),
    randomBytes32: () => {
      made += 1;
      return word(`random ${made} of ${name}`);
    },
  };
}

/** Undefined while a record that tells of them isn't shown. */
let plants: ReadonlySet<Bytes32> | undefined;
let plantReads = 0;

function startValidator(name: typeof FINDER | typeof SLANDERER): void {
  const lane = { lane: addressOf("owner of lane"), settlementId: idOf(0), resultsHash: idOf(0) };
  const settled = new Map(tasks.map(({ taskId: id }) => [id, { id, ...lane }]));
  const readPledges = async () => {
    const { blockNumber: toBlock } = await readHead(reader);
    return (await readDutyRound(reader, { epoch: EPOCH, fromBlock: 0n, toBlock })).pledges;
  };
  const validator = createValidator({
    ...partsOf(name),
    config: { storeFolder: join(folder, `${name} validates`), pollMs: 1_000, claimMinWei: 1n },
    chain: createValidatorChain(writerOf(name)),
    source: {
      drawnFrom: async () => ({ kind: "tasks", tasks, settled, pledges: await readPledges() }),
      plantsOf: async () => {
        plantReads += 1;
        return plants;
      },
      readRouterEndpoints: async () => [],
    },
    fetchEvidence: async ({ task }) => shownOf.get(makerOf(task.id)),
  });
  validators.set(name, validator);
}

/** The crook's judges nobody: it stands up for its own, by the engine that it is given. */
function startJudge(
  name: (typeof JUDGES)[number] | typeof CROOK,
  { engine = engineOf(name), home = "judges" }: { readonly engine?: Engine; readonly home?: string } = {},
): void {
  const isPartyOnly = name === CROOK;
  const bodies = shownOf.get(name)?.bodies ?? [];
  const judge = createJudge({
    ...partsOf(name),
    openChecker: async () => ({ engine }),
    config: { storeFolder: join(folder, `${name} ${home}`), pollMs: 1_000, isPartyOnly },
    readOwnBody: (resultHash) => bodies.find(({ result }) => hashResult(result) === resultHash),
    chain: createJudgeChain(writerOf(name)),
    readRouterEndpoints: async () => [],
    describeEngine: async () => engineOf(name).describe(),
    fetchEvidence: async ({ resultHash }) =>
      [...shownOf.values()].find(({ document }) => document.results.includes(resultHash)),
  });
  judges.set(name, judge);
}

/** Every process looks once, and what it makes again is made. */
async function look(): Promise<void> {
  time = (await readHead(reader)).timestamp;
  const nodes = [...validators.values(), ...judges.values()];
  await Promise.all(nodes.map((node) => node.look()));
  await Promise.all(nodes.map((node) => node.idle()));
}

/** Looks until it is so: what a process does in one look leads on in the next. */
async function lookUntil(isSo: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    if (await isSo()) return;
    await look();
    // What was refused, since another was first, is tried again in some seconds.
    await toSecond((await readHead(reader)).timestamp + RETRY_SECONDS);
  }
  throw new Error("it didn't come to this");
}

/** To the draw that disputes wait for: every node that may be drawn puts itself in, and one makes it. */
async function draw(): Promise<void> {
  const { atSeconds } = await disputeOf(CROOK);
  const opens = epochStart(profile, Math.floor((atSeconds - profile.t0) / EPOCH_SECONDS) + 2);
  await toSecond(opens);
  await pingAll();
  await toSecond(opens + 200);
  await look();
  await toSecond(opens + 500);
  await look();
}

/** Over whose result. */
async function disputeOf(miner: typeof MAKER | typeof CROOK): Promise<DisputeRecord> {
  const count = await readDisputeCount(reader);
  const all = await Promise.all(Array.from({ length: count }, (_, at) => readDispute(reader, at + 1)));
  const found = all.find((one) => one?.miner === addressOf(miner));
  if (found === undefined) throw new Error(`nobody disputes a result of the ${miner}`);
  return found;
}

const stakeOf = async (name: Name): Promise<bigint> =>
  (await readStake(reader, addressOf(`owner of ${name}`))).stakedWei;

beforeAll(async () => {
  anvil = await startAnvil({ chainId: PROFILE.chainId });
  profile = await deployNetwork({
    ...{ name: "disputes", chainId: PROFILE.chainId, rpcUrls: [anvil.url], privateKey: anvilKey(0) },
    ...{ epochSeconds: EPOCH_SECONDS, save: () => undefined },
  });
  reader = createChainReader({ profile });
  treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
  folder = await mkdtemp(join(tmpdir(), "disputes-"));
  await addVerifier(treasury, treasury.account);
  await addAssessor(treasury, treasury.account);
  for (let account = 0; account < ACCOUNT; ) ({ account } = await openSession(treasury, { name: "test" }));
  const domain = registryDomain({ chainId: profile.chainId, registry: profile.addresses.registry });
  for (const miner of [MAKER, CROOK]) {
    shownOf.set(miner, await shownResult({ miner, script: miner === CROOK ? CHEATING : HONEST, domain }));
  }
  for (const name of ["lane", MAKER] as const) await register({ profile, treasury }, name);
  for (const name of [...JUDGES, CROOK]) await enrolNode({ profile, treasury }, name);
  for (const name of [CROOK, "one"] as const) await enterPool(writerOf(name));
  for (const name of [FINDER, SLANDERER] as const) {
    await transferCor(treasury, { to: addressOf(name), wei: COR });
    startValidator(name);
  }
  for (const name of JUDGES) startJudge(name);
}, 120_000);
afterAll(async () => {
  for (const node of [...validators.values(), ...judges.values()]) await node.stop();
  await anvil?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("disputes over a real chain, each judge with its own store", { timeout: 120_000 }, () => {
  it("are opened by who found a result wrong, once everybody knows that nobody planted it", async () => {
    for (const epoch of [EPOCH - 1, EPOCH, EPOCH + 1, EPOCH + 2, EPOCH + 3]) {
      await toSecond(epochStart(profile, epoch) + 1);
      await pingAll();
      await look();
      expect(await readDisputeCount(reader)).toBe(0);
    }
    plants = new Set();
    await look();
    expect(await readDisputeCount(reader)).toBe(2);
    // What was planted stands now: nobody computes it again in every look of a dispute.
    const read = plantReads;
    await look();
    expect(plantReads).toBe(read);
    expect((await disputeOf(CROOK)).opener).toBe(addressOf(FINDER));
    expect((await disputeOf(MAKER)).opener).toBe(addressOf(SLANDERER));
    for (const name of [FINDER, SLANDERER]) expect(await readCorBalance(reader, addressOf(name))).toBe(0n);
  });

  it("go to three validators that nobody knew before, none of them a party, who commit before they show", async () => {
    await draw();
    const crook = await disputeOf(CROOK);
    expect([crook.phase, crook.validators.length]).toEqual(["seated", 3]);
    expect(crook.validators).not.toContain(addressOf(FINDER));
    await lookUntil(async () => (await disputeOf(CROOK)).phase === "committed");
    // What it found, and its salt, are on the disk.
    await judges.get("one")?.stop();
    startJudge("one");
    await lookUntil(async () => (await disputeOf(CROOK)).phase === "called");
    await lookUntil(async () => (await disputeOf(MAKER)).phase === "ended");
  });

  it("clear who worked honestly, and cost the slanderer what it put down", async () => {
    const { ending, validators: seated } = await disputeOf(MAKER);
    expect(seated).not.toContain(addressOf(SLANDERER));
    expect(ending).toBe("cleared");
    expect(await readCorBalance(reader, addressOf(`owner of ${MAKER}`))).toBe(COR);
    expect(await readIsMinerFrozen(reader, addressOf(MAKER))).toBe(false);
  });

  it("call a jury over what is wrong, which freezes its miner", async () => {
    expect((await disputeOf(CROOK)).phase).toBe("called");
    await draw();
    const { phase, jurors } = await disputeOf(CROOK);
    expect([phase, jurors.length]).toEqual(["empanelled", 6]);
    await lookUntil(async () => (await disputeOf(CROOK)).phase === "judged");
    const { phase: after, verdict, frozenUntil } = await disputeOf(CROOK);
    expect([after, verdict]).toEqual(["judged", "slashed"]);
    expect(frozenUntil).toBeGreaterThan(time);
    expect(await readIsMinerFrozen(reader, addressOf(CROOK))).toBe(true);
  });

  it("take its miner out of every draw while it is frozen, and no other", async () => {
    const terms = { sla: 4, reserveEphemeralNodes: true, maxNumOfNodes: 1, reservePeriod: 600 };
    const { account } = await openSession(treasury, { name: "reserved", ...terms });
    await requestNodes(treasury, account);
    const opens = epochStart(
      profile,
      Math.floor(((await readHead(reader)).timestamp - profile.t0) / EPOCH_SECONDS) + 2,
    );
    await toSecond(opens);
    await pingAll();
    const claim = (name: Name) => claimForSession(treasury, { account, node: addressOf(name) });
    await expect(claim(CROOK)).rejects.toMatchObject({ data: { error: "NotDrawable" } });
    await claim("one");
    await toSecond(opens + EPOCH_SECONDS / 2);
    await drawNodes(treasury, account);
    expect(await readNodeLife(reader, addressOf("one"))).toMatchObject({ state: "reserved" });
    expect(await readNodeLife(reader, addressOf(CROOK))).toMatchObject({ state: "ephemeral" });
  });

  it("are appealed by who was found wrong, where its own replay says otherwise and it can pay for that", async () => {
    const { number } = await disputeOf(CROOK);
    startJudge(CROOK, { engine: createScriptedEngine(HONEST), home: "judges itself rightly" });
    await look();
    await look();
    await judges.get(CROOK)?.stop();
    expect((await disputeOf(CROOK)).phase).toBe("judged");

    startJudge(CROOK, { engine: createScriptedEngine(CHEATING) });
    await look();
    await look();
    expect((await disputeOf(CROOK)).phase).toBe("judged");
    await transferCor(treasury, { to: addressOf(CROOK), wei: COR });
    await lookUntil(async () => (await disputeOf(CROOK)).isAppealed);
    expect(await disputeOf(CROOK)).toMatchObject({ number, phase: "appealed", appellant: addressOf(CROOK) });
    expect(await readCorBalance(reader, addressOf(CROOK))).toBe(0n);
  });

  it("stand as the first jury found where nobody else could judge, and take the stake by themselves, nobody's but the crook's", async () => {
    const { feeWei } = await disputeOf(CROOK);
    for (const tries of [1, 2, 3]) {
      await toSecond((await disputeOf(CROOK)).deadlineSeconds + EPOCH_SECONDS);
      await lookUntil(async () => (await disputeOf(CROOK)).tries === tries);
    }
    await lookUntil(async () => (await disputeOf(CROOK)).isSent);
    expect(await readCorBalance(reader, addressOf(CROOK))).toBe(COR);
    expect(await disputeOf(CROOK)).toMatchObject({ ending: "slashed", isSent: true, frozenUntil: undefined });
    expect(await stakeOf(CROOK)).toBe(STAKE_WEI - 21n * feeWei);
    for (const name of [MAKER, ...JUDGES]) expect(await stakeOf(name)).toBe(STAKE_WEI);
    expect(await readCorBalance(reader, addressOf(FINDER))).toBeGreaterThanOrEqual(COR);
    expect(await readIsMinerFrozen(reader, addressOf(CROOK))).toBe(false);
  });

  it("pay the finder what its duty was worth, each judge that was right as much, once, and the slanderer nothing", async () => {
    const { blockNumber: toBlock } = await readHead(reader);
    const news = await readDisputeNews(reader, { fromBlock: profile.deployBlock, toBlock });
    const [crook, maker] = [await disputeOf(CROOK), await disputeOf(MAKER)];
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
