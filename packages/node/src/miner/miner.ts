import type { ContentNode } from "@cortensor/data";
import type { Engine } from "@cortensor/engine";
import { type Address, type Bytes32, registryDomain, type SegmentBody } from "@cortensor/protocol";
import { type Clock, type Logger, type Metrics, runLoop } from "@cortensor/runtime";
import { type Advertisement, type BatchNotice, connectLink, keepLink, type Link } from "@cortensor/wire";
import {
  BeaconBook,
  BodyPublisher,
  createBatchVerifier,
  createLeafBatcher,
  type Identity,
  type SealingKey,
  type SignatureCounter,
} from "../host/index.js";
import { Advertiser } from "./advertiser.js";
import { type BodyShelf, openBodyShelf } from "./bodyShelf.js";
import { CheckDesk } from "./checkDesk.js";
import type { MinerConfig } from "./config.js";
import { FETCHES_NOTHING, type FetchDocuments } from "./fetchDocuments.js";
import { type LifeParts, openLife } from "./life/openLife.js";
import { type EngineWork, meterBenches } from "./meterBenches.js";
import { createMinerMetrics, type MinerMetrics } from "./metrics.js";
import { authoriseRouters, type MinerChain } from "./minerChain.js";
import { openNoteBook } from "./noteBook.js";
import { setUpBenches } from "./offers.js";
import { OperatorWatch } from "./operatorWatch.js";
import { openOutbox } from "./outbox.js";
import { ProbeDesk } from "./probeDesk.js";
import { openSeatBook, type SeatAnswer } from "./queue/seatBook.js";
import type { SeatChain } from "./queue/seatChain.js";
import { SeatDesk } from "./queue/seatDesk.js";
import { showAnswer } from "./queue/showAnswer.js";
import { ReceiptDesk } from "./receiptDesk.js";
import { openSealing, type SealedParts } from "./sealed/openSealing.js";
import { showBody } from "./showBody.js";
import { type MinerStore, openStore } from "./store.js";
import { TaskDesk } from "./taskDesk.js";
import { TokenPacer } from "./tokenPacer.js";

/** Pause between two looks at what waits for its receipt. */
const HOUSEKEEPING_MS = 5_000;
/**
 * From a batch's first leaf to its signature. Nothing waits for a miner's batch but the router's trust, which lasts 5 s; a router
 * verifies one for each of its miners, and so stays within four secp256k1 operations a second with two of them.
 */
export const MINER_BATCH_DELAY_MS = 1_500;

/** Settings that are keys: they come as what can use them. */
type NodeKeys = "signerKey" | "sealingKey" | "operatorKey";

/** Settings of what fetches documents: it comes as a part. */
type HostedKeys =
  | "hostedHosts"
  | "allowsHostedLoopback"
  | "contentFolder"
  | "contentPeers"
  | "contentListen"
  | "publishesBodies";

export type MinerParts = {
  readonly config: Omit<
    MinerConfig,
    "profilePath" | NodeKeys | HostedKeys | "hasDuties" | "dutyClaimWei" | "metricsPort" | "metricsHost"
  >;
  readonly identity: Identity;
  /** What is sealed to the miner opens with this: its registered sealing key. */
  readonly sealing: SealingKey;
  readonly signatures: SignatureCounter;
  /** One per model. Stay the caller's: the miner doesn't close them. */
  readonly engines: readonly Engine[];
  readonly chain: MinerChain;
  /** By which it takes seats in the session queue, and with what entropy. Absent: it takes none. */
  readonly seats?: { readonly chain: SeatChain; readonly randomBytes32: () => Bytes32 };
  /** By which clients seal to it. Absent: they can't, and it gets open tasks alone. */
  readonly sealed?: SealedParts;
  /** Chain time: see `createEpochClock`. */
  readonly nowSeconds: () => number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Fetches what clients host of their prompts. Absent: such tasks are refused. */
  readonly fetchDocuments?: FetchDocuments;
  /** Where bodies of open tasks are put for peers. Absent: they are shown over links alone. */
  readonly bodyContent?: Pick<ContentNode, "put">;
  /** Without it somebody else keeps the node alive on chain, or nobody. */
  readonly life?: LifeParts;
};

