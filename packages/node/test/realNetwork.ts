import { chmod, mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Gateway } from "@cortensor/api";
import { type Books, createPostgresBooks } from "@cortensor/books";
import {
  addVerifier,
  type ChainWriter,
  createChainReader,
  createChainWriter,
  deployNetwork,
  depositBond,
  depositToSession,
  type NetworkProfile,
  openSession,
  registerNode,
  setAllotment,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import { createScriptedEngine, type EngineScript } from "@cortensor/engine";
import { type Address, type Bytes32, type Hex, keccak256, utf8ToBytes } from "@cortensor/protocol";
import {
  type Clock,
  connectDatabase,
  createMetrics,
  type Logger,
  loadConfig,
  type Metrics,
  Secret,
  silentLogger,
  startPostgres,
  systemClock,
} from "@cortensor/runtime";
import { acceptLinks, WIRE_PATH } from "@cortensor/wire";
import { anvilKey, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import {
  createIdentity,
  createMiner,
  createMinerChain,
  createNodeSigner,
  createPrekeyChain,
  createQueueChain,
  createRandomBytes32,
  createRouter,
  createRouterChain,
  createSealingKey,
  createSeatChain,
  createSignatureCounter,
  type RequestContent,
  type Router,
  type RouterParts,
  routerConfig,
  type SeatChain,
  type SinkParts,
} from "../src/index.js";
import { API_KEY, addressOf, hashOf, keyOf, onTearDown, untilOffered } from "./testNetwork.js";

const COR = 10n ** 18n;
const CHAIN_ID = 31_337;
const OPERATOR_KEY = anvilKey(1);
/** The miner is another's: the router verifies none of its own operator's. */
const MINER_OWNER = 2;
/** A token made costs a hundredth of a COR: a few hundred of them are a deposit. */
export const WEI_PER_TOKEN = COR / 100n;

/** Half of it covers all that is asked here. */
const BOND_WEI = 100n * COR;

/** One operator's router and miner over a real chain and a real Postgres. */
export type RealNetwork = {
  readonly profile: NetworkProfile;
  readonly router: Router;
  readonly gateway: Gateway;
  readonly books: Books;
  /** The operator's session that the test key spends from. */
  readonly account: number;
  readonly operator: ChainWriter;
  /** Holds the coin, and owns the list of verifiers. */
  readonly treasury: ChainWriter;
  readonly wireUrl: string;
  /** The first miner: another operator's, and verified by the router. */
  readonly miner: Address;
  readonly minerMetrics: Metrics;
  readonly routerMetrics: Metrics;
  /** Starts another miner, whose operator is one of anvil's accounts, from 3 on. */
  join(request: JoinRequest): Promise<JoinedMiner>;
  /** Adds to the deposit and to the lane's allotment. */
  topUp(wei: bigint): Promise<void>;
  stopChain(): Promise<void>;
  /** The same chain, from where it stopped. */
  restartChain(): Promise<void>;
  /** Lets the clocks of the router, and of what the miners know of the chain, go forward. */
  passMs(ms: number): void;
  /** Asks the chain's node what no client would. */
  rpc(method: string, params?: readonly unknown[]): Promise<unknown>;
};

export type JoinRequest = {
  readonly name: string;
  readonly account: number;
  /** What it registers that isn't so. */
  readonly lies?: { readonly sealingKey?: Bytes32; readonly kernelClass?: Bytes32 };
  readonly script?: EngineScript;
  /** Clients can seal to it. */
  readonly seals?: true;
  /** What it does on the session queue instead of what it should; `undefined`: it isn't there. */
  readonly seats?: (chain: SeatChain) => SeatChain | undefined;
};

export type JoinedMiner = {
  readonly address: Address;
  readonly owner: ChainWriter;
  /** What it would register in truth. */
  readonly details: {
    readonly roles: readonly ["miner"];
    readonly sealingKey: Bytes32;
    readonly kernelClass: Bytes32;
  };
  readonly metrics: Metrics;
  stop(): Promise<void>;
};

/** Everything ends with `tearDown`. */
export async function startRealNetwork(request: {
  readonly finalityBlocks: number;
  readonly depositWei: bigint;
  /** Pause between two looks at the chain, of the router and of its miners. Default 50 ms. */
  readonly pollMs?: number;
  readonly sinks?: SinkParts;
  /** How the first miner is, beside its name and its account. */
  readonly miner?: Pick<JoinRequest, "script" | "seats">;
  /** Where the router looks for what queued tasks name by CID. Default: nowhere. */
  readonly requests?: RequestContent;
}): Promise<RealNetwork> {
  const folder = await mkdtemp(join(tmpdir(), "chain-"));
  onTearDown(() => rm(folder, { recursive: true, force: true }));
  const statePath = join(folder, "state.json");
  let anvil = await startAnvil({ chainId: CHAIN_ID, statePath });
  const { port, url } = anvil;
  onTearDown(() => anvil.stop());
  const profile = await deployNetwork({
    name: "test",
    chainId: CHAIN_ID,
    rpcUrls: [url],
    privateKey: anvilKey(0),
    epochSeconds: 30,
    save: () => undefined,
  });
  const operator = createChainWriter({ profile, privateKey: OPERATOR_KEY });
  const treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
  await transferCor(treasury, { to: operator.account, wei: 1_000n * COR });
  await depositBond(operator, { wei: BOND_WEI });
  await registerNode(operator, { signerKey: keyOf("router"), roles: ["router"], endpoint: "http://127.0.0.1:1" });
  await addVerifier(treasury, addressOf("router"));
  const { account } = await openSession(operator, { name: "test" });
  let depositWei = 0n;
  const topUp = async (wei: bigint): Promise<void> => {
    depositWei += wei;
    await depositToSession(operator, { account, wei });
    await setAllotment(operator, { account, lane: operator.account, wei: depositWei });
  };
  await topUp(request.depositWei);
  const books = await openBooks(operator.account);
  let passedMs = 0;
  const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + passedMs };
  const parts = { profile, books, clock, operator: operator.account };
  const { pollMs = 50 } = request;
  const routerMetrics = createMetrics();
  const { router, wireUrl } = await startRouter({
    ...parts,
    metrics: routerMetrics,
    account,
    treasury,
    finalityBlocks: request.finalityBlocks,
    pollMs,
    requests: request.requests,
    ...(request.sinks === undefined ? {} : { sinks: request.sinks }),
  });
  await books.putKey({ keyHash: await hashOf(API_KEY), account, name: "test", revoked: false });
  const joinMiner = (joining: JoinRequest) =>
    startMiner({ profile, treasury, wireUrl, pollMs, nowMs: () => clock.nowMs(), ...joining });
  const miner = await joinMiner({ name: "miner", account: MINER_OWNER, ...request.miner });
  await untilOffered({ gateway: router.gateway }, miner.address);
  return {
    profile,
    router,
    gateway: router.gateway,
    books,
    account,
    operator,
    treasury,
    wireUrl,
    miner: miner.address,
    minerMetrics: miner.metrics,
    routerMetrics,
    join: joinMiner,
    topUp,
    stopChain: () => anvil.stop(),
    async restartChain() {
      anvil = await startAnvil({ chainId: CHAIN_ID, statePath, port });
    },
    passMs(ms) {
      passedMs += ms;
    },
    async rpc(method, params = []) {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
      const headers = { "content-type": "application/json" };
      const answer = await fetch(url, { method: "POST", headers, body });
      return ((await answer.json()) as { readonly result: unknown }).result;
    },
  };
}

export async function openBooks(lane: Address): Promise<Books> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-node-"));
  // As root the server runs as another account, which must get in.
  await chmod(folder, 0o755);
  onTearDown(() => rm(folder, { recursive: true, force: true }));
  const server = await startPostgres({ folder });
  onTearDown(() => server.stop());
  const pool = connectDatabase({ url: server.url });
  onTearDown(() => pool.end());
  const books = await createPostgresBooks({ pool, routerId: "router", lane, clock: systemClock });
  onTearDown(() => books.close());
  return books;
}

