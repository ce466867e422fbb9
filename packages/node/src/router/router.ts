import { setMaxListeners } from "node:events";
import { type Clock, createMetrics, runLoop } from "@cortensor/runtime";
import type { LinkAcceptor } from "@cortensor/wire";
import {
  type BatchVerifier,
  createBatchVerifier,
  createEpochClock,
  createSignatureCounter,
  type SignatureCounter,
} from "../host/index.js";
import { Authenticator } from "./authenticate.js";
import { authoriseMiners } from "./authoriseMiners.js";
import { ChallengeWatch } from "./challengeWatch.js";
import { ClaimWatch } from "./claimWatch.js";
import { batchDomain, createCore } from "./createCore.js";
import { createGateway, moneyDomain } from "./createGateway.js";
import { CreditDesk } from "./creditDesk.js";
import { dropOutsiders } from "./dropOutsiders.js";
import { createDataEmbed } from "./files/dataEmbed.js";
import { IndexWork } from "./files/indexWork.js";
import { SessionMirror } from "./mirrorSessions.js";
import { NetworkObserver } from "./networkView.js";
import { QueueDesk } from "./queue/queueDesk.js";
import { ReofferDesk } from "./reoffer.js";
import { ReservationDesk } from "./reservationDesk.js";
import { type RouterCore, StartedTime } from "./routerCore.js";
import type { Router, RouterParts } from "./routerParts.js";
import { refreshLevel, refreshLives, seatMiners } from "./seatMiners.js";
import { Settler } from "./settle.js";
import { NO_SINKS, SinkDesk } from "./sinks/sinkDesk.js";
import { SINKS_POLL_MS } from "./sinks/sinkLimits.js";
import { StakeBook } from "./stakeBook.js";
import { VerifiedMiners } from "./verifiedMiners.js";
import { MinerVerifier } from "./verifyMiners.js";
import { WorkPoster } from "./workPoster.js";

/** Pause between two looks at what is overdue: far below every time-out; a pass over 25,000 tasks takes a millisecond. */
const SWEEP_MS = 100;
/** Pause between two looks at slow figures: stakes, totals. */
const REFRESH_MS = 5_000;
/** Loops, and other work, that one signal ends: Node takes more than ten for a leak. */
const LOOPS_MAX = 64;
/** Pause between two looks for files that have expired: nobody sees them meanwhile. */
const SWEEP_FILES_MS = 60_000;
/** Pause between two notes of what began and ended. */
const NOTE_MS = 1_000;
/** Running tasks may take this long to end when the router stops; then they are given up. Below a supervisor's usual 10 s. */
const DRAIN_MS = 4_000;
/** The last receipts may take this long to reach the database after that. */
const DRAIN_RECEIPTS_MS = 2_000;
/** And the last records theirs: what isn't appended by then is when the router is back. */
const DRAIN_SINKS_MS = 2_000;

