import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Gateway, InferEvent, NetworkEvent, NetworkView, Priority } from "@cortensor/api";
import { type Books, createMemoryBooks } from "@cortensor/books";
import { homeOf, type ListedClaim, type RateRecord } from "@cortensor/chain";
import { createScriptedEngine, type Engine, type EngineScript } from "@cortensor/engine";
import type { ModelDistance } from "@cortensor/proof";
import {
  type Address,
  addressOfPrivateKey,
  type Bytes32,
  bytesToHex,
  type Hex,
  type InferenceRequest,
  keccak256,
  type PrekeyTimes,
  type ReceiptDocument,
  type SamplingParams,
  utf8ToBytes,
} from "@cortensor/protocol";
import {
  type Clock,
  createMetrics,
  type Logger,
  loadConfig,
  Secret,
  silentLogger,
  systemClock,
} from "@cortensor/runtime";
import { acceptLinks, WIRE_PATH } from "@cortensor/wire";
import {
  createIdentity,
  createMiner,
  createNodeSigner,
  createRandomBytes32,
  createRouter,
  createSealingKey,
  createSignatureCounter,
  type FetchDocuments,
  type Identity,
  type Miner,
  type MinerChain,
  type MinerParts,
  type QueueChain,
  type Router,
  type RouterConfig,
  type RouterParts,
  routerConfig,
  type SignatureCounter,
  type SinkParts,
} from "../src/index.js";
import { COR, createFakeChain, type FakeChain, type FakeSession, PROFILE } from "./fakeChain.js";

export const keyOf = (name: string): Hex => keccak256(utf8ToBytes(`key of ${name}`));
export const addressOf = (name: string): Address => addressOfPrivateKey(keyOf(name));
export const ACCOUNT = 7;
export const API_KEY = "ck-test";
export const OPERATOR = addressOf("operator");
export const PREKEY_TIMES: PrekeyTimes = { startSeconds: 1_700_000_000, prekeySeconds: 86_400 };
export const PRICES = { weiPerTokenIn: 10n, weiPerTokenOut: 100n };

const closers: (() => Promise<void> | void)[] = [];

