import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createApiServer } from "@cortensor/api";
import { createPostgresBooks, type PublishedSet } from "@cortensor/books";
import {
  createChainReader,
  createChainWriter,
  formatProfile,
  type NetworkProfile,
  parseProfile,
  verifyNetwork,
} from "@cortensor/chain";
import {
  createEpochDesk,
  createIdentity,
  createNodeSigner,
  createQueueChain,
  createRandomBytes32,
  createRouter,
  createRouterChain,
  createSignatureCounter,
  logRpcs,
  openSampleShelf,
  type PublishedKind,
  type QueueChain,
  type Router,
  type RouterChain,
  type RouterConfig,
  type SignatureCounter,
} from "@cortensor/node";
import { type ModelDistance, parseDistanceFile } from "@cortensor/proof";
import type { Hex } from "@cortensor/protocol";
import {
  connectDatabase,
  createMetrics,
  type Logger,
  Secret,
  type Shutdown,
  startPostgres,
  systemClock,
} from "@cortensor/runtime";
import { acceptLinks, WIRE_PATH } from "@cortensor/wire";
import { awaitServing } from "../awaitServing.js";
import { writeFileWhole } from "../home/writeFileWhole.js";
import { VERSION } from "../version.js";
import { openOnboarding } from "./openOnboarding.js";
import { openRoleContent, type RoleContent } from "./openRoleContent.js";
import { openRouterData } from "./openRouterData.js";
import { openRouterSinks } from "./openRouterSinks.js";
import { openSolanaDesk } from "./openSolanaDesk.js";
import { openRequestContent } from "./requestContent.js";

export type RunRouterParts = {
  readonly config: RouterConfig;
  readonly log: Logger;
  readonly shutdown: Shutdown;
  /** Where its own Postgres lives, when no database is configured. */
  readonly postgresFolder: string;
  /** Where settlement sets are written, each under its CID. */
  readonly setsFolder: string;
  /** Where requests lie that the session queue's tasks name by CID. */
  readonly requestsFolder: string;
  /** What it gives to peers. */
  readonly contentFolder: string;
  /** Where clients' files lie, unless the configuration says otherwise. */
  readonly filesFolder: string;
  /** Where sealed tasks lie that may be opened later: ciphertext. */
  readonly samplesFolder: string;
  /** Folder of the dashboard's built files, when there is one. */
  readonly staticFolder?: string;
};

/** Builds a router of its real parts and serves. Resolves when it listens, with its address. */
export async function runRouter(
  parts: RunRouterParts,
): Promise<{ readonly url: string; readonly postgresPort?: number }> {
  const { config, log, shutdown } = parts;
  const clock = systemClock;
  const profile = parseProfile(await readFile(config.profilePath, "utf8"));
  const tls = await readTls(config);
  const metrics = createMetrics({ withProcess: true });
  const signatures = createSignatureCounter(metrics);
  const identity = openIdentity(config, profile, signatures);
  const database = await openDatabase(parts);
  const pool = connectDatabase({ url: database.url, name: "cortensor router", log });
  shutdown.add("database pool", () => pool.end());
  const routerId = identity.signer.address;
  const books = await createPostgresBooks({ pool, routerId, lane: config.operator, clock, log });
  shutdown.add("books", () => books.close());
  const sinks = await openRouterSinks({ config, log, shutdown, url: database.url, metrics });
  const shared = openRoleContent({ ...parts, ...contentOf(parts) });
  const { chain, queueChain } = await openChain(parts, profile, () => signatures.signed());
  const data = await openRouterData({
    ...{ config, pool, folder: parts.filesFolder, holder: identity.signer.address, log, shutdown },
  });
  const distances = await readDistances(config);
  const router = createRouter({
    data,
    ...(shared === undefined ? {} : { bodies: shared.bodies }),
    config,
    version: VERSION,
    signer: identity.signer,
    signatures,
    spenders: config.spendingKeys.expose().map((key) => createNodeSigner(new Secret<Hex>(key), signatures)),
    books,
    ...{ distances, chain, queueChain, samples: openSampleShelf({ folder: parts.samplesFolder, clock, log }) },
    connection: identity.node,
    requests: await openRequestContent({
      ...{ folder: parts.requestsFolder, routes: config.requestRoutes, log, shutdown },
      ...(shared === undefined ? {} : { shared }),
    }),
    sinks,
    links: (handlers) =>
      acceptLinks({ server: server.server, identity: identity.node, expectRole: "miner", ...handlers, clock, log }),
    ...{ clock, log, metrics, random: Math.random },
    randomBytes32: createRandomBytes32(),
    publishSet: (set, kind) => publish(parts.setsFolder, { ...set, kind, shared }),
  });
  const server = createApiServer({
    gateway: router.gateway,
    log,
    metrics,
    version: VERSION,
    cors: "any",
    ...(tls === undefined ? {} : { tls }),
    ...(parts.staticFolder === undefined ? {} : { staticFolder: parts.staticFolder }),
    epochs: createEpochDesk({ chain: createChainReader({ profile, ...logRpcs(log) }), clock, signal: shutdown.signal }),
    ...(shared === undefined ? {} : { content: shared.place }),
    ...(await openOnboarding({ config, profile, log, signal: shutdown.signal })),
    info: () => ({ profile: JSON.parse(formatProfile(profile)), wirePath: WIRE_PATH }),
  });
  shutdown.add("HTTP server", () => server.close());
  const listening = new URL(await server.listen({ host: config.host, port: config.port }));
  if (tls !== undefined) listening.protocol = "https:";
  const url = listening.origin;
  await startRouter(parts, { router, profile });
  return { url, ...(database.port === undefined ? {} : { postgresPort: database.port }) };
}

