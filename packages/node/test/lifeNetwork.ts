import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addAssessor,
  addVerifier,
  assessNode,
  type ChainReader,
  type ChainWriter,
  createChainReader,
  createChainWriter,
  deployNetwork,
  type NetworkProfile,
  readHead,
  readNodeLife,
  registerNode,
  setProvedClass,
  signVerification,
  transferNative,
  verifyNode,
} from "@cortensor/chain";
import { createScriptedEngine, type Engine } from "@cortensor/engine";
import {
  type Address,
  addressOfPrivateKey,
  type Hex,
  keccak256,
  type NodeState,
  nodeLifeAt,
  utf8ToBytes,
} from "@cortensor/protocol";
import { createMetrics, type Metrics, silentLogger, systemClock } from "@cortensor/runtime";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { createLifeChain } from "../src/miner/index.js";
import type { NodeLifeLoop } from "../src/miner/life/nodeLifeLoop.js";
import { openLife } from "../src/miner/life/openLife.js";
import { createMinerMetrics } from "../src/miner/metrics.js";
import { setUpBenches } from "../src/miner/offers.js";
import { type MinerStore, openStore } from "../src/miner/store.js";

const COR = 10n ** 18n;
const CHAIN_ID = 31_337;
/** As in production: every draw's half has five minutes. */
export const EPOCH_SECONDS = 600;
/** Chain time that passes in a round in which nothing was sent, and in one in which something was. */
const QUIET_SECONDS = 75;
const BUSY_SECONDS = 2;
const VERIFIED_SECONDS = 20 * 86_400;

export const keyOf = (name: string): Hex => keccak256(utf8ToBytes(name));

export type LifeNode = {
  readonly name: string;
  readonly address: Address;
  readonly metrics: Metrics;
  readonly loop: NodeLifeLoop;
  readonly store: MinerStore;
};

/** Nodes that live on a real chain with real contracts, each an owner's own, with a scripted engine. Time is moved by hand. */
export class LifeNetwork {
  readonly profile: NetworkProfile;
  readonly reader: ChainReader;
  readonly treasury: ChainWriter;
  /** Those that look. */
  readonly awake = new Map<string, LifeNode>();
  readonly nodes = new Map<string, LifeNode>();
  /** What nodes warned of: nothing that a network without faults would make them. */
  readonly problems: string[] = [];
  readonly #anvil: RunningAnvil;
  readonly #folder: string;
  readonly #engine: Engine = createScriptedEngine({ slots: 4 });
  #time = 0;

