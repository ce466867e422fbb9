import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addAssessor,
  assessNode,
  type ChainReader,
  createChainReader,
  createChainWriter,
  deployNetwork,
  fixGuardSet,
  joinGuards,
  type NetworkProfile,
  readDutyRound,
  readHead,
  registerNode,
  stake,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import { createScriptedEngine } from "@cortensor/engine";
import {
  type Address,
  addressOfPrivateKey,
  type Bytes32,
  beaconWithoutGuards,
  decodeVerdictDocument,
  epochStart,
  guardsDomain,
  type Hex,
  isSignedDocument,
  keccak256,
  recomputeDuties,
  type SegmentBody,
  taskFinding,
  utf8ToBytes,
} from "@cortensor/protocol";
import { createMetrics, type Metrics, Secret, silentLogger, systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import {
  cheatingValidator,
  createOthersVerdicts,
  VALIDATOR_CHEAT_NAMES,
  VALIDATOR_CHEATS,
  type ValidatorCheatName,
} from "../src/adversary/index.js";
import { createNodeSigner, createSignatureCounter } from "../src/host/index.js";
import type { DutyEvidence } from "../src/validator/fetchDutyEvidence.js";
import { createValidator, createValidatorChain, type Validator, type ValidatorParts } from "../src/validator/index.js";
import { PROFILE } from "./fakeChain.js";
import { aRequest, ask, receiptOf, startScriptedMiner, startTestRouter, tearDown } from "./testNetwork.js";

const COR = 10n ** 18n;
const STAKE_WEI = 1_000n * COR;
const EPOCH_SECONDS = 600;
/** Whose results are checked. */
const EPOCH = 4;
const TASKS = 72;
const HONEST = { reply: () => "one two three four" };
const CHEATING = { reply: () => "five six seven eight" };
/** Guards and a miner that may validate; what each does of its duties. The colluding one is the cheat's, the accusing one an honest miner's enemy. */
const VALIDATORS = ["honest", "liar", "absent", "miner", ...VALIDATOR_CHEAT_NAMES] as const;
type Name = (typeof VALIDATORS)[number];
const [MAKER, CHEAT] = ["maker", "cheat"] as const;
type Says = "passed" | "failed" | undefined;
/** What each says of a task, and whether it is bad; nothing where its verdicts never open. */
const honestly = (isBadTask: boolean): Says => (isBadTask ? "failed" : "passed");
const SAYS: Readonly<Record<Name, (isBadTask: boolean) => Says>> = {
  honest: honestly,
  miner: honestly,
  liar: (isBadTask) => honestly(!isBadTask),
  absent: () => undefined,
  lazy: () => "passed",
  copying: () => undefined,
  colluding: () => "passed",
  accusing: () => "failed",
};

const keyOf = (name: string): Hex => keccak256(utf8ToBytes(name));
const addressOf = (name: string): Address => addressOfPrivateKey(keyOf(name));
const idOf = (number: number): Bytes32 => keyOf(`task ${number}`);
/** Every third task was made by a cheat. */
const isBad = (number: number): boolean => number % 3 === 0;
const TASK_NUMBERS = Array.from({ length: TASKS }, (_, number) => number);

type Running = { readonly validator: Validator; readonly metrics: Metrics };

let anvil: RunningAnvil;
let profile: NetworkProfile;
let reader: ChainReader;
let folder: string;
let time = 0;
const evidence = new Map<Bytes32, DutyEvidence>();
const running = new Map<Name, Running>();
/** Whose engine was asked for. */
const opened = new Set<Name>();

async function rpc(method: string, params: readonly unknown[]): Promise<void> {
  await reader.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
    method,
    params,
  });
}

/** Moves into an epoch, past its beginning by some seconds. */
async function toEpoch(epoch: number, seconds = 1): Promise<void> {
  await rpc("evm_setNextBlockTimestamp", [epochStart(profile, epoch) + seconds]);
  await rpc("evm_mine", []);
  time = (await readHead(reader)).timestamp;
}

