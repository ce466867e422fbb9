import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApiServer } from "@cortensor/api";
import { createMemoryBooks } from "@cortensor/books";
import {
  createChainWriter,
  type DeployedLayers,
  deployLayers,
  formatLayerProfile,
  formatProfile,
  type LayerContract,
  type NetworkProfile,
  type OnboardingPlaces,
  openSponsorChain,
  parseLayerProfile,
  placesOfLayers,
  registerNode,
  toNetworkProfile,
} from "@cortensor/chain";
import { createScriptedEngine } from "@cortensor/engine";
import {
  createIdentity,
  createMiner,
  createMinerChain,
  createNodeSigner,
  createRandomBytes32,
  createRouter,
  createRouterChain,
  createSealingKey,
  createSignatureCounter,
  createSponsorDesk,
  routerConfig,
  type SponsorParts,
} from "@cortensor/node";
import { type Address, addressOfPrivateKey, type Hex } from "@cortensor/protocol";
import { createMetrics, loadConfig, Secret, silentLogger, systemClock } from "@cortensor/runtime";
import { acceptLinks, WIRE_PATH } from "@cortensor/wire";
import { createPublicClient, http as transport } from "viem";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { guardKeys } from "../../chain/test/twoLayers.js";

const COR = 10n ** 18n;
export const EPOCH_SECONDS = 30;
export const deployerKey = anvilKey(9);
const operatorKey = anvilKey(4);
const routerKey = anvilKey(5);
const minerKey = anvilKey(6);
export const sponsorKey = anvilKey(7);

/** A network of one chain and a chain beside it that wallets come from. */
export type EntryNetwork = {
  readonly anvils: readonly RunningAnvil[];
  readonly profile: NetworkProfile;
  /** Its file over both chains. */
  readonly file: string;
  readonly folder: string;
  readonly places: OnboardingPlaces;
  at(chain: "main" | "base", name: LayerContract): Address;
  stop(): Promise<void>;
};