/** Puts a router together. Nothing runs before `start`. */
export function createRouter(parts: RouterParts): Router {
  const time = new StartedTime();
  const sinks = createSinks(parts);
  const core = createCore(parts, { time, sinks: sinks ?? NO_SINKS });
  const stopping = new AbortController();
  // Each loop listens to it.
  setMaxListeners(LOOPS_MAX, stopping.signal);
  const jobs = createJobs(parts, { core, sinks, signal: stopping.signal });
  const loops: Promise<void>[] = [];
  let links: LinkAcceptor | undefined;
  const readiness = () => toReadiness(core, { isStarted: links !== undefined, isChainDown: jobs.mirror.isChainDown });
  const health = () => {
    const { isReady, reasons } = readiness();
    return { live: true, ready: isReady, reasons };
  };

  const start = async (): Promise<void> => {
    const { chain, clock, log } = parts;
    const { signal } = stopping;
    await core.sessions.load();
    await sinks?.start();
    const readChainSeconds = async () => (await chain.readHead()).timestamp;
    const beforeMove = (seconds: number) => core.beacons.look(seconds);
    const of = { profile: chain.profile, readChainSeconds, beforeMove };
    const epochs = await createEpochClock({ ...of, clock, log, signal });
    time.begin(epochs);
    loops.push(epochs.stopped, core.beacons.keep(signal));
    await jobs.mirror.round();
    await jobs.observer.refresh();
    await core.rates.refresh();
    await jobs.minerVerifier.round();
    loops.push(...startLoops(parts, { core, jobs, signal }));
    const { board, notes, hub, metrics } = core;
    const nowMs = (): number => clock.nowMs();
    const onLink = seatMiners({ ...jobs, board, chain, notes, hub, metrics, nowMs, log });
    links = parts.links({ authorise: authoriseMiners({ chain, members: core.members, log }), onLink });
    log.info("Router started", { address: parts.signer.address, operator: core.operator });
  };

  const stop = async (): Promise<void> => {
    core.tasks.isStopping = true;
    await jobs.queue?.stop();
    await within(parts.clock, { ms: DRAIN_MS, work: core.tasks.empty() });
    core.tasks.giveUpAll("shutting_down", "The router is stopping.");
    await core.batcher.close();
    const late = new AbortController();
    await within(parts.clock, { ms: DRAIN_RECEIPTS_MS, work: core.desk.drain(late.signal) });
    late.abort();
    await core.desk.drain(late.signal);
    if (sinks !== undefined) await within(parts.clock, { ms: DRAIN_SINKS_MS, work: sinks.stop() });
    stopping.abort(new Error("The router is stopping."));
    await links?.close("shutdown");
    await Promise.all([...loops, jobs.reoffers.idle(), jobs.minerVerifier.stop()]);
    await core.work.drain().catch((error: unknown) => {
      parts.log.warn("The last tasks could not be noted", {}, error);
    });
    await core.proofs.drain().catch((error: unknown) => {
      parts.log.warn("The last signatures of miners could not be kept", {}, error);
    });
    await jobs.credits.keep().catch((error: unknown) => {
      parts.log.warn("The last service figures could not be kept", {}, error);
    });
  };

  const gateway = createGateway(parts, { core, ...jobs, health });
  return { gateway, start, stop, readiness };
}

type Jobs = {
  readonly authenticator: Authenticator;
  readonly mirror: SessionMirror;
  readonly settler: Settler;
  readonly reoffers: ReofferDesk;
  readonly queue: QueueDesk | undefined;
  readonly sinks: SinkDesk | undefined;
  readonly files: IndexWork | undefined;
  readonly claims: ClaimWatch;
  readonly challenges: ChallengeWatch;
  readonly credits: CreditDesk;
  readonly work: WorkPoster;
  readonly observer: NetworkObserver;
  readonly verifier: BatchVerifier;
  readonly stakes: StakeBook;
  readonly verified: VerifiedMiners;
  readonly minerVerifier: MinerVerifier;
  /** What is offered here, or at which price, has changed. */
  readonly onOffers: () => void;
  readonly signatures: SignatureCounter;
};

