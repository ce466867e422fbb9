import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ChainReader,
  type ChainWriter,
  commitDuty,
  commitPlant,
  commitVerdicts,
  createChainReader,
  createChainWriter,
  deployNetwork,
  fixGuardSet,
  joinGuards,
  type NetworkProfile,
  openPlant,
  openSession,
  readHead,
  registerNode,
  showDuties,
  stake,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import { createScriptedEngine, plantAnswers } from "@cortensor/engine";
import {
  type Address,
  addressOfPrivateKey,
  type Bytes32,
  beaconWithoutGuards,
  decodeFingerprint,
  drawOwnDuties,
  dutyCommitment,
  dutyVerdictsCommitment,
  encodeOutcomes,
  encodePlantProof,
  encodeSettlementSet,
  epochStart,
  type Hex,
  keccak256,
  plantCommitment,
  type SegmentBody,
  type SettlementLeaf,
  setEntryId,
  utf8ToBytes,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { createMetrics, Secret, silentLogger, systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { createReadFindings } from "../src/guard/readFindings.js";
import { createNodeSigner, createSignatureCounter } from "../src/host/index.js";
import {
  createGuardReader,
  createPlanter,
  createPlanterChain,
  createPublicDutyBooks,
  createValidator,
  createValidatorChain,
  type DutyEvidence,
  type FoundDuties,
  PlantDesk,
  type Planter,
  type Validator,
} from "../src/index.js";
import { PROFILE } from "./fakeChain.js";
import {
  ACCOUNT,
  aRequest,
  ask,
  keyOf as minerKeyOf,
  addressOf as minerOf,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
} from "./testNetwork.js";

const COR = 10n ** 18n;
const STAKE_WEI = 1_000n * COR;
/** An honest validator alone checks the results of the first, a lazy one those of the next: so each is drawn for all of them. */
const [FIRST, NEXT] = [4, 5];
const SCRIPT = { reply: () => "a long answer that goes on and on, and says nothing. ".repeat(4) };
const PARAMS = { temperature: 1, maxTokens: 40 };
const MINER = "planter's miner";
const FALSE_SALTS = { [FIRST]: saltOf("false 1"), [NEXT]: saltOf("false 2") };

function saltOf(name: string): Bytes32 {
  return keccak256(utf8ToBytes(name));
}
const keyOf = (name: string): Hex => saltOf(`key of ${name}`);
const addressOf = (name: string): Address => addressOfPrivateKey(keyOf(name));

let anvil: RunningAnvil;
let profile: NetworkProfile;
let reader: ChainReader;
let owner: ChainWriter;
let folder: string;
let time = 0;
let planting: TestRouter;
let ordinary: TestRouter;
let planter: Planter;
let honest: Validator;
const desk = new PlantDesk();
const evidence = new Map<Bytes32, DutyEvidence>();
/** Every task by its id, with the epoch whose results have it. */
const made = new Map<Bytes32, { readonly body: SegmentBody; readonly resultsHash: Bytes32; readonly epoch: number }>();
const sets = new Map<Bytes32, Uint8Array>();
const settled: { readonly leaf: SettlementLeaf; readonly block: number }[] = [];
const posted = new Set<number>();

async function rpc(method: string, params: readonly unknown[]): Promise<void> {
  await reader.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
    method,
    params,
  });
}

async function toEpoch(epoch: number): Promise<void> {
  await rpc("evm_setNextBlockTimestamp", [epochStart(profile, epoch) + 1]);
  await rpc("evm_mine", []);
  time = (await readHead(reader)).timestamp;
}

/** A funded account with stake. */
async function fund(key: Hex): Promise<ChainWriter> {
  const treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
  const writer = createChainWriter({ profile, privateKey: key });
  await transferNative(treasury, { to: writer.account, wei: COR });
  await transferCor(treasury, { to: writer.account, wei: STAKE_WEI });
  await stake(writer, { wei: STAKE_WEI });
  return writer;
}