/** Deploys it over two real chains: a loopback within the one, a quorum of three between both. */
export async function deployEntryNetwork(): Promise<EntryNetwork> {
  const anvils = await Promise.all([startAnvil({ chainId: 31_337 }), startAnvil({ chainId: 31_404 })]);
  const folder = await mkdtemp(join(tmpdir(), "cortensor-onboard-"));
  const single = JSON.parse(readFileSync(new URL("../../../networks/single.json", import.meta.url), "utf8"));
  const chain = (anvil: RunningAnvil) => ({ ...single.chains.main, chainId: anvil.chainId, rpcUrls: [anvil.url] });
  const firstGuards = guardKeys.map(addressOfPrivateKey);
  const quorum = { firstGuards, challengeSeconds: 0, windowSeconds: 86_400, capWei: (1_000n * COR).toString() };
  const planned = parseLayerProfile({
    ...single,
    chains: { main: chain(anvils[0]), base: chain(anvils[1]) },
    layers: { ...single.layers, onboarding: ["base"] },
    links: [...single.links, { from: "base", to: "main", messenger: "quorum", quorum }],
    parameters: { epochSeconds: EPOCH_SECONDS },
  });
  const request = { env: {}, privateKey: deployerKey, isPartial: false, onStep: () => undefined };
  const done: DeployedLayers = await deployLayers({ ...request, profile: planned, save: async () => undefined });
  const profile = toNetworkProfile(done.profile, {});
  if (profile === undefined) throw new Error("the serving chain has all of a network");
  const file = join(folder, "layers.json");
  await writeFile(file, formatLayerProfile(done.profile));
  return {
    ...{ anvils, profile, file, folder, places: placesOfLayers(done.profile, {}) },
    at(chainName, name) {
      const address = done.profile.deployed?.[chainName]?.addresses[name];
      if (address === undefined) throw new Error(`${name} isn't deployed on ${chainName}`);
      return address;
    },
    async stop() {
      await Promise.all(anvils.map((anvil) => anvil.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function clientOf(anvil: RunningAnvil) {
  return createPublicClient({ transport: transport(anvil.url) });
}

/** A sponsor of that network. */
export function sponsorOf(
  { places }: EntryNetwork,
  router: Address,
  parts: Partial<SponsorParts> & { readonly signal: AbortSignal; readonly privateKey?: Hex },
): ReturnType<typeof createSponsorDesk> {
  const { privateKey = sponsorKey, ...rest } = parts;
  const open = (place: OnboardingPlaces["serving"]) => openSponsorChain(place, { privateKey });
  return createSponsorDesk({
    chains: [open(places.serving), ...places.chains.slice(1).map(open)],
    router,
    limits: { hourMax: 8, accountMax: 3, openMax: 4 },
    ...{ feeWei: COR / 10n, depositMinWei: COR, costMaxWei: 10n ** 17n, pollMs: 50 },
    ...{ clock: systemClock, log: silentLogger },
    ...rest,
  });
}

/** A router of that network with a scripted miner, which sponsors: over HTTP, by the chain itself, with books in memory. */
export async function startSponsoringRouter(
  network: EntryNetwork,
): Promise<{ readonly url: string; readonly operator: Address; stop(): Promise<void> }> {
  const { profile, folder } = network;
  const writerOf = (privateKey: Hex) => createChainWriter({ profile, privateKey });
  const operator = writerOf(operatorKey).account;
  const router = { signerKey: routerKey, roles: ["router" as const], endpoint: "" };
  await registerNode(writerOf(operatorKey), router);
  const engine = createScriptedEngine({ reply: () => "You are welcome." });
  const { kernelClass } = engine.describe();
  await registerNode(writerOf(operatorKey), { signerKey: minerKey, roles: ["miner"], endpoint: "", kernelClass });
  const signatures = createSignatureCounter(createMetrics());
  const identityOf = (role: "router" | "miner", key: Hex) => {
    const { chainId, addresses } = profile;
    const signingKey = new Secret(key);
    return createIdentity({ role, signingKey, chainId, registry: addresses.registry, clock: systemClock, signatures });
  };
  const identity = identityOf("router", routerKey);
  const writer = writerOf(routerKey);
  const shared = { clock: systemClock, log: silentLogger, metrics: createMetrics(), random: Math.random };
  const links = http.createServer();
  const running = createRouter({
    ...shared,
    config: loadConfig(routerConfig, {
      ...{ ROUTER_PROFILE: "unused", ROUTER_SIGNER_KEY: routerKey, ROUTER_OPERATOR: operator },
      ...{ ROUTER_REQUIRE_VERIFIED: "false", ROUTER_STAKE_PER_FEE: "0", ROUTER_CHAIN_POLL: "100ms" },
    }),
    version: "test",
    signer: identity.signer,
    signatures,
    connection: identity.node,
    spenders: [createNodeSigner(new Secret(routerKey), signatures)],
    books: createMemoryBooks({ lane: operator, clock: systemClock }),
    chain: createRouterChain({ reader: writer, writer, lane: operator }),
    links: (handlers) =>
      acceptLinks({ server: links, identity: identity.node, expectRole: "miner", ...handlers, ...shared }),
    publishSet: async () => undefined,
    randomBytes32: createRandomBytes32(),
  });
  const stopping = new AbortController();
  const server = createApiServer({
    gateway: running.gateway,
    log: silentLogger,
    version: "test",
    cors: "any",
    onboarding: sponsorOf(network, operator, { signal: stopping.signal }),
    info: () => ({ profile: JSON.parse(formatProfile(profile)), wirePath: WIRE_PATH }),
  });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  await new Promise<void>((resolve) => links.listen(0, "127.0.0.1", resolve));
  await running.start();
  const place = links.address();
  if (place === null || typeof place === "string") throw new Error("it listens on a port");
  const miner = createMiner({
    ...shared,
    config: {
      ...{ weiPerTokenIn: 10n, weiPerTokenOut: 100n, routerUrls: [`ws://127.0.0.1:${place.port}${WIRE_PATH}`] },
      ...{ outboxFolder: join(folder, "outbox"), queueMax: 16, owedMaxWei: 10n ** 30n, bondMinWei: 0n },
      ...{ bondSharePercent: 50, chainPollMs: 5_000, isForPool: true, drainMs: 100 },
    },
    identity: identityOf("miner", minerKey),
    sealing: createSealingKey(new Secret(minerKey)),
    signatures,
    engines: [engine],
    // Nothing is put down for so little.
    chain: { ...createMinerChain(writer), readBondWei: async () => 10n ** 40n },
    nowSeconds: () => Math.floor(systemClock.nowMs() / 1_000),
  });
  miner.start();
  return {
    url,
    operator,
    async stop() {
      stopping.abort();
      await miner.stop();
      await server.close();
      await running.stop();
      await new Promise<void>((resolve) => links.close(() => resolve()));
    },
  };
}
