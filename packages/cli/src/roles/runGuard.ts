import { readFile } from "node:fs/promises";
import { createGuardServer } from "@cortensor/api";
import { createChainWriter, joinGuards, parseProfile, readGuardPlace, readHead, verifyNetwork } from "@cortensor/chain";
import {
  createEpochClock,
  createGuard,
  createGuardChain,
  createNodeSigner,
  createRandomBytes32,
  createSignatureCounter,
  type Guard,
  type GuardConfig,
  logRpcs,
} from "@cortensor/node";
import type { Address } from "@cortensor/protocol";
import { createMetrics, type Logger, lockFolder, type Shutdown, systemClock } from "@cortensor/runtime";
import { ensureRegistered } from "../enrolNode.js";

export type RunGuardParts = {
  readonly config: GuardConfig;
  readonly log: Logger;
  readonly shutdown: Shutdown;
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
export async function runGuard({ config, log, shutdown }: RunGuardParts): Promise<RunningGuard> {
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
  const guard = createGuard({
    config,
    signer,
    chain: createGuardChain(writer, clock),
    // What audits found isn't published yet.
    readFindings: async () => [],
    nowSeconds: () => epochs.chainSeconds(),
    clock,
    log,
    metrics,
    random: Math.random,
    randomBytes32: createRandomBytes32(),
  });
  shutdown.add("guard", () => guard.stop());
  const server = createGuardServer({ gateway: guard.gateway, metrics });
  shutdown.add("HTTP server", () => server.close());
  const { origin: url } = new URL(await server.listen({ host: config.host, port: config.port }));
  const endpoint = config.endpoint ?? url;
  const isNew = await keepEnrolled({ config, log, endpoint, self: signer.address });
  guard.start();
  return { guard, address: signer.address, url, endpoint, isNew };
}

/** With the owner's key: registers the guard where it answers now, and asks for the owner's place unless it has it. */
async function keepEnrolled(parts: {
  readonly config: GuardConfig;
  readonly log: Logger;
  readonly endpoint: string;
  readonly self: Address;
}): Promise<boolean> {
  const { config, log, endpoint, self } = parts;
  if (config.operatorKey === undefined) return false;
  const profile = parseProfile(await readFile(config.profilePath, "utf8"));
  const owner = createChainWriter({ profile, privateKey: config.operatorKey.expose(), ...logRpcs(log) });
  await ensureRegistered(owner, { signerKey: config.signerKey, registration: { role: "guard", endpoint } });
  const place = await readGuardPlace(owner, owner.account);
  if (place?.guard === self) return false;
  await joinGuards(owner, self);
  return true;
}