export async function startRouter(parts: {
  readonly profile: NetworkProfile;
  readonly books: Books;
  readonly clock: Clock;
  readonly operator: Address;
  /** The operator's session, which pays for comparing copies. */
  readonly account: number;
  readonly treasury: ChainWriter;
  readonly metrics: Metrics;
  readonly finalityBlocks: number;
  readonly pollMs: number;
  readonly requests: RequestContent | undefined;
  readonly sinks?: SinkParts;
  readonly data?: RouterParts["data"];
  readonly log?: Logger;
}): Promise<{ readonly router: Router; readonly wireUrl: string }> {
  const { profile, books, clock, operator, account, treasury, metrics, finalityBlocks, pollMs, requests } = parts;
  const signatures = createSignatureCounter(createMetrics());
  const { addresses, chainId } = profile;
  const signingKey = new Secret(keyOf("router"));
  const identity = createIdentity({
    role: "router",
    signingKey,
    chainId,
    registry: addresses.registry,
    clock,
    signatures,
  });
  await transferNative(treasury, { to: identity.signer.address, wei: COR });
  const writer = createChainWriter({ profile, privateKey: keyOf("router") });
  const config = loadConfig(routerConfig, {
    ROUTER_PROFILE: "unused",
    ROUTER_SIGNER_KEY: keyOf("router"),
    ROUTER_OPERATOR: operator,
    ROUTER_STAKE_PER_FEE: "0",
    ROUTER_COMPARISON_ACCOUNT: String(account),
    ROUTER_AUDITOR_TOKEN: "auditor",
    ROUTER_SETTLE_RECEIPTS: "1",
    ROUTER_CHAIN_POLL: `${pollMs}ms`,
    ROUTER_FINALITY_BLOCKS: String(finalityBlocks),
  });
  const server = http.createServer();
  let made = 0;
  const router = createRouter({
    config,
    version: "test",
    signer: identity.signer,
    signatures,
    connection: identity.node,
    spenders: [createNodeSigner(new Secret<Hex>(OPERATOR_KEY), signatures)],
    books,
    chain: createRouterChain({ reader: writer, writer, lane: operator }),
    queueChain: createQueueChain({ writer, operator }),
    ...(requests === undefined ? {} : { requests }),
    ...(parts.sinks === undefined ? {} : { sinks: parts.sinks }),
    ...(parts.data === undefined ? {} : { data: parts.data }),
    links: (handlers) => {
      const link = { server, identity: identity.node, expectRole: "miner" } as const;
      return acceptLinks({ ...link, ...handlers, clock: systemClock, log: parts.log ?? silentLogger });
    },
    publishSet: async () => undefined,
    clock,
    log: parts.log ?? silentLogger,
    metrics,
    random: Math.random,
    randomBytes32: () => {
      made += 1;
      return keccak256(utf8ToBytes(`${made} ${process.hrtime.bigint()}`));
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await router.start();
  onTearDown(() => router.stop().then(() => new Promise((resolve) => server.close(() => resolve()))));
  const { port } = server.address() as { port: number };
  return { router, wireUrl: `ws://127.0.0.1:${port}${WIRE_PATH}` };
}

export async function startMiner(
  parts: {
    readonly profile: NetworkProfile;
    readonly treasury: ChainWriter;
    readonly wireUrl: string;
    readonly pollMs: number;
    readonly nowMs: () => number;
  } & JoinRequest,
): Promise<JoinedMiner> {
  const { profile, treasury, wireUrl, name, account, lies = {}, script = {}, seats = (chain) => chain } = parts;
  const { chainId, addresses } = profile;
  const metrics = createMetrics();
  const signatures = createSignatureCounter(metrics);
  const signingKey = new Secret(keyOf(name));
  const { registry } = addresses;
  const identity = createIdentity({ role: "miner", signingKey, chainId, registry, clock: systemClock, signatures });
  const owner = createChainWriter({ profile, privateKey: anvilKey(account) });
  const sealing = createSealingKey(new Secret(keyOf(`sealing of ${name}`)));
  const engine = createScriptedEngine(script);
  const { kernelClass } = engine.describe();
  const details = { roles: ["miner"], sealingKey: sealing.publicKey, kernelClass } as const;
  await registerNode(owner, { signerKey: keyOf(name), ...details, ...lies });
  await transferNative(treasury, { to: identity.signer.address, wei: COR });
  const signerChain = createChainWriter({ profile, privateKey: keyOf(name) });
  const seatChain = seats(createSeatChain(signerChain));
  const outboxFolder = await mkdtemp(join(tmpdir(), "outbox-"));
  onTearDown(() => rm(outboxFolder, { recursive: true, force: true }));
  const miner = createMiner({
    config: {
      weiPerTokenIn: 0n,
      weiPerTokenOut: WEI_PER_TOKEN,
      routerUrls: [wireUrl],
      outboxFolder,
      queueMax: 16,
      owedMaxWei: 10n ** 30n,
      bondMinWei: 0n,
      bondSharePercent: 50,
      chainPollMs: parts.pollMs,
      isForPool: true,
      drainMs: 100,
    },
    identity,
    sealing,
    signatures,
    engines: [engine],
    chain: createMinerChain(createChainReader({ profile })),
    ...(seatChain === undefined ? {} : { seats: { chain: seatChain, randomBytes32: createRandomBytes32() } }),
    ...(parts.seals && {
      sealed: { chain: await createPrekeyChain(signerChain), randomBytes32: createRandomBytes32() },
    }),
    nowSeconds: () => Math.floor(parts.nowMs() / 1_000),
    clock: systemClock,
    log: silentLogger,
    metrics,
    random: Math.random,
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= miner.stop();
    return stopped;
  };
  onTearDown(stop);
  miner.start();
  return { address: identity.signer.address, owner, details, metrics, stop };
}
