import type { GuardGateway } from "@cortensor/api";
import {
  ATTESTATION_KINDS,
  type AttestationKind,
  beaconWithoutGuards,
  epochStart,
  type GuardSet,
  guardsDomain,
  leaderOfSlot,
  leaderOrder,
  leaderSlotAt,
  recordEpochAt,
  type UnixSeconds,
} from "@cortensor/protocol";
import { type Clock, type Logger, type Metrics, runLoop } from "@cortensor/runtime";
import { type NodeSigner, openRecordStore, type RecordStore, type SetContent } from "../host/index.js";
import { type AskPeer, createAskPeer } from "./askPeer.js";
import { attestEpoch } from "./attestEpoch.js";
import { BlockMaker } from "./blockMaker.js";
import { openBlockShelf } from "./blockShelf.js";
import type { GuardConfig } from "./config.js";
import { CutOffs } from "./cutOffs.js";
import { DeadlineDesk } from "./deadlineDesk.js";
import { DrandDesk } from "./drandDesk.js";
import { createFetchRound, type FetchRound } from "./drandRelays.js";
import { createDutyBooks } from "./dutyBooks.js";
import { DutyPayShelf } from "./dutyPayShelf.js";
import { EpochLedger } from "./epochLedger.js";
import { EpochReader } from "./epochReader.js";
import { EquivocationDesk } from "./equivocationDesk.js";
import { createFetchSet, type FetchSet } from "./fetchSet.js";
import { gather } from "./gather.js";
import type { GuardChain } from "./guardChain.js";
import { keepBeacon } from "./keepBeacon.js";
import { keepGuardSet } from "./keepGuardSet.js";
import { keepHomeSet } from "./keepHomeSet.js";
import { leadEpoch } from "./leadEpoch.js";
import { createGuardMetrics, type GuardMetrics } from "./metrics.js";
import { PeerRounds } from "./peerRounds.js";
import { PostedEpochs } from "./postedEpochs.js";
import { createReadDutyPay } from "./readDutyPay.js";
import { rememberSettled } from "./rememberSettled.js";
import type { ReadFindings } from "./reputationFold.js";
import { type RestUntil, restOfBlocks, restOfRecords, restOfRoots } from "./restUntil.js";
import { openSecretBook } from "./secretBook.js";
import { SeenSignatures } from "./seenSignatures.js";
import { openSignatureBook } from "./signatureBook.js";
import { createAskRoots } from "./sources/askRoots.js";
import type { RootSource } from "./sources/index.js";
import { openSourceBook } from "./sources/sourceBook.js";
import { SourceDesk } from "./sources/sourceDesk.js";
import { WorkWatch } from "./workWatch.js";

/** Share by which pauses are shortened, so that guards don't march in step. */
const JITTER = 0.2;

export type GuardParts = {
  readonly config: Pick<
    GuardConfig,
    "storeFolder" | "setsFolder" | "finalityBlocks" | "pollMs" | "drandUrls" | "peerTimeoutMs"
  >;
  /** The registered key; the chain's calls are sent with the same. */
  readonly signer: NodeSigner;
  readonly chain: GuardChain;
  /** Chain time: see `createEpochClock`. */
  readonly nowSeconds: () => UnixSeconds;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly randomBytes32: () => `0x${string}`;
  /** How others are asked. Default: over HTTP. */
  readonly askPeer?: AskPeer;
  /** What checks found of miners' results. Default: what duties did. */
  readonly readFindings?: ReadFindings;
  /** How sets are found. Default: in the folder, then of routers. */
  readonly fetchSet?: FetchSet;
  /** Where sets are looked for among peers, and kept for them. */
  readonly content?: SetContent;
  /** How rounds of drand are found. Default: of the relays. */
  readonly fetchRound?: FetchRound;
  /** What it signs of other chains. */
  readonly sources?: readonly RootSource[];
};

