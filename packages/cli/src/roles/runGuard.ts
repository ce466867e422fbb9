import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createGuardServer } from "@cortensor/api";
import {
  createChainWriter,
  type GuardSetsWriter,
  guardSetsAtHome,
  joinGuards,
  parseProfile,
  readGuardPlace,
  readHead,
  verifyNetwork,
} from "@cortensor/chain";
import {
  type Checker,
  createEpochClock,
  createGuard,
  createGuardChain,
  createNodeSigner,
  createRandomBytes32,
  createSignatureCounter,
  type EpochClock,
  type Guard,
  type GuardConfig,
  logRpcs,
  type Validator,
} from "@cortensor/node";
import type { Address } from "@cortensor/protocol";
import { createMetrics, type Logger, lockFolder, type Shutdown, systemClock } from "@cortensor/runtime";
import { awaitServing } from "../awaitServing.js";
import { ensureRegistered } from "../enrolNode.js";
import type { Output } from "../output.js";
import { openEngine } from "./openEngine.js";
import { openJudge } from "./openJudge.js";
import { openOpenings } from "./openOpenings.js";
import { openRoleContent } from "./openRoleContent.js";
import { openSources } from "./openSources.js";
import { type CreateValidator, checkerOf, type OpenValidatorParts, openValidator } from "./openValidator.js";
import { readKeepers } from "./readKeepers.js";

/** The model that comes with the software. */
const EMBEDDED = "embedded";

export type RunGuardParts = {
  readonly config: GuardConfig;
  readonly log: Logger;
  readonly shutdown: Shutdown;
  /** Where downloads are kept. */
  readonly modelsFolder: string;
  readonly output: Output;
  readonly createValidator?: CreateValidator;
};

export type RunningGuard = {
  readonly guard: Guard;
  readonly address: Address;
  /** Where it listens. */
  readonly url: string;
  /** What others are told. */
  readonly endpoint: string;
  /** Whether this start asked for its owner's place in the queue. */
  readonly isNew: boolean;
};

/** Builds a guard of its real parts, serves, and looks at the chain until the end. */
export async function runGuard(parts: RunGuardParts): Promise<RunningGuard> {
  const { config, log, shutdown } = parts;
  const clock = systemClock;
  // One store to one process: what keeps a guard from signing twice is in it.
  const lock = await lockFolder(config.storeFolder);
  shutdown.add("guard's store", () => lock.release());
  const profile = parseProfile(await readFile(config.profilePath, "utf8"));
  const metrics = createMetrics({ withProcess: true });
  const signatures = createSignatureCounter(metrics);
  const onSign = () => signatures.signed();
  const writer = createChainWriter({ profile, privateKey: config.signerKey.expose(), onSign, ...logRpcs(log) });
  await verifyNetwork(writer);
  const epochs = await createEpochClock({
    profile,
    readChainSeconds: async () => (await readHead(writer)).timestamp,
    clock,
    log,
    signal: shutdown.signal,
  });
  shutdown.add("epoch clock", () => epochs.stopped);
  const signer = createNodeSigner(config.signerKey, signatures);
  const chain = createGuardChain(writer, clock);
  const shared = openRoleContent({
    folder: join(config.storeFolder, "content"),
    ...{ listen: config.contentListen, peers: config.contentPeers, owner: "guard", log, shutdown },
    readKeepers: () => readKeepers(chain, epochs.epoch()),
  });
  const sources = await openSources({
    ...{ config, chain, writer, log, nowSeconds: () => epochs.chainSeconds(), signal: shutdown.signal },
    ...(shared === undefined ? {} : { content: shared.content }),
  });
  const guard = createGuard({
    ...{ config, signer, chain, sources },
    ...(shared === undefined ? {} : { content: shared.content }),
    nowSeconds: () => epochs.chainSeconds(),
    clock,
    log,
    metrics,
    random: Math.random,
    randomBytes32: createRandomBytes32(),
  });
  shutdown.add("guard", () => guard.stop());
  const openChecker = openEngineOf(parts);
  const duties = openDuties({ ...parts, signer, writer, metrics, epochs, openChecker, sets: shared?.content });
  const { storeFolder: folder, setsFolder, pollMs } = config;
  const openings = await openOpenings({
    ...{ folder, pollMs, signer, writer, epochs, log, shutdown },
    ...(setsFolder === undefined ? {} : { setsFolder }),
  });
  const server = createGuardServer({
    ...{ gateway: guard.gateway, metrics, openings },
    ...(shared === undefined ? {} : { content: shared.place }),
    ...(duties && { verdicts: duties, cases: duties.cases }),
  });
  shutdown.add("HTTP server", () => server.close());
  const { origin: url } = new URL(await server.listen({ host: config.host, port: config.port }));
  const endpoint = config.endpoint ?? url;
  const isNew = await keepEnrolled({ config, log, shutdown, endpoint, self: signer.address });
  guard.start();
  return { guard, address: signer.address, url, endpoint, isNew };
}