/** What a router does beside serving tasks. */
function createJobs(
  parts: RouterParts,
  { core, sinks, signal }: { core: RouterCore; sinks: SinkDesk | undefined; signal: AbortSignal },
): Jobs {
  const { books, chain, clock, log, config, spenders, publishSet } = parts;
  const { operator, sessions, metrics, time, tasks, desk, board, hub } = core;
  const nowMs = (): number => clock.nowMs();
  const authenticator = new Authenticator({ books, nowMs });
  const signatures = parts.signatures ?? createSignatureCounter(createMetrics());
  const verifier = createBatchVerifier({ domain: batchDomain(parts), signatures });
  const mirror = new SessionMirror({
    chain,
    sessions,
    books,
    operator,
    spenders: spenders.map(({ address }) => address),
    time,
    chunkWei: config.chunkWei,
    cards: () => board.cards.filter(({ miners }) => miners > 0),
    onChanged: (account) => authenticator.forgetAccount(account),
    log,
  });
  const settler = new Settler({
    chain,
    books,
    sessions,
    operator,
    domain: moneyDomain(parts),
    spenders,
    time,
    receiptsMin: config.settleReceiptsMin,
    ageMs: config.settleAgeMs,
    finalityBlocks: config.finalityBlocks,
    clock,
    log,
    metrics,
    publishSet,
    onSettled: (settled) => hub.emit({ kind: "settled", ...settled, atMs: nowMs() }),
  });
  const routerOwner = async (address: `0x${string}`) => {
    const node = await chain.readNode(address);
    return node?.roles.includes("router") ? node.owner : undefined;
  };
  const self = parts.signer.address;
  const shared = { operator, self, books, sessions, tasks, desk, verifier, time, clock, log, metrics };
  const claims = new ClaimWatch({ operator, chain, books, batcher: core.batcher, time, metrics, log });
  const challenges = new ChallengeWatch({ chain, books, metrics, log });
  const queue = createQueueDesk(parts, core);
  const reoffers = new ReofferDesk({ ...shared, claims, queue, routerOwner, signal });
  const [spender] = spenders;
  const identity = { address: self, operator, ...(spender === undefined ? {} : { spendingKey: spender.address }) };
  const rate = () => core.rates.view();
  const isVerifier = () => minerVerifier.isVerifier;
  const observer = new NetworkObserver({ ...identity, version: parts.version, board, books, rate, isVerifier, nowMs });
  const { refundsMaxWei, finalityBlocks } = config;
  const credits = new CreditDesk({
    ...{ books, chain, sessions, service: core.service, time, refundsMaxWei, finalityBlocks, metrics, log },
    meter: parts.randomBytes32(),
  });
  const onOffers = (): void => {
    mirror.reprice().catch((error: unknown) => log.warn("New prices could not be booked", {}, error));
  };
  const verified = new VerifiedMiners({ board, chain, log, onOffers });
  const stakes = new StakeBook({ chain, log, onKnown: (seat) => verified.recall(seat) });
  const minerVerifier = createMinerVerifier(parts, { core, verified, signatures });
  const work = new WorkPoster({ chain, books, time, finalityBlocks, metrics, log, publishSet });
  const jobs = { authenticator, mirror, settler, reoffers, queue, sinks, claims, challenges, credits, work, observer };
  const files = createIndexWork(parts, { core, signal });
  return { ...jobs, files, verifier, signatures, stakes, verified, minerVerifier, onOffers };
}

function createIndexWork(
  { data, books, log }: RouterParts,
  { core, signal }: { readonly core: RouterCore; readonly signal: AbortSignal },
): IndexWork | undefined {
  if (data === undefined) return undefined;
  data.connect(createDataEmbed(core, { books }));
  return new IndexWork({ desk: data.desk, signal, log });
}

function createQueueDesk(
  { queueChain: chain, requests: content }: RouterParts,
  core: RouterCore,
): QueueDesk | undefined {
  return chain === undefined ? undefined : new QueueDesk({ core, chain, content });
}

function createSinks({ sinks, signer, books, clock, random, log }: RouterParts): SinkDesk | undefined {
  if (sinks === undefined) return undefined;
  return new SinkDesk({ sinks, holder: signer.address, books, clock, random, log });
}

function createMinerVerifier(
  { config, signer, chain, clock, log, random, randomBytes32 }: RouterParts,
  parts: {
    readonly core: RouterCore;
    readonly verified: VerifiedMiners;
    readonly signatures: SignatureCounter;
  },
): MinerVerifier {
  const { operator, board, time, metrics } = parts.core;
  const { verified, signatures } = parts;
  const isVerificationRequired = config.requireVerified;
  const asked = { isVerificationRequired, signer, operator, chain, board, verified, signatures };
  return new MinerVerifier({ ...asked, time, clock, random, randomBytes32, metrics, log });
}