async function enrolGuard(name: string): Promise<void> {
  const guardOwner = await fund(keyOf(`owner of ${name}`));
  const treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
  await transferNative(treasury, { to: addressOf(name), wei: COR });
  await registerNode(guardOwner, { signerKey: keyOf(name), roles: ["guard"], endpoint: "http://127.0.0.1:1" });
  await joinGuards(guardOwner, addressOf(name));
}

/** The planter owns a miner, and the session that the test network's client asks by. */
async function enrolPlanter(): Promise<void> {
  owner = await fund(keyOf("planter"));
  await registerNode(owner, { signerKey: minerKeyOf(MINER), roles: ["miner"], endpoint: "" });
  for (;;) if ((await openSession(owner, { name: "planted", engine: "any" })).account === ACCOUNT) return;
}

/** Asks a router, and keeps what its miner shows. */
async function answer(router: TestRouter, text: string, epoch: number): Promise<SegmentBody> {
  const { taskId } = await ask(router, aRequest(router, text, PARAMS));
  const document = await receiptOf(router, taskId);
  const { receipt } = document;
  const outcome = await router.gateway.evidence.find(taskId, "auditor");
  const bodies = outcome.kind === "found" ? outcome.evidence.bodies : [];
  const [body] = bodies;
  if (body === undefined) throw new Error("its miner shows no body");
  const id = setEntryId(taskId);
  const shown = { document, epoch: receipt.epoch, outputTokens: receipt.nOut, bodies, missing: [], proofs: [] };
  evidence.set(id, shown);
  made.set(id, { body, resultsHash: receipt.resultsHash, epoch });
  return body;
}

/** Settles all answers of an epoch in it, as if guards had posted its results root. */
async function settle(epoch: number): Promise<void> {
  const own = [...made].filter(([, one]) => one.epoch === epoch);
  const set = encodeSettlementSet(
    own.map(([id, { resultsHash, body }]) => ({
      ...{ id, resultsHash, feeWei: 5n, payees: [{ payee: body.result.miner, netWei: 4n }] },
    })),
  );
  const { setCid, settlementRoot } = set;
  sets.set(setCid, set.bytes);
  const block = Number((await readHead(reader)).blockNumber);
  const ids = { lane: addressOf("lane"), settlementId: saltOf(`settlement of ${epoch}`) };
  settled.push({ leaf: { ...ids, settlementRoot, setCid, debitedWei: 5n }, block });
  posted.add(epoch);
}

function openBoard() {
  const chain = createGuardReader(reader, systemClock);
  const { board } = createPublicDutyBooks(
    {
      ...chain,
      readPosted: async ({ kind, epoch }) => (kind === "results" && posted.has(epoch) ? saltOf("root") : undefined),
      readSettlements: async ({ fromBlock, toBlock }) =>
        settled.filter(({ block }) => block >= fromBlock && block <= toBlock).map(({ leaf }) => leaf),
    },
    async ({ setCid }) => sets.get(setCid),
  );
  return board;
}

const NEVER = new AbortController().signal;
async function found(epoch: number): Promise<Exclude<FoundDuties, "hidden">> {
  const all = await openBoard().recompute(epoch, NEVER);
  if (all === "hidden") throw new Error(all);
  return all;
}

function startPlanter(): Planter {
  const board = openBoard();
  let asked = 0;
  let salts = 0;
  const treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
  return createPlanter({
    config: { storeFolder: join(folder, "planter"), pollMs: 1_000 },
    chain: createPlanterChain(owner, treasury),
    source: {
      drawnFrom: (epoch, signal) => board.drawnFrom(epoch, signal),
      // As many checked tasks as one plant is due for.
      recompute: async () => ({
        duties: Array.from({ length: 50 }, (_, index) => ({ taskId: saltOf(`checked ${index}`) })),
        plants: [],
      }),
    },
    desk,
    nextPrompt: () => {
      asked += 1;
      return { kind: "text", text: `planted question ${asked} at ${time}` };
    },
    ask: (prompt) => {
      if (prompt.kind !== "text") throw new Error(prompt.kind);
      return answer(planting, prompt.text, Math.floor((time - profile.t0) / profile.epochSeconds));
    },
    nowSeconds: () => time,
    ...{ clock: systemClock, log: silentLogger, metrics: createMetrics(), random: () => 0 },
    randomBytes32: () => {
      salts += 1;
      return saltOf(`salt ${salts} at ${time}`);
    },
  });
}

