import { readFile } from "node:fs/promises";
import { createChainReader, parseProfile, readHead } from "@cortensor/chain";
import {
  createEpochClock,
  createIdentity,
  createMiner,
  createMinerChain,
  createSignatureCounter,
  type Miner,
  type MinerConfig,
} from "@cortensor/node";
import type { Address } from "@cortensor/protocol";
import { createMetrics, type Logger, type Shutdown, systemClock } from "@cortensor/runtime";
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
}> {
  const clock = systemClock;
  shutdown.add("engine", () => opened.engine.close());
  const profile = parseProfile(await readFile(config.profilePath, "utf8"));
  const reader = createChainReader({ profile });
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
  miner.start();
  return { miner, address: identity.signer.address };
}
