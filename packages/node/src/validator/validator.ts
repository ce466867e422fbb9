import type { CaseDesk } from "@cortensor/api";
import {
  type Bytes32,
  dutyTimes,
  epochStart,
  guardsDomain,
  recordEpochAt,
  registryDomain,
  type UnixSeconds,
} from "@cortensor/protocol";
import { type Clock, type Logger, type Metrics, runLoop } from "@cortensor/runtime";
import { type NodeSigner, openRecordStore } from "../host/index.js";
import { Accusations } from "./accusations.js";
import { type CheckTask, type CheckTaskParts, createCheckTask } from "./checkTask.js";
import { claimPay } from "./claimPay.js";
import { openDutyBook } from "./dutyBook.js";
import type { DutySource } from "./dutySource.js";
import { createFetchDutyEvidence, type FetchDutyEvidence } from "./fetchDutyEvidence.js";
import { commitSecret, showEpoch } from "./keepSecrets.js";
import { meterChecker } from "./meterChecker.js";
import { createValidatorMetrics } from "./metrics.js";
import type { Openings } from "./openings/index.js";
import type { ValidatorChain } from "./validatorChain.js";
import { workEpoch } from "./workEpoch.js";

/** Share by which pauses are shortened, so that validators don't march in step. */
const JITTER = 0.2;
/** Part of an epoch before its end at which verdicts are committed to, done or not: time for the transaction. */
const COMMIT_PARTS = 10;

export type ValidatorParts = {
  readonly config: {
    readonly storeFolder: string;
    readonly pollMs: number;
    /** It claims what its duties earned as soon as that much is due: what makes it worth the gas, which nobody here can price in COR. */
    readonly claimMinWei: bigint;
  };
  /** The registered key of a guard or a miner; the chain's calls are sent with the same. */
  readonly signer: NodeSigner;
  readonly chain: ValidatorChain;
  readonly source: DutySource;
  readonly openChecker: CheckTaskParts["openChecker"];
  /** Chain time: see `createEpochClock`. */
  readonly nowSeconds: () => UnixSeconds;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly randomBytes32: () => Bytes32;
  /** How evidence is fetched. Default: from the lane's routers. */
  readonly fetchEvidence?: FetchDutyEvidence;
  /** How it comes to its findings. Default: `createDutyCheck`, of these parts. */
  readonly check?: CheckTask;
  /** Has guards open what the beacon drew it for. Absent: it opens nothing. */
  readonly openings?: Openings;
  /** Gives a document of its verdicts to peers, once anybody may read it. Nothing waits for that. */
  readonly publishDocument?: (bytes: Uint8Array) => void;
};

export type Validator = {
  /** Looks again and again, until `stop`. */
  start(): void;
  /** Does once what the chain's time asks for; checks go on when it resolves. What fails is logged, and tried again by the next look. */
  look(): Promise<void>;
  /** Resolves when no check is under way. */
  idle(): Promise<void>;
  /** Gives up what is under way and closes the store. */
  stop(): Promise<void>;
  /** Shows what it had judged by others to those who sit there. */
  readonly cases: CaseDesk;
  /** A document of its own verdicts, once it may be shown. */
  findDocument(cid: Bytes32): Uint8Array | undefined;
};

/** Does the duties of one guard or miner. Nothing runs before `start` or `look`. */
export function createValidator(parts: ValidatorParts): Validator {
  const { config, clock, log, nowSeconds } = parts;
  const { times } = parts.chain;
  const stopping = new AbortController();
  const room = assemble(parts);
  let working: Promise<void> | undefined;
  let running: Promise<void> | undefined;

  const tryOut = async (duty: string, work: () => Promise<unknown>): Promise<void> => {
    if (stopping.signal.aborted) return;
    await work().catch((error: unknown) => {
      if (!stopping.signal.aborted) log.warn("A validator's step waits for the next look", { duty }, error);
    });
  };
  const look = async (): Promise<void> => {
    const time = nowSeconds();
    if (time < times.t0) return;
    const epoch = Math.floor((time - times.t0) / times.epochSeconds);
    const isShowTime = epoch >= 2 && recordEpochAt(times, time) === epoch;
    await tryOut("commit", () => room.commitOnce(epoch + 1, stopping.signal));
    if (isShowTime) await tryOut("show", () => room.showOnce(epoch - 2));
    if (epoch >= 3) await tryOut("dispute", () => room.accusations.open(epoch - 3, time, stopping.signal));
    await tryOut("claim", () => room.claimOnce(epoch, stopping.signal));
    if (epoch < 1) return;
    working ??= tryOut("work", () => room.workOnce(epoch - 1, stopping.signal)).finally(() => {
      working = undefined;
    });
  };
  return {
    look,
    idle: async () => working,
    start: () => {
      running ??= runLoop({
        ...{ name: "validator", everyMs: config.pollMs, jitter: JITTER, random: parts.random },
        ...{ clock, signal: stopping.signal, work: look },
        onError: (error) => log.error("A validator's look failed", {}, error),
      });
    },
    stop: async () => {
      stopping.abort();
      await running;
      await working;
      await room.prepared();
      await room.store.close();
    },
    cases: room.accusations.cases,
    findDocument: (cid) => {
      const found = room.book.findDocument(cid);
      return found !== undefined && nowSeconds() >= dutyTimes(times, found.epoch).shownFrom ? found.bytes : undefined;
    },
  };
}