async function look(): Promise<void> {
  for (const { validator } of running.values()) {
    await validator.look();
    await validator.idle();
  }
}

async function enrol(name: Name): Promise<void> {
  const treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
  const owner = createChainWriter({ profile, privateKey: keyOf(`owner of ${name}`) });
  for (const to of [owner.account, addressOf(name)]) await transferNative(treasury, { to, wei: COR });
  await transferCor(treasury, { to: owner.account, wei: STAKE_WEI });
  await stake(owner, { wei: STAKE_WEI });
  const role = name === "miner" ? "miner" : "guard";
  await registerNode(owner, { signerKey: keyOf(name), roles: [role], endpoint: "http://127.0.0.1:1" });
  if (role === "guard") await joinGuards(owner, addressOf(name));
}

/** A router's answers, as its miner shows them, under the ids that the results root would have them by. */
async function makeEvidence(): Promise<void> {
  for (const isCheat of [false, true]) {
    const router = await startTestRouter({ name: `router ${isCheat}` });
    await startScriptedMiner(router, { name: `maker ${isCheat}`, script: isCheat ? CHEATING : HONEST });
    const { taskId } = await ask(router, aRequest(router, "a question", { temperature: 0 }));
    const document = await receiptOf(router, taskId);
    const { receipt } = document;
    const outcome = await router.gateway.evidence.find(taskId, "auditor");
    const bodies: readonly SegmentBody[] = outcome.kind === "found" ? outcome.evidence.bodies : [];
    const shown = { document, epoch: receipt.epoch, outputTokens: receipt.nOut, bodies, missing: [], proofs: [] };
    for (const number of TASK_NUMBERS) if (isBad(number) === isCheat) evidence.set(idOf(number), shown);
  }
  await tearDown();
}

const tasks = TASK_NUMBERS.map((number) => ({
  ...{ taskId: idOf(number), ratePpm: 1_000_000, parties: new Set([addressOf(isBad(number) ? CHEAT : MAKER)]) },
}));
const settled = new Map(
  tasks.map(({ taskId: id }) => [id, { id, resultsHash: idOf(0), lane: addressOf("lane"), settlementId: idOf(0) }]),
);
const pledges = async () =>
  (await readDutyRound(reader, { epoch: EPOCH, fromBlock: 0n, toBlock: (await readHead(reader)).blockNumber })).pledges;

const isCheat = (name: Name): name is ValidatorCheatName => name in VALIDATOR_CHEATS;
const withCheat = (name: Name, parts: ValidatorParts): ValidatorParts => {
  if (!isCheat(name)) return parts;
  const about = new Set([addressOf(name === "colluding" ? CHEAT : MAKER)]);
  return cheatingValidator(name, parts, { about, others: createOthersVerdicts(reader) });
};

/** Documents that validators gave to peers. */
const published: string[] = [];

/** The liar checks with the cheat's engine; the absent one has none that answers. */
function start(name: Name): Running {
  const metrics = createMetrics();
  const signer = createNodeSigner(new Secret(keyOf(name)), createSignatureCounter(metrics));
  let made = 0;
  const chain = {
    ...createValidatorChain(createChainWriter({ profile, privateKey: keyOf(name) })),
    // Of the chain that the test's routers took their tasks' seeds from.
    readBeacon: async (epoch: number) => beaconWithoutGuards(PROFILE.chainId, epoch),
  };
  const parts: ValidatorParts = {
    config: { storeFolder: join(folder, name), pollMs: 1_000, claimMinWei: 1n },
    ...{ signer, chain, log: silentLogger, clock: systemClock, metrics, random: () => 0 },
    source: {
      drawnFrom: async () => ({ kind: "tasks", tasks, settled, pledges: await pledges() }),
      plantsOf: async () => new Set(),
      readRouterEndpoints: async () => [],
    },
    fetchEvidence: async ({ task }) => evidence.get(task.id),
    publishDocument: (bytes) => published.push(Buffer.from(bytes).toString("hex")),
    openChecker: async () => {
      opened.add(name);
      if (name === "absent") throw new Error("no engine");
      return { engine: createScriptedEngine(name === "liar" ? CHEATING : HONEST) };
    },
    nowSeconds: () => time,
    randomBytes32: () => {
      made += 1;
      return keyOf(`random ${made} of ${name}`);
    },
  };
  const validator = createValidator(withCheat(name, parts));
  const started = { validator, metrics };
  running.set(name, started);
  return started;
}

