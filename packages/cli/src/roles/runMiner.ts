import { readFile } from "node:fs/promises";
import { createHealthServer } from "@cortensor/api";
import { createChainReader, parseProfile, readHead, verifyNetwork } from "@cortensor/chain";
import {
  createEpochClock,
  createIdentity,
  createMiner,
  createMinerChain,
  createSignatureCounter,
  logRpcs,
  type Miner,
  type MinerConfig,
} from "@cortensor/node";
import type { Address } from "@cortensor/protocol";
import { createMetrics, type Logger, type Metrics, type Shutdown, systemClock } from "@cortensor/runtime";
import type { OpenedEngine } from "./openEngine.js";

export type RunMinerParts = {
  readonly config: MinerConfig;
  readonly opened: OpenedEngine;
  readonly log: Logger;
  readonly shutdown: Shutdown;
};

/** Builds a miner of its real parts and connects it. Its engine is closed by the shutdown, after it. */
export async function runMiner({ config, opened, log, shutdown }: RunMinerParts): Promise<{
  readonly miner: Miner;
  readonly address: Address;
  /** Where its health and metrics are read, when it was asked to show them. */
  readonly metricsUrl?: string;
}> {
  const clock = systemClock;
  shutdown.add("engine", () => opened.engine.close());
  const profile = parseProfile(await readFile(config.profilePath, "utf8"));
  const reader = createChainReader({ profile, ...logRpcs(log) });
  await verifyNetwork(reader);
  const metrics = createMetrics({ withProcess: true });
  const signatures = createSignatureCounter(metrics);
  const identity = createIdentity({
    role: "miner",
    signingKey: config.signerKey,
    chainId: profile.chainId,
    registry: profile.addresses.registry,
    clock,
    signatures,
  });
  const epochs = await createEpochClock({
    profile,
    readChainSeconds: async () => (await readHead(reader)).timestamp,
    clock,
    log,
    signal: shutdown.signal,
  });
  shutdown.add("epoch clock", () => epochs.stopped);
  const miner = createMiner({
    config,
    identity,
    signatures,
    engines: [opened.engine],
    chain: createMinerChain(reader),
    nowSeconds: () => epochs.chainSeconds(),
    clock,
    log,
    metrics,
    random: Math.random,
  });
  shutdown.add("miner", () => miner.stop());
  const metricsUrl = await showMetrics({ config, miner, metrics, shutdown });
  miner.start();
  return { miner, address: identity.signer.address, ...(metricsUrl === undefined ? {} : { metricsUrl }) };
}

async function showMetrics(parts: {
  readonly config: MinerConfig;
  readonly miner: Miner;
  readonly metrics: Metrics;
  readonly shutdown: Shutdown;
}): Promise<string | undefined> {
  const { config, miner, metrics, shutdown } = parts;
  const { metricsPort: port, metricsHost: host } = config;
  if (port === undefined) return undefined;
  const server = createHealthServer({ health: () => miner.health(), metrics });
  shutdown.add("metrics", () => server.close());
  return server.listen({ host, port });
}
