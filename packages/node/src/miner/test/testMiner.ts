import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScriptedEngine, type Engine, type EngineScript } from "@cortensor/engine";
import { type Address, addressOfPrivateKey, beaconWithoutGuards, type Hex } from "@cortensor/protocol";
import { createMetrics, type Metrics, Secret, silentLogger, systemClock } from "@cortensor/runtime";
import type { OfferedModel } from "@cortensor/wire";
import { createIdentity, createSealingKey, createSignatureCounter } from "../../host/index.js";
import type { MinerConfig } from "../config.js";
import { createMiner, type Miner } from "../miner.js";
import type { MinerChain } from "../minerChain.js";
import { CHAIN_ID, NOW_SECONDS, REGISTRY, TIMES } from "./startMaker.js";
import { OPERATOR } from "./testRouter.js";

export const MINER_KEY: Hex = `0x${"22".repeat(32)}`;
export const MINER: Address = addressOfPrivateKey(MINER_KEY);

/** The private half. */
export const SEALING_KEY: Hex = `0x${"5e".repeat(32)}`;
export const PRICES = { weiPerTokenIn: 10n, weiPerTokenOut: 100n };

export const BOND_WEI = 10n ** 20n;

/** Every node is a router of one operator. */
export const openChain: MinerChain = {
  times: TIMES,
  home: { chainId: CHAIN_ID, addresses: { registry: REGISTRY } },
  readBeacon: (epoch) => Promise.resolve(beaconWithoutGuards(CHAIN_ID, epoch)),
  readNode: () => Promise.resolve({ owner: OPERATOR, roles: ["router"], leftAt: 0 }),
  readBondWei: () => Promise.resolve(BOND_WEI),
  readCreditedWei: () => Promise.resolve(0n),
};

export type TestMinerOptions = {
  readonly routerUrls: readonly string[];
  readonly script?: EngineScript;
  readonly engine?: Engine;
  readonly folder?: string;
  readonly config?: Partial<MinerConfig>;
  readonly chain?: MinerChain;
};

export type TestMiner = {
  readonly miner: Miner;
  readonly offer: OfferedModel;
  readonly metrics: Metrics;
  readonly folder: string;
};

/** A miner with a scripted engine, as a process would set it up. */
export async function startTestMiner(options: TestMinerOptions): Promise<TestMiner> {
  const folder = options.folder ?? (await outboxFolder());
  const metrics = createMetrics();
  const clock = systemClock;
  const signatures = createSignatureCounter(metrics);
  const signingKey = new Secret(MINER_KEY);
  const identity = createIdentity({
    role: "miner",
    signingKey,
    chainId: CHAIN_ID,
    registry: REGISTRY,
    clock,
    signatures,
  });
  const miner = createMiner({
    config: {
      routerUrls: options.routerUrls,
      outboxFolder: folder,
      ...PRICES,
      queueMax: 4,
      owedMaxWei: 10n ** 18n,
      bondMinWei: 0n,
      bondSharePercent: 50,
      chainPollMs: 5_000,
      isForPool: true,
      drainMs: 2_000,
      ...options.config,
    },
    identity,
    sealing: createSealingKey(new Secret(SEALING_KEY)),
    signatures,
    engines: [options.engine ?? createScriptedEngine(options.script)],
    chain: options.chain ?? openChain,
    nowSeconds: () => NOW_SECONDS,
    clock,
    log: silentLogger,
    metrics,
    random: () => 0,
  });
  miner.start();
  const offer = miner.advertisement().models[0];
  if (offer === undefined) throw new Error("nothing is offered");
  return { miner, offer, metrics, folder };
}

const folders: string[] = [];

export async function outboxFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-outbox-"));
  folders.push(folder);
  return folder;
}

export async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}
