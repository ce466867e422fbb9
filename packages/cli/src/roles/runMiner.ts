import { readFile } from "node:fs/promises";
import { createHealthServer } from "@cortensor/api";
import {
  type ChainReader,
  createChainReader,
  createChainWriter,
  type NetworkProfile,
  parseProfile,
  readHead,
  readNode,
  verifyNetwork,
} from "@cortensor/chain";
import {
  createEpochClock,
  createIdentity,
  createLifeChain,
  createMiner,
  createMinerChain,
  createPrekeyChain,
  createRandomBytes32,
  createSealingKey,
  createSeatChain,
  createSignatureCounter,
  type EpochClock,
  logRpcs,
  type Miner,
  type MinerConfig,
  type SealingKey,
  type Validator,
} from "@cortensor/node";
import { type Address, addressOfPrivateKey } from "@cortensor/protocol";
import { createMetrics, type Logger, type Metrics, type Shutdown, systemClock } from "@cortensor/runtime";
import { awaitServing } from "../awaitServing.js";
import { ensureRegistered } from "../enrolNode.js";
import { openDocuments } from "./openDocuments.js";
import type { OpenedEngine } from "./openEngine.js";
import { openJudge } from "./openJudge.js";
import { openMinerContent } from "./openMinerContent.js";
import { checkerOf, type OpenValidatorParts, openValidator, whenIdle } from "./openValidator.js";

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
  /** What became of its registration; undefined when its operator sees to that itself. */
  readonly registered: "registered" | "updated" | "unchanged" | undefined;
  /** Chain time. */
  readonly nowSeconds: () => number;
  readonly metrics: Metrics;
}> {
  const clock = systemClock;
  shutdown.add("engine", () => opened.engine.close());
  const profile = parseProfile(await readFile(config.profilePath, "utf8"));
  const reader = createChainReader({ profile, ...logRpcs(log) });
  await verifyNetwork(reader);
  const sealing = createSealingKey(config.sealingKey);
  const registered = await keepRegistered({ config, profile, reader, sealing, opened, log, shutdown });
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
  const onSign = () => signatures.signed();
  const writer = createChainWriter({ profile, privateKey: config.signerKey.expose(), onSign, ...logRpcs(log) });
  const content = await openMinerContent({ config, log, shutdown });
  // By CID where its operator named a folder for that, and not by what duties need.
  const node = config.contentFolder === undefined ? undefined : content;
  const fetchDocuments = openDocuments({ config, node });
  const miner = createMiner({
    config,
    fetchDocuments,
    ...(content !== undefined && config.publishesBodies ? { bodyContent: content } : {}),
    identity,
    sealing,
    signatures,
    engines: [opened.engine],
    chain: createMinerChain(reader),
    seats: { chain: createSeatChain(writer), randomBytes32: createRandomBytes32() },
    sealed: { chain: await createPrekeyChain(writer), randomBytes32: createRandomBytes32() },
    nowSeconds: () => epochs.chainSeconds(),
    clock,
    log,
    metrics,
    random: Math.random,
    life: { chain: createLifeChain(writer), randomBytes32: createRandomBytes32() },
  });
  shutdown.add("miner", () => miner.stop());
  const judging = { config, miner, opened, writer, signer: identity.signer, epochs, metrics, content, log, shutdown };
  const duties = await openDuties(judging);
  const metricsUrl = await showMetrics({ config, miner, metrics, shutdown, ...(duties && { duties }) });
  miner.start();
  const nowSeconds = () => epochs.chainSeconds();
  const running = { miner, address: identity.signer.address, registered, nowSeconds, metrics };
  return { ...running, ...(metricsUrl === undefined ? {} : { metricsUrl }) };
}

/** Has the miner stand up for its own results, and where it does duties do those and judge others', with its own engine, while no user's task runs. */
async function openDuties(
  parts: Pick<RunMinerParts, "config" | "opened" | "log" | "shutdown"> &
    Pick<OpenValidatorParts, "signer" | "writer" | "metrics" | "content"> & {
      readonly miner: Miner;
      readonly epochs: EpochClock;
    },
): Promise<Validator | undefined> {
  const { config, opened, miner, epochs, ...rest } = parts;
  const running = () => miner.advertisement().running;
  const shared = {
    ...rest,
    ...{ folder: config.outboxFolder, pollMs: config.chainPollMs, claimMinWei: config.dutyClaimWei },
    openChecker: whenIdle(await checkerOf(opened.engine), { running, clock: systemClock }),
    nowSeconds: () => epochs.chainSeconds(),
  };
  openJudge({
    ...{ ...shared, isPartyOnly: !config.hasDuties },
    describeEngine: async () => opened.engine.describe(),
    readOwnBody: (resultHash) => miner.findBody(resultHash),
  });
  return config.hasDuties ? openValidator(shared) : undefined;
}

/** A miner is verified in the class, and by the sealing key, that the registry names: they must be those that it has. */
async function keepRegistered(parts: {
  readonly config: MinerConfig;
  readonly profile: NetworkProfile;
  readonly reader: ChainReader;
  readonly sealing: SealingKey;
  readonly opened: OpenedEngine;
  readonly log: Logger;
  readonly shutdown: Shutdown;
}): Promise<"registered" | "updated" | "unchanged" | undefined> {
  const { config, profile, reader, sealing, opened, log, shutdown } = parts;
  const signer = addressOfPrivateKey(config.signerKey.expose());
  const waiting = { signer, clock: systemClock, log, signal: shutdown.signal };
  const { kernelClass } = opened.engine.describe();
  const own = { sealingKey: sealing.publicKey, kernelClass };
  if (config.operatorKey !== undefined) {
    const chain = createChainWriter({ profile, privateKey: config.operatorKey.expose(), ...logRpcs(log) });
    const registration = { role: "miner", ...own } as const;
    const registered = await ensureRegistered(chain, { signerKey: config.signerKey, registration });
    await awaitServing(reader, { ...waiting, operator: chain.account });
    return registered;
  }
  const node = await readNode(reader.home, signer);
  if (node?.sealingKey !== own.sealingKey || node.kernelClass !== own.kernelClass) {
    log.error("The registry names another sealing key or kernel class: until that is updated no task will come", {
      signer,
      ...own,
    });
  }
  if (node !== undefined) await awaitServing(reader, { ...waiting, operator: node.owner });
  return undefined;
}

async function showMetrics(parts: {
  readonly config: MinerConfig;
  readonly miner: Miner;
  readonly metrics: Metrics;
  readonly shutdown: Shutdown;
  readonly duties?: Validator;
}): Promise<string | undefined> {
  const { config, miner, metrics, shutdown, duties } = parts;
  const { metricsPort: port, metricsHost: host } = config;
  if (port === undefined) return undefined;
  const server = createHealthServer({
    ...{ health: () => miner.health(), metrics },
    ...(duties && { verdicts: duties, cases: duties.cases }),
  });
  shutdown.add("metrics", () => server.close());
  return server.listen({ host, port });
}