export type Miner = {
  /** Connects to the routers, and again whenever a link is gone. */
  start(): void;
  /** Takes no more tasks, gives running ones `drainMs`, then closes. Results without a receipt stay in the outbox. */
  stop(): Promise<void>;
  advertisement(): Advertisement;
  /** Addresses of the routers connected now. */
  routers(): readonly Address[];
  /** Results without a receipt. */
  outboxSize(): number;
  /** What it keeps of a result that it made, by the result's struct hash. */
  findBody(resultHash: Bytes32): SegmentBody | undefined;
  /** Whether it can take tasks, and why not. */
  health(): { readonly live: boolean; readonly ready: boolean; readonly reasons: readonly string[] };
};

/** Sets a miner up and opens its outbox; nothing runs before `start`. Throws MINER_NO_ENGINE, MINER_SAME_MODEL_TWICE. */
export function createMiner(parts: MinerParts): Miner {
  const { config, identity, clock, log, random } = parts;
  const stopping = new AbortController();
  const linkStop = new AbortController();
  const links = new Map<Address, Link>();
  const room = assemble(parts, links, stopping.signal);
  const { read, advertiser, outbox, batcher, receipts, tasks, probes, checks, seats, watch, serve, authorise } = room;
  const loops: Promise<void>[] = [];

  const start = (): void => {
    room.life?.start();
    for (const url of config.routerUrls) {
      const connect = (signal: AbortSignal): Promise<Link> =>
        connectLink({ url, identity: identity.node, expectPeer: { role: "router" }, authorise, signal, clock, log });
      loops.push(keepLink({ connect, onLink: serve, signal: linkStop.signal, clock, random, log }));
    }
    loops.push(
      runLoop({
        name: "miner housekeeping",
        everyMs: HOUSEKEEPING_MS,
        clock,
        signal: linkStop.signal,
        work: () => receipts.keepHouse(links),
        onError: (error) => log.error("Housekeeping failed", {}, error),
      }),
      room.beacons.keep(linkStop.signal),
      ...(room.sealing === undefined ? [] : [room.sealing.keep(linkStop.signal)]),
      runLoop({
        name: "miner's look at the chain",
        everyMs: config.chainPollMs,
        clock,
        signal: linkStop.signal,
        work: async () => {
          await seats?.round();
          for (const operator of new Set([...links.values()].map(({ peer }) => peer.owner))) await watch.look(operator);
        },
        onError: (error) => log.warn("Bonds and credits could not be read", {}, error),
      }),
    );
  };

  const stop = async (): Promise<void> => {
    tasks.stop();
    const drained = new AbortController();
    const unprobed = Promise.all([probes.stop(), checks.stop()]);
    const late = clock.sleep(config.drainMs, drained.signal).catch(() => undefined);
    const outOfPool = Promise.race([room.life?.stop(), late]);
    stopping.abort();
    advertiser.tellAll();
    await Promise.race([tasks.idle(), late]);
    await outOfPool;
    drained.abort();
    await unprobed;
    batcher.flush();
    // A task that still runs loses its stream here, and keeps what was acknowledged.
    linkStop.abort();
    await Promise.all(loops);
    await tasks.idle();
    await seats?.stop();
    await Promise.all([batcher.close(), room.bodies.idle()]);
    await outbox.close();
  };

  return {
    start,
    stop,
    advertisement: read,
    routers: () => [...links.keys()],
    outboxSize: () => outbox.size,
    findBody: (resultHash) => room.bodies.findOwn(resultHash),
    health: () => healthOf({ isStopping: stopping.signal.aborted, isConnected: links.size > 0 }),
  };
}

function healthOf({ isStopping, isConnected }: { readonly isStopping: boolean; readonly isConnected: boolean }) {
  const reasons = [
    ...(isStopping ? ["The miner is stopping."] : []),
    ...(isConnected ? [] : ["No router is connected."]),
  ];
  return { live: true, ready: reasons.length === 0, reasons };
}

