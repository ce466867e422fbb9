import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addAssessor,
  addVerifier,
  type ChainReader,
  type ChainWriter,
  createChainReader,
  createChainWriter,
  type DisputeRecord,
  deployNetwork,
  type NetworkProfile,
  openSession,
  pingPool,
  readDispute,
  readDisputeCount,
  readDutyRound,
  readHead,
  readStake,
  transferCor,
} from "@cortensor/chain";
import type { Engine } from "@cortensor/engine";
import { type Bytes32, type DutyTask, epochStart, hashResult } from "@cortensor/protocol";
import { createMetrics, Secret, silentLogger, systemClock } from "@cortensor/runtime";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { word } from "../../protocol/test/aDisputedResult.js";
import { createNodeSigner, createSignatureCounter, type TaskEvidence } from "../src/host/index.js";
import { createJudge, createJudgeChain, type Judge, type JudgeParts } from "../src/judge/index.js";
import {
  createValidator,
  createValidatorChain,
  type TaskToCheck,
  type Validator,
  type ValidatorParts,
} from "../src/validator/index.js";
import {
  CROOK,
  engineOf,
  enrolNode,
  FINDER,
  idOf,
  JUDGES,
  MAKER,
  type Name,
  register,
  SLANDERER,
} from "./disputeCast.js";
import { PROFILE } from "./fakeChain.js";
import { ACCOUNT, addressOf, keyOf } from "./testNetwork.js";

export const COR = 10n ** 18n;
export const STAKE_WEI = 1_000n * COR;
export const EPOCH_SECONDS = 600;
/** Whose results are checked. */
export const EPOCH = 4;
/** A judge makes one result again at a time, commits to it in the next look, and shows it in one more. */
const LOOKS_MAX = 8;
const RETRY_SECONDS = 5;

type Checking = typeof FINDER | typeof SLANDERER;
type Made = typeof MAKER | typeof CROOK;

/** A real chain, the cast of a dispute on it, and every process of theirs in this one, looked at by the test. */
export class DisputeWorld {
  readonly judges = new Map<Name, Judge>();
  readonly validators = new Map<Name, Validator>();
  /** What is shown of the results of each. */
  readonly shownOf = new Map<Made, TaskEvidence>();
  readonly tasks: DutyTask[] = [];
  readonly settled = new Map<Bytes32, TaskToCheck>();
  /** Undefined while a record that tells of them isn't shown. */
  plants: ReadonlySet<Bytes32> | undefined;
  plantReads = 0;
  time = 0;
  readonly clock = { ...systemClock, nowMs: () => this.time * 1_000 };

  readonly profile: NetworkProfile;
  readonly treasury: ChainWriter;
  readonly reader: ChainReader;
  readonly folder: string;
  readonly #anvil: RunningAnvil;

  private constructor(parts: {
    readonly profile: NetworkProfile;
    readonly treasury: ChainWriter;
    readonly folder: string;
    readonly anvil: RunningAnvil;
  }) {
    this.profile = parts.profile;
    this.treasury = parts.treasury;
    this.reader = createChainReader({ profile: parts.profile });
    this.folder = parts.folder;
    this.#anvil = parts.anvil;
  }

  /** The chain, and a session of the account that tasks are of. */
  static async start(name: string): Promise<DisputeWorld> {
    const anvil = await startAnvil({ chainId: PROFILE.chainId });
    const profile = await deployNetwork({
      ...{ name, chainId: PROFILE.chainId, rpcUrls: [anvil.url], privateKey: anvilKey(0) },
      ...{ epochSeconds: EPOCH_SECONDS, save: () => undefined },
    });
    const treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
    const folder = await mkdtemp(join(tmpdir(), `${name}-`));
    const world = new DisputeWorld({ profile, treasury, folder, anvil });
    await addVerifier(treasury, treasury.account);
    await addAssessor(treasury, treasury.account);
    for (let account = 0; account < ACCOUNT; ) ({ account } = await openSession(treasury, { name: "test" }));
    return world;
  }

  /** Everybody of the cast, with stake; who checks has the bond of one dispute. */
  async enrolAll(): Promise<void> {
    for (const name of ["lane", MAKER] as const) await register(this, name);
    for (const name of [...JUDGES, CROOK]) await enrolNode(this, name);
    for (const name of [FINDER, SLANDERER]) await transferCor(this.treasury, { to: addressOf(name), wei: COR });
  }

  async stop(): Promise<void> {
    for (const node of [...this.validators.values(), ...this.judges.values()]) await node.stop();
    await this.#anvil.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  writerOf(name: Name): ChainWriter {
    return createChainWriter({ profile: this.profile, privateKey: keyOf(name) });
  }