export type Guard = {
  /** Looks again and again, until `stop`. */
  start(): void;
  /** Does once all that the chain's time asks for. What fails is logged, and tried again by the next look. */
  look(): Promise<void>;
  /** Ends the look under way and closes the store. */
  stop(): Promise<void>;
  readonly gateway: GuardGateway;
};

/** Sets a guard up and opens its store; nothing runs before `start` or `look`. */
export function createGuard(parts: GuardParts): Guard {
  const { config, clock, log, random } = parts;
  const stopping = new AbortController();
  const room = assemble(parts, stopping.signal);
  const duties = createDuties(room);
  let running: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const time = parts.nowSeconds();
    for (const [what, work] of duties(time)) {
      if (stopping.signal.aborted) return;
      if (time < (room.resting.get(what) ?? 0)) continue;
      await work().then(
        (until) => {
          room.health.failing.delete(what);
          if (typeof until === "number") room.resting.set(what, until);
        },
        (error: unknown) => {
          room.health.failing.add(what);
          if (!stopping.signal.aborted) log.warn("A guard's duty waits for the next look", { duty: what }, error);
        },
      );
    }
  };
  return {
    look,
    start: () => {
      running ??= runLoop({
        name: "guard",
        everyMs: config.pollMs,
        jitter: JITTER,
        random,
        clock,
        signal: stopping.signal,
        work: look,
        onError: (error) => log.error("A guard's look failed", {}, error),
      });
    },
    stop: async () => {
      stopping.abort();
      room.reader.stop();
      await running;
      await room.blocks.stopped();
      await room.store.close();
    },
    gateway: createGateway(parts, room),
  };
}

type Room = ReturnType<typeof assemble>;

/** Everything that a guard is made of. */
function assemble(parts: GuardParts, signal: AbortSignal) {
  const { config, signer, clock, log, randomBytes32 } = parts;
  const chain = rememberSettled(parts.chain, parts.nowSeconds);
  const { chainId, guards } = chain;
  const self = signer.address;
  const domain = guardsDomain({ chainId, guards });
  const metrics = createGuardMetrics(parts.metrics);
  const store = openRecordStore(config.storeFolder);
  const folder = config.setsFolder === undefined ? {} : { folder: config.setsFolder };
  const shared = parts.content === undefined ? {} : { content: parts.content };
  const fetchSet = parts.fetchSet ?? createFetchSet({ chain, ...folder, ...shared });
  const cutOffs = new CutOffs(chain);
  const { finalityBlocks } = config;
  const posted = new PostedEpochs(chain);
  const { readFindings } = parts;
  const { board: duties, readReputation } = createDutyBooks({
    ...{ chain, cutOffs, posted, fetchSet },
    ...(readFindings === undefined ? {} : { readFindings }),
  });
  const readDutyPay = createReadDutyPay({ chain, cutOffs, board: duties });
  const dutyPay = new DutyPayShelf();
  const equivocations = new EquivocationDesk({ chain, metrics, log });
  const shelf = openBlockShelf(store, `${chainId}.${guards}`);
  return {
    ...{ self, chain, domain, metrics, store, cutOffs, shelf, dutyPay, log, signer, finalityBlocks },
    book: openSignatureBook({ store, guard: self, domain }),
    secrets: openSecretBook({ store, guard: self, chainId, guards, randomBytes32 }),
    reader: new EpochReader({ chain, posted, cutOffs, fetchSet, readReputation, readDutyPay, dutyPay, clock, log }),
    seen: new SeenSignatures(domain),
    done: { commits: new Set<number>(), reveals: new Set<number>() },
    rounds: new PeerRounds(),
    works: new WorkWatch({ chain, cutOffs, fetchSet, self, metrics, clock, log, signal }),
    ledger: new EpochLedger({ chain, times: chain.times, metrics }),
    equivocations,
    sources: createSourceDesks(parts, { chain, metrics, store, signal, equivocations }),
    drand: createDrandDesk(parts, { chain, metrics, signal }),
    deadlines: new DeadlineDesk({ chain: chain.nodes, guard: self, metrics, log }),
    blocks: new BlockMaker({ chain, cutOffs, duties, fetchSet, shelf, finalityBlocks, metrics, clock, log, signal }),
    askPeer: parts.askPeer ?? createAskPeer({ timeoutMs: config.peerTimeoutMs, signal }),
    health: { failing: new Set<string>(), isMember: false, epoch: -1 },
    /** Chain time until which a duty has nothing to do. */
    resting: new Map<string, UnixSeconds>(),
  };
}