/** A validator's check of a task: by what its lane's routers show of it, with its own engine. */
export function createDutyCheck(
  parts: Pick<ValidatorParts, "chain" | "signer" | "source" | "openChecker" | "fetchEvidence">,
): CheckTask {
  const { chain, signer, source, openChecker } = parts;
  const readRouterEndpoints = source.readRouterEndpoints.bind(source);
  const fetchEvidence = parts.fetchEvidence ?? createFetchDutyEvidence({ chain, signer, readRouterEndpoints });
  return createCheckTask({ chain, fetchEvidence, openChecker });
}

/** Steps that are done once for each epoch in this process's time. */
function assemble(parts: ValidatorParts) {
  const { config, signer, chain, source, clock, log, randomBytes32, nowSeconds } = parts;
  const { chainId, guards, times } = chain;
  const self = signer.address;
  const store = openRecordStore(config.storeFolder);
  const book = openDutyBook({ store, validator: self, chainId, guards, randomBytes32 });
  const metrics = createValidatorMetrics(parts.metrics);
  const domain = guardsDomain({ chainId, guards });
  const nodeDomain = registryDomain({ chainId, registry: chain.registry });
  const accusations = new Accusations({ store, chain, source, self, domain, nodeDomain, metrics, log });
  const secrets = { chain, self, book, metrics, log };
  const openChecker = meterChecker(parts.openChecker, metrics);
  const check = parts.check ?? createDutyCheck({ ...parts, openChecker });
  const opened = parts.openings === undefined ? {} : { openings: parts.openings };
  const shared = { chainId, check, chain, domain, signer, source, book, accusations, randomBytes32, metrics, log };
  const work = { ...shared, ...opened };
  const done = {
    commits: new Set<number>(),
    shows: new Set<number>(),
    works: new Set<number>(),
    claims: new Set<number>(),
  };
  const once = async (of: Set<number>, epoch: number, step: () => Promise<boolean>): Promise<void> => {
    if (of.has(epoch) || !(await step())) return;
    of.add(epoch);
    for (const old of of) if (old < epoch - 1) of.delete(old);
  };
  let preparing: Promise<void> | undefined;
  /** Once it has committed to a secret there will be duties, and of their epoch little is left by the time they are known: its engine starts before. */
  const prepare = (signal: AbortSignal): Promise<void> =>
    openChecker(signal).then(
      () => undefined,
      (error: unknown) => {
        if (!signal.aborted)
          log.warn("The engine for duties is not ready: it is tried again with the first", {}, error);
      },
    );
  const workOnce = (epoch: number, signal: AbortSignal): Promise<void> =>
    once(done.works, epoch, async () => {
      const steps = await chain.readSteps(epoch);
      if (!steps.hasCommitted || steps.hasCommittedVerdicts) return true;
      const deadline = epochStart(times, epoch + 2) - Math.ceil(times.epochSeconds / COMMIT_PARTS);
      const late = lateAt(Math.max(0, deadline - nowSeconds()) * 1_000, clock, signal);
      try {
        return (await workEpoch(epoch, work, { late: late.signal, signal })) === "done";
      } finally {
        late.over();
      }
    });
  return {
    ...{ store, book, accusations, workOnce },
    prepared: () => preparing,
    commitOnce: (epoch: number, signal: AbortSignal) =>
      once(done.commits, epoch, async () => {
        if (!(await commitSecret(epoch, secrets))) return false;
        if (parts.check === undefined) preparing ??= prepare(signal);
        return true;
      }),
    claimOnce: (epoch: number, signal: AbortSignal) =>
      once(done.claims, epoch, async () => {
        const { claimMinWei } = config;
        return (await claimPay({ ...secrets, claimMinWei }, signal)).kind !== "unknown";
      }),
    showOnce: (epoch: number) =>
      once(done.shows, epoch, async () => {
        await showEpoch(epoch, secrets);
        const committed = book.findCommitted(epoch);
        const found = committed === undefined ? undefined : book.findDocument(committed.documentCid);
        if (found !== undefined) parts.publishDocument?.(found.bytes);
        return true;
      }),
  };
}

/** A signal that aborts after a time, unless it is over before. */
function lateAt(ms: number, clock: Clock, signal: AbortSignal): { readonly signal: AbortSignal; over(): void } {
  const late = new AbortController();
  const over = new AbortController();
  const aborted = AbortSignal.any([signal, over.signal]);
  void clock.sleep(ms, aborted).then(
    () => late.abort(),
    () => undefined,
  );
  return { signal: late.signal, over: () => over.abort() };
}