beforeAll(async () => {
  await makeEvidence();
  anvil = await startAnvil({ chainId: PROFILE.chainId });
  profile = await deployNetwork({
    ...{ name: "duties", chainId: PROFILE.chainId, rpcUrls: [anvil.url], privateKey: anvilKey(0) },
    ...{ epochSeconds: EPOCH_SECONDS, guardStakeMinWei: STAKE_WEI, save: () => undefined },
  });
  reader = createChainReader({ profile });
  folder = await mkdtemp(join(tmpdir(), "duties-"));
  for (const name of VALIDATORS) await enrol(name);
  const treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
  await addAssessor(treasury, treasury.account);
  await assessNode(treasury, { node: addressOf("miner"), level: 4 });
  await toEpoch(EPOCH - 2);
  await fixGuardSet(treasury, EPOCH - 2);
  for (const name of VALIDATORS) start(name);
}, 120_000);
afterAll(async () => {
  for (const { validator } of running.values()) await validator.stop();
  await anvil?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function recompute(plants: Parameters<typeof recomputeDuties>[0]["plants"] = []) {
  const { blockNumber: toBlock } = await readHead(reader);
  const round = await readDutyRound(reader, { epoch: EPOCH, fromBlock: 0n, toBlock });
  return recomputeDuties({ chainId: profile.chainId, epoch: EPOCH, ...round, tasks, plants });
}

describe("validators over a real chain, each with its own store", { timeout: 120_000 }, () => {
  it("commit to a secret before the epoch begins, guards and a miner of the level alike", async () => {
    await toEpoch(EPOCH - 1);
    await look();
    const made = await pledges();
    expect(made.map(({ validator }) => validator).sort()).toEqual(VALIDATORS.map(addressOf).sort());
    expect(made.find(({ validator }) => validator === addressOf("miner"))?.level).toBe(4);
    expect(made.every(({ stakeWei }) => stakeWei === STAKE_WEI)).toBe(true);
  });

  it("start their engines then, before there are duties: starting one takes long, and an epoch may be short", () => {
    expect([...opened].sort()).toEqual(["absent", "honest", "liar", "miner"]);
  });

  it("check what their secrets draw, and commit to it before anybody shows anything", async () => {
    await toEpoch(EPOCH);
    await look();
    await toEpoch(EPOCH + 1);
    await look();
    const rendered = (await running.get("honest")?.metrics.render())?.body ?? "";
    expect(rendered).toMatch(/validator_duties_drawn_total [1-9]/);
    const { duties, missing } = await recompute();
    expect([duties, missing]).toEqual([[], VALIDATORS.map(addressOf).sort()]);
  });

  it("show them in the second epoch after, also when they were started again in between", async () => {
    await running.get("honest")?.validator.stop();
    start("honest");
    await toEpoch(EPOCH + 2);
    await look();
    const { missing, duties, unchecked } = await recompute();
    // Nobody can show what another committed to: the chain refuses it, and names who showed nothing.
    expect([missing, unchecked]).toEqual([[addressOf("copying")], []]);
    expect(new Set(duties.map(({ validator }) => validator)).size).toBe(VALIDATORS.length - 1);
  });

  it("say of every duty what the model says, but for who lies and who does nothing", async () => {
    const { verdicts, duties, tallies } = await recompute();
    const bad = new Set(TASK_NUMBERS.filter(isBad).map(idOf));
    for (const { validator, taskId, outcome } of verdicts) {
      const name = VALIDATORS.find((one) => addressOf(one) === validator) ?? "absent";
      expect([name, outcome]).toEqual([name, SAYS[name](bad.has(taskId))]);
    }
    const tallyOf = (name: Name) => tallies.find(({ validator }) => validator === addressOf(name));
    for (const name of ["honest", "miner"] as const) {
      const { drawn = 0, missed, paid = 0, accused = [] } = tallyOf(name) ?? {};
      expect(drawn).toBeGreaterThan(0);
      expect([missed, paid + accused.length]).toEqual([0, drawn]);
      expect(accused.every((id) => bad.has(id))).toBe(true);
    }
    const accuser = tallyOf("accusing");
    expect(accuser?.accused.filter((id) => !bad.has(id)).length).toBeGreaterThan(0);
    expect((accuser?.paid ?? 0) + (accuser?.accused.length ?? 0)).toBe(accuser?.drawn);
    const absent = tallyOf("absent");
    expect([absent?.missed, absent?.paid]).toEqual([absent?.drawn, 0]);
    expect(duties.filter(({ validator }) => validator === addressOf("absent")).every(({ isDone }) => !isDone)).toBe(
      true,
    );
  });

  it.each(["liar", "lazy", "colluding"] as const)(
    "pay nothing of the epoch to the %s one, which passed what was planted",
    async (name) => {
      const { duties } = await recompute();
      const own = duties.filter(({ validator }) => validator === addressOf(name)).map(({ taskId }) => taskId);
      const planted = TASK_NUMBERS.filter(isBad)
        .map(idOf)
        .filter((id) => own.includes(id))
        .sort();
      expect(planted.length).toBeGreaterThan(0);
      const plants = planted.map((taskId) => ({ planter: addressOf("planter"), taskId }));
      const { tallies } = await recompute(plants);
      const found = tallies.find(({ validator }) => validator === addressOf(name));
      expect([found?.paid, found?.missedPlants]).toEqual([0, planted]);
      expect(tallies.find(({ validator }) => validator === addressOf("honest"))?.paid).toBeGreaterThan(0);
    },
  );

  it("find no honest miner wrong by one accuser's word", async () => {
    const { verdicts } = await recompute();
    const accused = verdicts.filter(({ validator }) => validator === addressOf("accusing")).map(({ taskId }) => taskId);
    const honest = accused.filter((id) => !TASK_NUMBERS.filter(isBad).map(idOf).includes(id));
    expect(honest.length).toBeGreaterThan(0);
    for (const id of honest) {
      const checks = verdicts.filter(({ taskId }) => taskId === id).map(({ outcome }) => outcome);
      expect(taskFinding({ checks })).toBeUndefined();
    }
  });

  it("serve their reasons by content address, each verdict signed", async () => {
    const { blockNumber: toBlock } = await readHead(reader);
    const { shows } = await readDutyRound(reader, { epoch: EPOCH, fromBlock: 0n, toBlock });
    const domain = guardsDomain({ chainId: profile.chainId, guards: profile.addresses.attestations });
    for (const name of ["honest", "liar", "miner"] as const) {
      const cid = shows.find(({ validator }) => validator === addressOf(name))?.documentCid ?? "0x";
      const bytes = running.get(name)?.validator.findDocument(cid);
      if (bytes === undefined) throw new Error(`${name} shows no document`);
      const document = decodeVerdictDocument(bytes);
      expect(document).toMatchObject({ epoch: EPOCH, validator: addressOf(name) });
      expect(isSignedDocument(domain, document)).toBe(true);
      expect(published).toContain(Buffer.from(bytes).toString("hex"));
    }
    expect(running.get("absent")?.validator.findDocument(idOf(0))).toBeUndefined();
  });
});