function createSourceDesks(
  { sources = [], config, signer, log }: GuardParts,
  of: {
    readonly chain: GuardChain;
    readonly metrics: GuardMetrics;
    readonly store: RecordStore;
    readonly signal: AbortSignal;
    readonly equivocations: EquivocationDesk;
  },
): readonly SourceDesk[] {
  const { chain, metrics, store, signal, equivocations } = of;
  const book = openSourceBook({ store, guard: signer.address });
  const askRoots = createAskRoots({ timeoutMs: config.peerTimeoutMs, signal });
  const onOffence = equivocations.take.bind(equivocations);
  return sources.map((source) => new SourceDesk({ source, chain, signer, book, askRoots, onOffence, metrics, log }));
}

/** Undefined for a guard without relays: others post what is due. */
function createDrandDesk(
  { config, signer, clock, log, ...parts }: GuardParts,
  {
    chain,
    metrics,
    signal,
  }: { readonly chain: GuardChain; readonly metrics: GuardMetrics; readonly signal: AbortSignal },
): DrandDesk | undefined {
  const { drandUrls: urls = [], peerTimeoutMs: timeoutMs } = config;
  if (urls.length === 0 && parts.fetchRound === undefined) return undefined;
  const fetchRound = parts.fetchRound ?? createFetchRound({ urls, timeoutMs });
  return new DrandDesk({ chain, self: signer.address, fetchRound, metrics, clock, log, signal });
}

/** May say until when there is nothing to do. */
type Duty = readonly [name: string, work: () => Promise<unknown>];

/** What one look does, in order: each part fails by itself. */
function createDuties(room: Room): (time: UnixSeconds) => readonly Duty[] {
  const { chain, metrics, health } = room;
  const { times } = chain;
  return (time) => {
    const epoch = Math.max(0, Math.floor((time - times.t0) / times.epochSeconds));
    const records = recordEpochAt(times, time);
    health.epoch = epoch;
    metrics.epoch.set({}, epoch);
    const restOfFixed = async (): Promise<RestUntil> =>
      restOfRecords(times, { time, isDone: await chain.readIsFixed(records) });
    return [
      ["guard set", () => keepGuardSet(records, chain).then(restOfFixed)],
      ["home's guard set", () => keepHomeSet(records, room).then(() => epochStart(times, epoch + 1))],
      ["beacon", () => keepBeacon(time, { ...room }).then(restOfFixed)],
      ...drandDuty(room, time),
      ["work records", () => room.works.look(time)],
      ["roots", () => attendEpoch(epoch - 1, time, room)],
      ["membership", () => lookForSelf({ epoch, records }, room)],
      ...room.sources.map((desk): Duty => [desk.name, () => desk.look()]),
      ["equivocations", () => room.equivocations.post()],
      [
        "virtual blocks",
        () => room.blocks.make().then(() => restOfBlocks(times, { epoch, madeEpoch: room.shelf.last()?.epoch })),
      ],
      ["deadlines", () => room.deadlines.enforce(time)],
    ];
  };
}

function drandDuty({ drand }: Room, time: UnixSeconds): readonly Duty[] {
  return drand === undefined ? [] : [["drand", () => drand.look(time)]];
}

async function lookForSelf(
  { epoch, records }: { readonly epoch: number; readonly records: number },
  room: Room,
): Promise<RestUntil> {
  const { chain, health } = room;
  health.isMember = isMember(await chain.readGuardSet(epoch), room);
  const isFinal = epoch < records || (await chain.readIsFixed(epoch));
  return isFinal ? epochStart(chain.times, epoch + 1) : undefined;
}