/** Makes the parts of a miner and joins them. */
function assemble(parts: MinerParts, links: Map<Address, Link>, stopping: AbortSignal) {
  const { config, identity, clock, log } = parts;
  const benches = setUpBenches({
    engines: parts.engines,
    prices: config,
    queueMax: config.queueMax,
    onChange: () => advertiser.changed(),
  });
  const read = (): Advertisement => readAdvertisement([...benches.values()], stopping.aborted);
  const advertiser = new Advertiser({ clock, read, links, signal: stopping });
  const store = openStore(config.outboxFolder);
  const outbox = openOutbox({ store, log });
  const notes = openNoteBook({ store, log });
  const bodies = openBodies(parts, { store, metrics: () => metrics });
  const metrics = createMinerMetrics(parts.metrics, {
    running: () => read().running,
    queued: () => read().queued,
    outbox: () => outbox.size,
    bodyBytes: () => bodies.bytes,
  });
  const benchesFor = (work: EngineWork) => meterBenches(benches, { work, metrics });
  const domain = registryDomain(identity.node);
  const { owedMaxWei, bondMinWei, bondSharePercent } = config;
  const onNotice = (peer: Address, notice: BatchNotice): void => links.get(peer)?.notify("batch", notice);
  const batching = { onNotice, delayMs: MINER_BATCH_DELAY_MS };
  const batcher = createLeafBatcher({ signer: identity.signer, domain, clock, log, ...batching });
  const verifier = createBatchVerifier({ domain, signatures: parts.signatures });
  const receipts = new ReceiptDesk({
    self: identity.node.address,
    outbox,
    notes,
    verifier,
    batcher,
    metrics,
    clock,
    log,
  });
  const watch = new OperatorWatch({ chain: parts.chain, self: identity.node.address });
  const seats = openSeats(parts, { store, metrics, receipts });
  const onMade = (answer: SeatAnswer): void => seats?.onMade(answer);
  const beacons = openBeacons(parts);
  const fetchDocuments = parts.fetchDocuments ?? FETCHES_NOTHING;
  const sealing = openSealing(parts, links);
  const tasks = new TaskDesk({
    self: identity.node.address,
    beacons,
    benches: benchesFor("answer"),
    tools: { outbox, bodies, batcher, pacer: new TokenPacer(clock), onMade, fetchDocuments, clock, log, metrics },
    seats,
    envelopes: sealing?.envelopes,
    nowSeconds: parts.nowSeconds,
    notes,
    limits: { owedMaxWei, bondMinWei, bondSharePercent, isPrivate: parts.chain.isPrivate === true },
    standingOf: (operator) => watch.of(operator),
  });
  const { sealing: opener, chain, nowSeconds } = parts;
  const probed = { identity, home: chain.home, sealing: opener, benches: benchesFor("probe"), nowSeconds };
  const probes = new ProbeDesk({ ...probed, clock, log, metrics });
  const checks = new CheckDesk({ beacons, benches: benchesFor("check"), clock, log, metrics });
  const desks = { tasks, probes, checks, receipts, bodies, seats };
  const serve = createServing({ links, ...desks, advertiser, sealing, outbox, metrics, log });
  const authorise = authoriseRouters(parts.chain, (operator) => watch.look(operator));
  const life = openLife(parts, { store, benches: [...benchesFor("networkTask").values()], metrics });
  const open = { tasks, probes, checks, seats, sealing, life };
  return { read, advertiser, outbox, bodies, batcher, receipts, watch, beacons, serve, authorise, ...open };
}

/** A body is on the shelf, as what is signed must be, before it is offered to peers, where there are any; nothing waits for that. */
function openBodies(
  { bodyContent: node, nowSeconds, clock, log }: MinerParts,
  of: { readonly store: MinerStore; readonly metrics: () => MinerMetrics },
): BodyShelf & { readonly idle: () => Promise<void> } {
  const shelf = openBodyShelf({ store: of.store, nowMs: () => clock.nowMs(), log });
  if (node === undefined) return Object.assign(shelf, { idle: () => Promise.resolve() });
  const onOutcome = (outcome: string): void => of.metrics().bodiesPut.add({ outcome });
  const publisher = new BodyPublisher({ node, owner: "miner", nowSeconds, onOutcome, log });
  const { put } = shelf;
  return Object.assign(shelf, {
    put: async (...[operator, body]: Parameters<BodyShelf["put"]>): Promise<void> => {
      await put(operator, body);
      publisher.offer(body);
    },
    idle: () => publisher.idle(),
  });
}