function startHonest(): Validator {
  const board = openBoard();
  const metrics = createMetrics();
  return createValidator({
    config: { storeFolder: join(folder, "honest"), pollMs: 1_000, claimMinWei: 1n },
    signer: createNodeSigner(new Secret(keyOf("honest")), createSignatureCounter(metrics)),
    chain: {
      ...createValidatorChain(createChainWriter({ profile, privateKey: keyOf("honest") })),
      // Of the chain that the test's routers took their tasks' seeds from.
      readBeacon: async (epoch) => beaconWithoutGuards(PROFILE.chainId, epoch),
    },
    source: {
      drawnFrom: (epoch, signal) => board.drawnFrom(epoch, signal),
      plantsOf: (epoch, signal) => board.plantsOf(epoch, signal),
      readRouterEndpoints: async () => [],
    },
    fetchEvidence: async ({ task }) => evidence.get(task.id),
    openChecker: async () => ({ engine: createScriptedEngine(SCRIPT) }),
    nowSeconds: () => time,
    ...{ clock: systemClock, log: silentLogger, metrics, random: () => 0 },
    randomBytes32: () => saltOf(`honest ${process.hrtime.bigint()}`),
  });
}

async function lookHonest(): Promise<void> {
  await honest.look();
  await honest.idle();
}

/** Says that all which it drew has passed, and looks at none of it. */
const LAZY = { validator: addressOf("lazy"), secret: saltOf("lazy secret") };
async function drawLazily(): Promise<Uint8Array> {
  const drawn = await openBoard().drawnFrom(NEXT, NEVER);
  if (drawn.kind !== "tasks") throw new Error(drawn.kind);
  const own = drawOwnDuties({ chainId: profile.chainId, epoch: NEXT, ...drawn, own: LAZY });
  return encodeOutcomes(own.map(() => "passed"));
}

/** An honest result of the planter's own miner, opened as if it were planted. */
async function openFalsely(epoch: number): Promise<void> {
  const honestOne = [...made.values()].find((one) => one.epoch === epoch && isCalledPlanted(one.body));
  if (honestOne === undefined) throw new Error("nothing to lie about");
  const { task, result, fingerprint } = honestOne.body;
  const tokens = decodeFingerprint(fingerprint).map(({ id, top }) => ({ id, top: top.map((one) => one.id) }));
  const salt = FALSE_SALTS[epoch] ?? ZERO_BYTES32;
  await openPlant(owner, { salt, proof: encodePlantProof({ task, result, tokens }) });
}
const isCalledPlanted = ({ prompt }: SegmentBody): boolean =>
  prompt.kind === "text" && prompt.text.startsWith("honest");
const isPlanted = ({ prompt }: SegmentBody): boolean => prompt.kind === "text" && prompt.text.startsWith("planted");
const plantedIn = (epoch: number): readonly Bytes32[] =>
  [...made].filter(([, one]) => one.epoch === epoch && isPlanted(one.body)).map(([id]) => id);

/** Answers of an epoch: one planted, one honest of the same miner, and others'; settled in it. */
async function passAnswers(epoch: number): Promise<void> {
  await planter.look();
  await answer(planting, `honest question of ${epoch}`, epoch);
  for (const number of [1, 2]) await answer(ordinary, `question ${number} of ${epoch}`, epoch);
  await settle(epoch);
}