  async rpc(method: string, params: readonly unknown[]): Promise<unknown> {
    return this.reader.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
      method,
      params,
    });
  }

  async toSecond(second: number): Promise<void> {
    await this.rpc("evm_setNextBlockTimestamp", [second]);
    await this.rpc("evm_mine", []);
    this.time = (await readHead(this.reader)).timestamp;
  }

  /** What it will read at a second that is yet to come, of what nobody changes until then. */
  async foresee<Read>(second: number, read: () => Promise<Read>): Promise<Read> {
    const before = await this.rpc("evm_snapshot", []);
    await this.toSecond(second);
    const found = await read();
    await this.rpc("evm_revert", [before]);
    this.time = (await readHead(this.reader)).timestamp;
    return found;
  }

  async pingAll(): Promise<void> {
    await Promise.all([...JUDGES, CROOK].map((name) => pingPool(this.writerOf(name))));
  }

  signerOf(name: string) {
    return createNodeSigner(new Secret(keyOf(name)), createSignatureCounter(createMetrics()));
  }

  partsOf(name: Name) {
    let made = 0;
    return {
      ...{ signer: this.signerOf(name), metrics: createMetrics() },
      ...{ log: silentLogger, clock: this.clock, random: () => 0, nowSeconds: () => this.time },
      openChecker: async () => ({ engine: engineOf(name) }),
      randomBytes32: () => {
        made += 1;
        return word(`random ${made} of ${name}`);
      },
    };
  }

  /** What duties are drawn from: the test's tasks, and the chain's own pledges. */
  readonly source: ValidatorParts["source"] = {
    drawnFrom: async (epoch) => {
      if (epoch !== EPOCH) return { kind: "unposted" };
      const { blockNumber: toBlock } = await readHead(this.reader);
      const { pledges } = await readDutyRound(this.reader, { epoch: EPOCH, fromBlock: 0n, toBlock });
      return { kind: "tasks", tasks: this.tasks, settled: this.settled, pledges };
    },
    plantsOf: async () => {
      this.plantReads += 1;
      return this.plants;
    },
    readRouterEndpoints: async () => [],
  };

  /** A task under the epoch's results root. */
  addTask(task: DutyTask, resultsHash: Bytes32 = idOf(0)): void {
    this.tasks.push(task);
    const { taskId: id } = task;
    this.settled.set(id, { id, resultsHash, lane: addressOf("owner of lane"), settlementId: idOf(0) });
  }

  startValidator(name: Checking, parts: Pick<ValidatorParts, "fetchEvidence"> & Partial<ValidatorParts>): void {
    const validator = createValidator({
      ...this.partsOf(name),
      config: { storeFolder: join(this.folder, `${name} validates`), pollMs: 1_000, claimMinWei: 1n },
      ...{ chain: createValidatorChain(this.writerOf(name)), source: this.source },
      ...parts,
    });
    this.validators.set(name, validator);
  }

  /** The crook's judges nobody: it stands up for its own, by the engine that it is given. */
  startJudge(
    name: (typeof JUDGES)[number] | typeof CROOK,
    {
      engine = engineOf(name),
      home = "judges",
      ...parts
    }: { readonly engine?: Engine; readonly home?: string } & Partial<JudgeParts> = {},
  ): void {
    const isPartyOnly = name === CROOK;
    const bodies = (name === CROOK ? this.shownOf.get(name)?.bodies : undefined) ?? [];
    const judge = createJudge({
      ...this.partsOf(name),
      openChecker: async () => ({ engine }),
      config: { storeFolder: join(this.folder, `${name} ${home}`), pollMs: 1_000, isPartyOnly },
      readOwnBody: (resultHash) => bodies.find(({ result }) => hashResult(result) === resultHash),
      chain: createJudgeChain(this.writerOf(name)),
      readRouterEndpoints: async () => [],
      describeEngine: async () => engineOf(name).describe(),
      fetchEvidence: async ({ resultHash }) =>
        [...this.shownOf.values()].find(({ document }) => document.results.includes(resultHash)),
      ...parts,
    });
    this.judges.set(name, judge);
  }

  /** Every process looks once, and what it makes again is made. */
  async look(): Promise<void> {
    this.time = (await readHead(this.reader)).timestamp;
    const nodes = [...this.validators.values(), ...this.judges.values()];
    await Promise.all(nodes.map((node) => node.look()));
    await Promise.all(nodes.map((node) => node.idle()));
  }

  /** Looks until it is so: what a process does in one look leads on in the next. */
  async lookUntil(isSo: () => Promise<boolean>): Promise<void> {
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      if (await isSo()) return;
      await this.look();
      // What was refused, since another was first, is tried again in some seconds.
      await this.toSecond((await readHead(this.reader)).timestamp + RETRY_SECONDS);
    }
    throw new Error("it didn't come to this");
  }

  /** Looks in each epoch up to the last in which nobody may dispute yet. */
  async toDisputes(inEach: () => Promise<void> = async () => undefined): Promise<void> {
    for (const epoch of [EPOCH - 1, EPOCH, EPOCH + 1, EPOCH + 2, EPOCH + 3]) {
      await this.toSecond(epochStart(this.profile, epoch) + 1);
      await this.pingAll();
      await this.look();
      await inEach();
    }
  }

  /** To the draw that disputes wait for: every node that may be drawn puts itself in, and one makes it. */
  async draw(): Promise<void> {
    const { atSeconds } = await this.disputeOf(CROOK);
    const opens = epochStart(this.profile, Math.floor((atSeconds - this.profile.t0) / EPOCH_SECONDS) + 2);
    await this.toSecond(opens);
    await this.pingAll();
    await this.toSecond(opens + 200);
    await this.look();
    await this.toSecond(opens + 500);
    await this.look();
  }

  /** Nobody can be found for a second jury: three draws pass, and the verdict stands. */
  async noSecondJury(): Promise<void> {
    for (const tries of [1, 2, 3]) {
      await this.toSecond((await this.disputeOf(CROOK)).deadlineSeconds + EPOCH_SECONDS);
      await this.lookUntil(async () => (await this.disputeOf(CROOK)).tries === tries);
    }
    await this.lookUntil(async () => (await this.disputeOf(CROOK)).isSent);
  }

  /** Over whose result. */
  async disputeOf(miner: Made): Promise<DisputeRecord> {
    const count = await readDisputeCount(this.reader);
    const all = await Promise.all(Array.from({ length: count }, (_, at) => readDispute(this.reader, at + 1)));
    const found = all.find((one) => one?.miner === addressOf(miner));
    if (found === undefined) throw new Error(`nobody disputes a result of the ${miner}`);
    return found;
  }

  async stakeOf(name: Name): Promise<bigint> {
    return (await readStake(this.reader, addressOf(`owner of ${name}`))).stakedWei;
  }
}