function openBeacons({ chain, nowSeconds, clock, log }: MinerParts): BeaconBook {
  const readBeacon = (epoch: number) => chain.readBeacon(epoch);
  return new BeaconBook({ times: chain.times, readBeacon, nowSeconds, clock, log });
}

function openSeats(
  { identity, seats, nowSeconds, clock, log }: MinerParts,
  of: { readonly store: MinerStore; readonly metrics: MinerMetrics; readonly receipts: ReceiptDesk },
): SeatDesk | undefined {
  if (seats === undefined) return undefined;
  const { store, metrics, receipts } = of;
  const book = openSeatBook({ store, log });
  const isPromised = (taskId: Bytes32): Promise<boolean> => receipts.isPromised(taskId);
  return new SeatDesk({ ...seats, self: identity.node.address, book, isPromised, nowSeconds, clock, metrics, log });
}

function readAdvertisement(
  benches: readonly {
    readonly offer: Advertisement["models"][number];
    readonly workload: Omit<Advertisement, "models">;
  }[],
  isStopping: boolean,
): Advertisement {
  const sum = (read: (workload: Omit<Advertisement, "models">) => number): number =>
    benches.reduce((total, { workload }) => total + read(workload), 0);
  return {
    models: benches.map(({ offer }) => offer),
    capacity: isStopping ? 0 : sum(({ capacity }) => capacity),
    running: sum(({ running }) => running),
    queued: sum(({ queued }) => queued),
  };
}

type Serving = {
  readonly links: Map<Address, Link>;
  readonly tasks: TaskDesk;
  readonly probes: ProbeDesk;
  readonly checks: CheckDesk;
  readonly receipts: ReceiptDesk;
  readonly bodies: BodyShelf;
  readonly seats: SeatDesk | undefined;
  readonly advertiser: Advertiser;
  readonly sealing: ReturnType<typeof openSealing>;
  readonly outbox: ReturnType<typeof openOutbox>;
  readonly metrics: ReturnType<typeof createMinerMetrics>;
  readonly log: Logger;
};

/** What happens on a link from its first turn to its last. */
function createServing(parts: Serving): (link: Link) => void {
  const { links, tasks, probes, checks, receipts, bodies, seats, advertiser, sealing, outbox, metrics, log } = parts;
  return (link) => {
    const { peer } = link;
    const own = (what: string, work: Promise<void>): void => {
      work.catch((error: unknown) => log.error(what, { router: peer.address }, error));
    };
    link.onStream((stream, first) => {
      if (first.kind === "probe") probes.onStream(stream, first, peer);
      else if (first.kind === "check") checks.onStream(stream, first, peer);
      else if (first.kind === "showBody") showBody(stream, first, { router: peer, bodies, metrics });
      else if (first.kind === "showAnswer") showAnswer(stream, first, { router: peer, seats });
      else tasks.onStream(stream, first, peer);
    });
    link.onNotice("batch", (notice) => {
      receipts.onBatch(notice, peer);
      seats?.onSigned();
    });
    link.onNotice("receipts", (notice) => own("Receipts could not be kept", receipts.onReceipts(notice, peer)));
    link.onNotice("receipt", (notice) => own("Receipt could not be kept", receipts.onReceipt(notice, peer)));
    link.onNotice("note", (notice) => own("Credit note could not be kept", receipts.onNote(notice, peer)));
    link.onNotice("unpaid", (notice) => own("Refusal could not be kept", receipts.onUnpaid(notice, peer)));
    link.onNotice("queued", (notice) => {
      if (seats !== undefined) own("A seat could not be kept", seats.onQueued(notice, peer));
    });
    links.set(peer.address, link);
    metrics.links.set({}, links.size);
    log.info("Router connected", { router: peer.address, operator: peer.owner });
    advertiser.tell(link);
    sealing?.tell(link);
    own("Results could not be offered again", receipts.reoffer(link, outbox.entries()));
    void link.closed.then(() => {
      if (links.get(peer.address) === link) links.delete(peer.address);
      metrics.links.set({}, links.size);
    });
  };
}