/** Ends everything that a test began, last first. */
export async function tearDown(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

export function onTearDown(close: () => Promise<void> | void): void {
  closers.push(close);
}

export type TestRouter = {
  readonly router: Router;
  readonly gateway: Gateway;
  readonly chain: FakeChain;
  readonly books: Books;
  readonly identity: Identity;
  readonly signatures: SignatureCounter;
  readonly wireUrl: string;
  readonly events: readonly NetworkEvent[];
  stop(): Promise<void>;
};

let counter = 0;

/** A real router on the loopback, over books in memory and a chain of maps, with one funded custodial account and its key. */
export async function startTestRouter(
  options: {
    readonly name?: string;
    readonly config?: Partial<RouterConfig>;
    readonly books?: Books;
    readonly allotmentWei?: bigint;
    readonly owner?: Address;
    readonly terms?: NonNullable<FakeSession["terms"]>;
    readonly rate?: RateRecord;
    readonly claims?: readonly ListedClaim[];
    readonly log?: Logger;
    readonly distances?: readonly ModelDistance[];
    /** What time it is to the router. It waits by the machine's. */
    readonly nowMs?: () => number;
    readonly beaconOf?: FakeChain["beaconOf"];
    readonly epochSeconds?: number;
    readonly sinks?: SinkParts;
    readonly data?: NonNullable<RouterParts["data"]>;
    readonly queueChain?: QueueChain;
    /** A private network, of which the session's owner is a member. */
    readonly isPrivate?: true;
    readonly bodies?: NonNullable<RouterParts["bodies"]>;
    readonly samples?: NonNullable<RouterParts["samples"]>;
  } = {},
): Promise<TestRouter> {
  const { name = "router", allotmentWei = 1_000n * COR, owner = OPERATOR, terms = {} } = options;
  const clock: Clock = options.nowMs === undefined ? systemClock : { ...systemClock, nowMs: options.nowMs };
  const chain = createFakeChain(() => clock.nowMs(), options);
  chain.roles.set(owner, "member");
  if (options.beaconOf !== undefined) chain.beaconOf = options.beaconOf;
  chain.setLane(ACCOUNT, { owner, allotmentWei, terms });
  chain.rate = options.rate;
  chain.claims = options.claims ?? [];
  const signatures = createSignatureCounter(createMetrics());
  const signingKey = new Secret(keyOf(name));
  const registry = PROFILE.addresses.registry;
  const chainId = PROFILE.chainId;
  const identity = createIdentity({ role: "router", signingKey, chainId, registry, clock, signatures });
  chain.register(identity.signer.address, { owner: OPERATOR, role: "router" });
  const books = options.books ?? createMemoryBooks({ lane: OPERATOR, clock });
  const server = http.createServer();
  const router = createRouter({
    config: { ...testConfig(), ...options.config },
    version: "test",
    signer: identity.signer,
    signatures,
    connection: identity.node,
    spenders: [createNodeSigner(new Secret(keyOf("operator")), signatures)],
    books,
    chain,
    ...(options.sinks === undefined ? {} : { sinks: options.sinks }),
    ...(options.data === undefined ? {} : { data: options.data }),
    ...(options.samples === undefined ? {} : { samples: options.samples }),
    ...(options.queueChain === undefined ? {} : { queueChain: options.queueChain }),
    ...(options.bodies === undefined ? {} : { bodies: options.bodies }),
    links: (handlers) =>
      acceptLinks({ server, identity: identity.node, expectRole: "miner", ...handlers, clock, log: silentLogger }),
    publishSet: async () => undefined,
    distances: options.distances ?? [],
    clock,
    log: options.log ?? silentLogger,
    metrics: createMetrics(),
    random: Math.random,
    randomBytes32: () => {
      counter += 1;
      return keccak256(utf8ToBytes(`${name} ${counter} ${process.hrtime.bigint()}`));
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const events: NetworkEvent[] = [];
  const watching = new AbortController();
  router.gateway.watch((event) => events.push(event), watching.signal);
  await router.start();
  if ((await books.findKey(await hashOf(API_KEY))) === undefined) {
    await books.putKey({ keyHash: await hashOf(API_KEY), account: ACCOUNT, name: "test", revoked: false });
  }
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= router.stop().then(() => new Promise((resolve) => server.close(() => resolve())));
    return stopped;
  };
  onTearDown(stop);
  const { port } = server.address() as { port: number };
  const wireUrl = `ws://127.0.0.1:${port}${WIRE_PATH}`;
  return { router, gateway: router.gateway, chain, books, identity, signatures, wireUrl, events, stop };
}

export async function hashOf(bearer: string): Promise<Bytes32> {
  return bytesToHex(new Uint8Array(await crypto.subtle.digest("SHA-256", Buffer.from(bearer))));
}

function testConfig(): RouterConfig {
  return loadConfig(routerConfig, {
    ROUTER_PROFILE: "unused",
    ROUTER_SIGNER_KEY: keyOf("router"),
    ROUTER_OPERATOR: OPERATOR,
    ROUTER_ADMIN_TOKEN: "admin",
    ROUTER_EXPLORATION: "0",
  });
}

/** A real miner with a scripted engine, connected and known to the router. */
export async function startScriptedMiner(
  network: TestRouter | readonly TestRouter[],
  options: {
    readonly name: string;
    readonly script?: EngineScript;
    readonly prices?: typeof PRICES;
    /** Its own look at the chain's beacons; that of the router by default. */
    readonly readBeacon?: MinerChain["readBeacon"];
    /** What stands before its engine. Default: nothing. */
    readonly behind?: (engine: Engine) => Engine;
    /** Fetches what clients host. Default: nothing does. */
    readonly fetchDocuments?: FetchDocuments;
    /** Where it puts bodies for peers. Default: nowhere. */
    readonly bodyContent?: NonNullable<MinerParts["bodyContent"]>;
    /** Clients can seal to it: what it posts stands here, by prekey epoch. */
    readonly prekeys?: Map<number, Bytes32>;
    /** It was introduced by the test, which says what the chain knows of it. */
    readonly isIntroduced?: true;
  },
): Promise<{ readonly miner: Miner; readonly address: Address; stop(): Promise<void> }> {
  const routers = "router" in network ? [network] : network;
  const { name, script = {}, prices = PRICES, behind = (engine) => engine } = options;
  const address = options.isIntroduced === undefined ? introduce(routers, name) : addressOf(name);
  const outboxFolder = mkdtempSync(join(tmpdir(), "outbox-"));
  onTearDown(() => rmSync(outboxFolder, { recursive: true, force: true }));
  const signatures = createSignatureCounter(createMetrics());
  const miner = createMiner({
    config: {
      ...prices,
      routerUrls: routers.map(({ wireUrl }) => wireUrl),
      outboxFolder,
      queueMax: 16,
      owedMaxWei: 10n ** 30n,
      bondMinWei: 0n,
      bondSharePercent: 50,
      chainPollMs: 5_000,
      isForPool: true,
      drainMs: 100,
    },
    identity: identityOf(name, signatures),
    sealing: createSealingKey(new Secret(keyOf(`sealing of ${name}`))),
    signatures,
    engines: [behind(createScriptedEngine(script))],
    ...(options.fetchDocuments === undefined ? {} : { fetchDocuments: options.fetchDocuments }),
    ...(options.bodyContent === undefined ? {} : { bodyContent: options.bodyContent }),
    chain: {
      times: routers[0]?.chain.profile ?? PROFILE,
      home: homeOf(routers[0]?.chain.profile ?? PROFILE),
      ...(routers[0]?.chain.profile.isPrivate && ({ isPrivate: true } as const)),
      readBeacon: options.readBeacon ?? ((epoch) => routers[0]?.chain.readBeacon(epoch) ?? Promise.resolve(undefined)),
      readNode: (signer) => routers[0]?.chain.readNode(signer) ?? Promise.resolve(undefined),
      ...{ readBondWei: () => Promise.resolve(10n ** 40n), readCreditedWei: () => Promise.resolve(0n) },
    },
    ...(options.prekeys === undefined ? {} : { sealed: sealedParts(options.prekeys) }),
    nowSeconds: () => Math.floor(Date.now() / 1_000),
    clock: systemClock,
    log: silentLogger,
    metrics: createMetrics(),
    random: Math.random,
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= miner.stop();
    return stopped;
  };
  onTearDown(stop);
  miner.start();
  for (const router of routers) await (options.isIntroduced ? untilSeated : untilOffered)(router, address);
  return { miner, address, stop };
}

/** Prekeys by a chain of one map, a day each. */
function sealedParts(posted: Map<number, Bytes32>) {
  const { chainId, addresses } = PROFILE;
  return {
    chain: {
      chainId,
      registry: addresses.registry,
      times: PREKEY_TIMES,
      readHash: async (prekeyEpoch: number) => posted.get(prekeyEpoch),
      postHash: async (one: { readonly prekeyEpoch: number; readonly bundleHash: Bytes32 }) =>
        posted.set(one.prekeyEpoch, one.bundleHash),
    },
    randomBytes32: createRandomBytes32(),
  };
}

/** Registers a verified miner with stake behind its operator. */
export function introduce(
  routers: readonly TestRouter[],
  name: string,
  {
    stakeWei = 10n ** 30n,
    kernelClass = createScriptedEngine().describe().kernelClass,
  }: { readonly stakeWei?: bigint | undefined; readonly kernelClass?: Bytes32 | undefined } = {},
): Address {
  const address = addressOf(name);
  const owner = addressOf(`owner of ${name}`);
  for (const { chain } of routers) {
    chain.register(address, { owner, role: "miner", kernelClass });
    chain.setStake(owner, stakeWei);
    chain.roles.set(owner, "node").set(address, "node");
  }
  return address;
}

export function identityOf(name: string, signatures: SignatureCounter): Identity {
  return createIdentity({
    role: "miner",
    signingKey: new Secret(keyOf(name)),
    chainId: PROFILE.chainId,
    registry: PROFILE.addresses.registry,
    clock: systemClock,
    signatures,
  });
}

export async function untilOffered({ gateway }: Pick<TestRouter, "gateway">, address: Address): Promise<void> {
  const isIn = (one: NetworkView["miners"][number]): boolean =>
    one.address === address && one.models.length > 0 && one.verifiedUntil !== undefined;
  await until(() => gateway.network().miners.some(isIn));
}

/** It offers something, verified or not. */
export async function untilSeated({ gateway }: Pick<TestRouter, "gateway">, address: Address): Promise<void> {
  await until(() => gateway.network().miners.some((one) => one.address === address && one.models.length > 0));
}

/** Looks again and again, as fast as the event loop turns. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 2));
}

export const PARAMS: SamplingParams = {
  temperature: 0,
  topK: 40,
  topP: 1,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: {},
  stop: [],
  maxTokens: 512,
};

export function aRequest(
  { gateway }: Pick<TestRouter, "gateway">,
  text: string,
  params: Partial<SamplingParams> = {},
): InferenceRequest {
  const modelId = gateway.models()[0]?.modelId ?? keccak256(utf8ToBytes("no model"));
  return { modelId, prompt: { kind: "text", text }, params: { ...PARAMS, ...params } };
}

export type Answer = {
  readonly text: string;
  readonly ids: readonly number[];
  readonly events: readonly InferEvent[];
  readonly taskId: Bytes32;
  readonly done: Extract<InferEvent, { kind: "done" }> | undefined;
  readonly failed: Extract<InferEvent, { kind: "failed" }>["refusal"] | undefined;
};

/** Asks by the test key and reads the whole answer. */
export async function ask(
  router: Pick<TestRouter, "gateway">,
  request: InferenceRequest,
  options: {
    readonly signal?: AbortSignal;
    readonly onEvent?: (event: InferEvent) => void;
    readonly bearer?: string;
    readonly priority?: Priority;
  } = {},
): Promise<Answer> {
  const caller = await router.gateway.authenticate(options.bearer ?? API_KEY);
  if (caller === undefined) throw new Error("the test key is unknown");
  const signal = options.signal ?? new AbortController().signal;
  const events: InferEvent[] = [];
  const asked = { signal, ...(options.priority && { priority: options.priority }) };
  for await (const event of await router.gateway.infer(caller, request, asked)) {
    events.push(event);
    options.onEvent?.(event);
  }
  return toAnswer(events);
}

function toAnswer(events: readonly InferEvent[]): Answer {
  const texts = events.filter((event) => event.kind === "text");
  const started = events.find((event) => event.kind === "started");
  return {
    text: texts.map(({ text }) => text).join(""),
    ids: texts.flatMap(({ ids }) => ids),
    events,
    taskId: started?.taskId ?? "0x",
    done: events.find((event) => event.kind === "done"),
    failed: events.find((event) => event.kind === "failed")?.refusal,
  };
}

/** The receipt, once it is acknowledged. */
export async function receiptOf({ gateway }: Pick<TestRouter, "gateway">, taskId: Bytes32): Promise<ReceiptDocument> {
  let found: ReceiptDocument | undefined;
  await until(async () => {
    found = await gateway.findReceipt(taskId);
    return found !== undefined;
  });
  if (found === undefined) throw new Error("the receipt went away");
  return found;
}