async function startRouter(
  { config, shutdown, log }: RunRouterParts,
  { router, profile }: { readonly router: Router; readonly profile: NetworkProfile },
): Promise<void> {
  shutdown.add("router", () => router.stop());
  await router.start();
  await openSolanaDesk({ config, profile, gateway: router.gateway, shutdown, log });
}

function contentOf({ config, contentFolder }: RunRouterParts) {
  const { contentListen: listen, contentPeers: peers, keepsBodies } = config;
  return { folder: contentFolder, listen, peers, owner: "router", keepsBodies, readKeepers: () => Promise.resolve([]) };
}

/** Into its folder, which settlement waits for, and to peers, which nothing waits for. */
async function publish(
  folder: string,
  parts: PublishedSet & { readonly kind: PublishedKind; readonly shared: RoleContent | undefined },
): Promise<void> {
  const { setCid, bytes, kind, shared } = parts;
  await writeFileWhole(join(folder, setCid), bytes);
  shared?.offer(bytes, kind);
}

function openIdentity(config: RouterConfig, { chainId, addresses }: NetworkProfile, signatures: SignatureCounter) {
  const { signingKey, registry } = { signingKey: config.signerKey, registry: addresses.registry };
  return createIdentity({ role: "router", signingKey, chainId, registry, clock: systemClock, signatures });
}

async function readDistances({ distancesPath }: RouterConfig): Promise<readonly ModelDistance[]> {
  return distancesPath === undefined ? [] : parseDistanceFile(await readFile(distancesPath, "utf8"));
}

/** Refuses a profile of another network, and waits where the serving layer has yet to hear of this router. */
async function openChain(
  { config, log, shutdown }: RunRouterParts,
  profile: NetworkProfile,
  onSign: () => void,
): Promise<{ readonly chain: RouterChain; readonly queueChain: QueueChain }> {
  const writer = createChainWriter({ profile, privateKey: config.signerKey.expose(), onSign, ...logRpcs(log) });
  await verifyNetwork(writer);
  const waiting = { clock: systemClock, log, signal: shutdown.signal };
  await awaitServing(writer, { signer: writer.account, operator: config.operator, ...waiting });
  // One reader for both: what was sent is looked for where it was sent.
  const { operator } = config;
  return {
    chain: createRouterChain({ reader: writer, writer, lane: operator }),
    queueChain: createQueueChain({ writer, operator }),
  };
}

async function openDatabase({ config, log, shutdown, postgresFolder }: RunRouterParts): Promise<{
  readonly url: string;
  readonly port?: number;
}> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl.expose() };
  const postgres = await startPostgres({ folder: postgresFolder, log });
  shutdown.add("Postgres", () => postgres.stop());
  return { url: postgres.url, port: postgres.port };
}

async function readTls(config: RouterConfig): Promise<{ readonly cert: string; readonly key: string } | undefined> {
  const { tlsCertPath, tlsKeyPath } = config;
  if (tlsCertPath === undefined || tlsKeyPath === undefined) return undefined;
  const [cert, key] = await Promise.all([readFile(tlsCertPath, "utf8"), readFile(tlsKeyPath, "utf8")]);
  return { cert, key };
}

/** A router's own Postgres, below its data. */
export function postgresFolderOf(dataFolder: string): string {
  return join(dataFolder, "postgres");
}