function startLoops(
  parts: RouterParts,
  { core, jobs, signal }: { readonly core: RouterCore; readonly jobs: Jobs; readonly signal: AbortSignal },
): readonly Promise<void>[] {
  const { chain, clock, log, config } = parts;
  const reservations = new ReservationDesk({ board: core.board, chain, log });
  setMaxListeners(LOOPS_MAX, signal);
  const loop = (name: string, everyMs: number, work: () => Promise<void> | void): Promise<void> =>
    runLoop({
      name,
      everyMs,
      clock,
      signal,
      work,
      onError: (error) => log.warn("A round failed", { loop: name }, error),
    });
  const sweep = (): void => {
    const nowMs = clock.nowMs();
    core.tasks.sweep(nowMs);
    for (const seat of core.board.seats) if (!seat.results.isInTime(nowMs)) seat.isProved = false;
    jobs.verified.sweep(core.time.chainSeconds());
    core.waiting.sweep(nowMs);
  };
  const refresh = async (): Promise<void> => {
    await jobs.observer.refresh();
    for (const seat of core.board.seats) {
      await jobs.stakes.read(seat);
      await refreshLevel(parts, seat);
    }
    await refreshLives(parts, [...core.board.seats]);
    core.notes.round();
  };
  return [
    loop("sweep", SWEEP_MS, sweep),
    loop("session mirror", config.chainPollMs, () => jobs.mirror.round()),
    loop("rate", config.chainPollMs, () => core.rates.refresh()),
    loop("settlement", config.chainPollMs, () => jobs.settler.round()),
    loop("work notes", NOTE_MS, () => core.work.round()),
    loop("miners' signatures", NOTE_MS, () => core.proofs.round()),
    loop("work record", config.chainPollMs, () => jobs.work.round()),
    loop("session credits", config.chainPollMs, () => jobs.credits.round()),
    loop("verification", config.chainPollMs, () => jobs.minerVerifier.round()),
    loop("claim watch", config.chainPollMs, () => jobs.claims.round()),
    loop("session queue", config.chainPollMs, () => jobs.queue?.round()),
    loop("reservations", config.chainPollMs, () => reservations.round()),
    loop("sinks", SINKS_POLL_MS, () => jobs.sinks?.round()),
    loop("challenge watch", config.chainPollMs, () => jobs.challenges.round()),
    loop("refresh", REFRESH_MS, refresh),
    loop("outsiders", REFRESH_MS, () => dropOutsiders({ ...core, log })),
    loop("files", REFRESH_MS, () => jobs.files?.wake()),
    loop("expired files", SWEEP_FILES_MS, () => parts.data?.desk.sweep()),
  ];
}

function toReadiness(
  { tasks, desk, board }: RouterCore,
  { isStarted, isChainDown }: { readonly isStarted: boolean; readonly isChainDown: boolean },
): { readonly isReady: boolean; readonly reasons: readonly string[] } {
  const reasons: string[] = [];
  if (!isStarted) reasons.push("The router is starting.");
  if (tasks.isStopping) reasons.push("The router is stopping.");
  if (desk.isStoreDown) reasons.push("The database doesn't take receipts.");
  if (isChainDown) reasons.push("The chain can't be read.");
  if (board.cards.length === 0) reasons.push("No miner is connected.");
  else if (board.cards.every(({ miners }) => miners === 0)) reasons.push("No connected miner is verified.");
  return { isReady: reasons.length === 0, reasons };
}

/** Waits for work, but not longer than this. The work goes on. */
async function within(
  clock: Clock,
  { ms, work }: { readonly ms: number; readonly work: Promise<void> },
): Promise<void> {
  const done = new AbortController();
  const late = clock.sleep(ms, done.signal).catch(() => undefined);
  await Promise.race([work, late]);
  done.abort();
}