function isMember({ members }: GuardSet, { self }: Room): boolean {
  return members.some(({ guard }) => guard === self);
}

/** An epoch that is over: signs it, asks others, and posts when it is this guard's turn. */
async function attendEpoch(epoch: number, time: UnixSeconds, room: Room): Promise<RestUntil> {
  const { chain, ledger, seen, rounds } = room;
  const slot = epoch < 0 ? undefined : leaderSlotAt(chain.times, epoch, time);
  await ledger.closeBelow(slot === undefined ? epoch + 1 : epoch, time);
  const nothing = { epoch, slot: undefined, isDone: false, nextRound: undefined };
  if (slot === undefined) return restOfRoots(chain.times, nothing);
  const set = await chain.readGuardSet(epoch);
  if (!isMember(set, room)) return restOfRoots(chain.times, nothing);
  seen.keepUpTo(epoch);
  const posted = await ledger.look(epoch, time);
  const isDone = () => posted.size === ATTESTATION_KINDS.length;
  const kinds = ATTESTATION_KINDS;
  const rest = () =>
    restOfRoots(chain.times, { epoch, slot, isDone: isDone(), nextRound: rounds.nextAfter({ epoch, slot, kinds }) });
  if (isDone() && rounds.due({ epoch, slot, kinds, led: [] }).length === 0) return rest();
  const frozen = await chain.readFrozen(set.members.map(({ guard }) => guard));
  ledger.refused(epoch, await attestEpoch({ epoch, set, frozen, posted, time }, room));
  const beacon = (await chain.readBeacon(epoch)) ?? beaconWithoutGuards(chain.chainId, epoch);
  const isLeader = leaderOfSlot(leaderOrder(set, beacon), slot) === room.self;
  const led = isLeader ? kinds.filter((kind) => !posted.has(kind)) : [];
  await askOthers({ set, slot, led }, room);
  await leadEpoch({ set, frozen, kinds: led }, room);
  if (led.length > 0) await ledger.look(epoch, time);
  return rest();
}

async function askOthers(
  at: { readonly set: GuardSet; readonly slot: number; readonly led: readonly AttestationKind[] },
  room: Room,
): Promise<void> {
  const { set, slot, led } = at;
  const kinds = room.rounds.due({ epoch: set.epoch, slot, kinds: ATTESTATION_KINDS, led });
  if (kinds.length === 0) return;
  const onEquivocation = room.equivocations.take.bind(room.equivocations);
  const whole = await gather({ set, subjectChainId: room.chain.chainId, kinds }, { ...room, onEquivocation });
  room.rounds.asked({ slot, kinds, whole });
}

function createGateway(
  { chain }: GuardParts,
  { seen, book, shelf, dutyPay, health, self, sources }: Room,
): GuardGateway {
  return {
    guard: self,
    findAttestations: (key) => {
      if (key.subjectChainId !== chain.chainId) return [];
      const shown = seen.of(key);
      const own = book.find(key);
      const isKnown = own === undefined || shown.some(({ guard }) => guard === self);
      const all = isKnown ? shown : [...shown, { ...own, guard: self }];
      return all.map(({ guard, attestation, signature }) => ({ guard, root: attestation.root, signature }));
    },
    findRoots: ({ source, epoch }) => sources.find(({ name }) => name === source)?.shown(epoch),
    findVirtualBlock: (epoch) => shelf.find(epoch),
    findDutyPay: (validator) => dutyPay.proofsOf(validator),
    health: () => {
      const reasons = [...health.failing].map((duty) => `The last look failed at: ${duty}.`);
      const absent = health.isMember ? [] : [`It is in no guard set of epoch ${health.epoch}.`];
      return { live: true, ready: reasons.length + absent.length === 0, reasons: [...reasons, ...absent] };
    },
  };
}