/** The engine that its duties check with, which starts when one first needs it; undefined where it is to do none. */
function openEngineOf({ config, shutdown, modelsFolder, output }: RunGuardParts): (() => Promise<Checker>) | undefined {
  const { dutyModel: model } = config;
  if (model === undefined) return undefined;
  let opened: Promise<Checker> | undefined;
  const open = async (): Promise<Checker> => {
    const choice = { slots: 1, ...(model === EMBEDDED ? {} : { model }) };
    const { engine } = await openEngine({ choice, modelsFolder, output, signal: shutdown.signal });
    shutdown.add("duty engine", () => engine.close());
    return checkerOf(engine);
  };
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

/** Has the guard do duties, and judge; undefined where it is to do none. */
function openDuties(
  parts: RunGuardParts &
    Pick<OpenValidatorParts, "signer" | "writer" | "metrics" | "sets"> & {
      readonly epochs: EpochClock;
      readonly openChecker: (() => Promise<Checker>) | undefined;
    },
): Validator | undefined {
  const { config, signer, writer, metrics, sets, log, shutdown, epochs, openChecker } = parts;
  const { createValidator: create } = parts;
  const { dutyClaimWei: claimMinWei, storeFolder: folder, setsFolder, pollMs } = config;
  if (openChecker === undefined) return undefined;
  const nowSeconds = () => epochs.chainSeconds();
  const shared = { folder, pollMs, signer, writer, metrics, log, shutdown, openChecker, nowSeconds };
  openJudge({ ...shared, describeEngine: async () => (await openChecker()).engine.describe() });
  return openValidator({
    ...{ ...shared, sets },
    claimMinWei,
    ...(setsFolder === undefined ? {} : { setsFolder }),
    ...(create === undefined ? {} : { create }),
  });
}

/** With the owner's key: registers the guard where it answers now, and asks for the owner's place unless it has it, at home too where that has sets of its own. */
async function keepEnrolled(parts: {
  readonly config: GuardConfig;
  readonly log: Logger;
  readonly shutdown: Shutdown;
  readonly endpoint: string;
  readonly self: Address;
}): Promise<boolean> {
  const { config, log, shutdown, endpoint, self } = parts;
  if (config.operatorKey === undefined) return false;
  const profile = parseProfile(await readFile(config.profilePath, "utf8"));
  const owner = createChainWriter({ profile, privateKey: config.operatorKey.expose(), ...logRpcs(log) });
  await ensureRegistered(owner, { signerKey: config.signerKey, registration: { role: "guard", endpoint } });
  const waiting = { clock: systemClock, log, signal: shutdown.signal };
  await awaitServing(owner, { signer: self, operator: owner.account, ...waiting });
  const home = guardSetsAtHome(owner);
  if (home !== undefined) await takePlace(home, self);
  return takePlace(owner, self);
}

/** Whether it had to ask for it. */
async function takePlace(sets: GuardSetsWriter, self: Address): Promise<boolean> {
  const place = await readGuardPlace(sets, sets.account);
  if (place?.guard === self) return false;
  await joinGuards(sets, self);
  return true;
}