  static async open(): Promise<LifeNetwork> {
    const anvil = await startAnvil({ chainId: CHAIN_ID });
    const profile = await deployNetwork({
      name: "lives",
      chainId: CHAIN_ID,
      rpcUrls: [anvil.url],
      privateKey: anvilKey(0),
      epochSeconds: EPOCH_SECONDS,
      save: () => undefined,
    });
    const network = new LifeNetwork(anvil, profile, await mkdtemp(join(tmpdir(), "lives-")));
    // Otherwise the chain's time follows the machine's, and a slow one loses turns.
    await network.rpc("anvil_setBlockTimestampInterval", [1]);
    await addVerifier(network.treasury, network.treasury.account);
    await addAssessor(network.treasury, network.treasury.account);
    await setProvedClass(network.treasury, network.#engine.describe().kernelClass);
    return network;
  }

  private constructor(anvil: RunningAnvil, profile: NetworkProfile, folder: string) {
    this.#anvil = anvil;
    this.#folder = folder;
    this.profile = profile;
    this.reader = createChainReader({ profile });
    this.treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
  }

  /** Registers and verifies a node of an owner of its own, and has it look from now on. */
  async join(name: string): Promise<LifeNode> {
    const node = await this.#createNode(name);
    const { profile, treasury } = this;
    const owner = createChainWriter({ profile, privateKey: keyOf(`owner of ${name}`) });
    await transferNative(treasury, { to: owner.account, wei: COR });
    await transferNative(treasury, { to: node.address, wei: COR });
    const { kernelClass } = this.#engine.describe();
    const sealingKey = keyOf(`sealing of ${name}`);
    await registerNode(owner, { signerKey: keyOf(name), roles: ["miner"], sealingKey, kernelClass });
    return node;
  }

  /** The verifier's word, which the node signs too. */
  async verify(name: string): Promise<void> {
    const { profile, treasury, reader } = this;
    const { timestamp } = await readHead(reader);
    const verification = {
      signer: addressOfPrivateKey(keyOf(name)),
      verifier: treasury.account,
      sealingKey: keyOf(`sealing of ${name}`),
      kernelClass: this.#engine.describe().kernelClass,
      challenge: keyOf("challenge"),
      answer: keyOf("answer"),
      nonce: 0,
      deadline: timestamp + 600,
      expires: timestamp + VERIFIED_SECONDS,
    };
    const nodeSignature = signVerification(profile, { verification, key: keyOf(name) });
    const verifierSignature = signVerification(profile, { verification, key: anvilKey(0) });
    await verifyNode(treasury, { verification, nodeSignature, verifierSignature });
  }

  /** The assessor's word. */
  async assess(name: string, level: number): Promise<void> {
    await assessNode(this.treasury, { node: addressOfPrivateKey(keyOf(name)), level });
  }

  /** Steps of a kind that a node has done since its process began. */
  async stepsOf(name: string, act: string): Promise<number> {
    const { body = "" } = (await this.nodes.get(name)?.metrics.render()) ?? {};
    const [, steps] = new RegExp(`miner_life_steps_total\\{act="${act}",outcome="done"\\} (\\d+)`).exec(body) ?? [];
    return Number(steps ?? 0);
  }

  /** Another process of the same node, with its store. */
  async restart(name: string): Promise<void> {
    const before = this.nodes.get(name);
    await before?.store.close();
    await this.#createNode(name);
  }

  /** Has every node that is awake look once, and waits for the work that it does. Whether anything was sent. */
  async round(): Promise<boolean> {
    const before = await readHead(this.reader);
    for (const { loop } of this.awake.values()) {
      this.#time = (await readHead(this.reader)).timestamp;
      await loop.look();
      if (!loop.isWorking) continue;
      // As work that is done wakes a node that sleeps.
      await loop.idle();
      await loop.look();
    }
    return (await readHead(this.reader)).blockNumber > before.blockNumber;
  }

  /** Goes on, round by round, until something is so. Fails after this much chain time. */
  async until(what: string, isSo: () => Promise<boolean>, secondsMax = 6 * 3_600): Promise<void> {
    const { timestamp } = await readHead(this.reader);
    for (;;) {
      const isBusy = await this.round();
      if (await isSo()) return;
      const now = (await readHead(this.reader)).timestamp;
      if (now - timestamp > secondsMax) throw new Error(`it didn't come to this: ${what}`);
      await this.pass(isBusy ? BUSY_SECONDS : QUIET_SECONDS);
    }
  }

  /** Lets chain time go on. */
  async pass(seconds: number): Promise<void> {
    const { timestamp } = await readHead(this.reader);
    await this.rpc("evm_setNextBlockTimestamp", [timestamp + seconds]);
    await this.rpc("anvil_mine", [1]);
  }

  /** What a node is by now, and what is stored of it. */
  async stateOf(
    name: string,
  ): Promise<{ readonly now: NodeState; readonly stored: NodeState; readonly level: number }> {
    const life = await readNodeLife(this.reader, addressOfPrivateKey(keyOf(name)));
    const now = nodeLifeAt(life, (await readHead(this.reader)).timestamp);
    return { now: now.state, stored: life.state, level: now.level };
  }

  async close(): Promise<void> {
    for (const { store } of this.nodes.values()) await store.close();
    await this.#anvil.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async rpc(method: string, params: readonly unknown[]): Promise<void> {
    await this.reader.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
      method,
      params,
    });
  }

  async #createNode(name: string): Promise<LifeNode> {
    const metrics = createMetrics();
    const store = openStore(join(this.#folder, name));
    const benches = setUpBenches({
      engines: [this.#engine],
      prices: { weiPerTokenIn: 0n, weiPerTokenOut: 0n },
      queueMax: 4,
      onChange: () => undefined,
    });
    const none = () => 0;
    let made = 0;
    const randomBytes32 = () => keyOf(`random ${name} ${this.#time} ${made++}`);
    const loop = openLife(
      {
        life: {
          chain: createLifeChain(createChainWriter({ profile: this.profile, privateKey: keyOf(name) })),
          randomBytes32,
        },
        config: { isForPool: true },
        nowSeconds: () => this.#time,
        // A refused act is tried again in the next round.
        clock: { ...systemClock, nowMs: () => this.#time * 1_000 },
        log: { ...silentLogger, warn: (said, _data, error) => this.problems.push(`${name}: ${said} ${String(error)}`) },
      },
      {
        store,
        benches: [...benches.values()],
        metrics: createMinerMetrics(metrics, { running: none, queued: none, outbox: none, bodyBytes: none }),
      },
    );
    if (loop === undefined) throw new Error("a node lives on chain");
    const node = { name, address: addressOfPrivateKey(keyOf(name)), metrics, loop, store };
    this.nodes.set(name, node);
    this.awake.set(name, node);
    return node;
  }
}