beforeAll(async () => {
  anvil = await startAnvil({ chainId: PROFILE.chainId });
  profile = await deployNetwork({
    ...{ name: "plants", chainId: PROFILE.chainId, rpcUrls: [anvil.url], privateKey: anvilKey(0) },
    ...{ epochSeconds: 600, guardStakeMinWei: STAKE_WEI, save: () => undefined },
  });
  reader = createChainReader({ profile });
  folder = await mkdtemp(join(tmpdir(), "plants-"));
  for (const name of ["honest", "lazy"]) await enrolGuard(name);
  await enrolPlanter();
  planting = await startTestRouter({ name: "planting" });
  await startScriptedMiner(planting, {
    ...{ name: MINER, script: SCRIPT },
    behind: (engine) => plantAnswers(engine, desk.saltOf),
  });
  ordinary = await startTestRouter({ name: "ordinary" });
  await startScriptedMiner(ordinary, { name: "miner", script: SCRIPT });
  await toEpoch(FIRST - 2);
  await fixGuardSet(createChainWriter({ profile, privateKey: anvilKey(0) }), FIRST - 2);
  planter = startPlanter();
  honest = startHonest();
}, 120_000);
afterAll(async () => {
  await planter?.stop();
  await honest?.stop();
  await tearDown();
  await anvil?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("planted results over a real chain", { timeout: 120_000 }, () => {
  it("are committed to before their question is asked, and answered as planned", async () => {
    await toEpoch(FIRST - 1);
    await lookHonest();
    await planter.look();
    for (const salt of Object.values(FALSE_SALTS)) await commitPlant(owner, plantCommitment(owner.account, salt));
    expect(made.size).toBe(0);
    await toEpoch(FIRST);
    await passAnswers(FIRST);
    expect(plantedIn(FIRST)).toHaveLength(1);
    expect(minerOf(MINER)).toBe([...made.values()][0]?.body.result.miner);
    // The lazy one alone commits to the next epoch.
    const commitment = dutyCommitment({ chainId: profile.chainId, epoch: NEXT, ...LAZY });
    await commitDuty(createChainWriter({ profile, privateKey: keyOf("lazy") }), { epoch: NEXT, commitment });
  });

  it("are found by who looks, before anybody hears that they were planted", async () => {
    await toEpoch(NEXT);
    await honest.look();
    await honest.idle();
    await planter.stop();
    planter = startPlanter();
    await passAnswers(NEXT);
    await toEpoch(NEXT + 1);
    expect((await found(FIRST)).plants).toEqual([]);
    await lookHonest();
    await planter.look();
    await openFalsely(FIRST);
    const outcomes = await drawLazily();
    const said = {
      chainId: profile.chainId,
      epoch: NEXT,
      validator: LAZY.validator,
      documentCid: ZERO_BYTES32,
      outcomes,
    };
    const commitment = dutyVerdictsCommitment(said);
    await commitVerdicts(createChainWriter({ profile, privateKey: keyOf("lazy") }), { epoch: NEXT, commitment });
    const { plants, verdicts } = await found(FIRST);
    expect(plants).toEqual([
      { planter: owner.account, taskId: plantedIn(FIRST)[0], miner: minerOf(MINER), account: ACCOUNT },
    ]);
    for (const { taskId, outcome } of verdicts) {
      expect(outcome).toBe(plantedIn(FIRST).includes(taskId) ? "failed" : "passed");
    }
  });

  it("cost who found them nothing, and neither does an honest result that is called planted", async () => {
    const { tallies } = await found(FIRST);
    expect(tallies).toEqual([
      { validator: addressOf("honest"), drawn: 4, missed: 0, paid: 4, accused: [], missedPlants: [] },
    ]);
  });

  it("leave who passed them unseen unpaid for the whole epoch, and name it, and are nobody's good work", async () => {
    await toEpoch(NEXT + 2);
    await planter.look();
    await openFalsely(NEXT);
    const show = { epoch: NEXT, secret: LAZY.secret, documentCid: ZERO_BYTES32, outcomes: await drawLazily() };
    await showDuties(createChainWriter({ profile, privateKey: keyOf("lazy") }), show);
    const { tallies, plants } = await found(NEXT);
    const findings = await createReadFindings(openBoard())({ epoch: NEXT + 2 }, NEVER);
    expect(findings?.map(({ id }) => id).sort()).toEqual(
      [...made].flatMap(([id, one]) => (one.epoch === NEXT && !isPlanted(one.body) ? [id] : [])).sort(),
    );
    expect(plants.map(({ taskId }) => taskId)).toEqual(plantedIn(NEXT));
    expect(tallies).toEqual([
      { validator: LAZY.validator, drawn: 4, missed: 0, paid: 0, accused: [], missedPlants: plantedIn(NEXT) },
    ]);
  });
});
