import type { Caller, InferEvent, InferOptions, Refusal } from "@cortensor/api";
import type { Address, Bytes32, InferenceRequest, Task } from "@cortensor/protocol";
import type { EpochBeacon } from "../host/index.js";
import type { Admitted } from "./admit.js";
import type { AnswerQueue } from "./answerQueue.js";
import { chooseBound, lastingBoundMisfit } from "./bindOffers.js";
import type { MatchRequest } from "./chooseMiner.js";
import { clientOf } from "./clientOf.js";
import type { CopiesOutcome } from "./closeTask.js";
import type { RouterConfig } from "./config.js";
import { taskNonce } from "./keyNonce.js";
import type { SeatOffer } from "./minerSeat.js";
import { bindTask, planInference, seedSourceOf, type TaskPlan, type TaskSize } from "./planTask.js";
import type { ExpectedResult } from "./provenResults.js";
import type { ReplicaParts } from "./replicaRun.js";
import type { RouterCore } from "./routerCore.js";
import type { ServiceTicket } from "./serviceMeter.js";
import { serviceTokens } from "./serviceTokens.js";
import type { TaskCapture } from "./sinks/taskCapture.js";
import type { Waiter } from "./waitingRoom.js";

/** A generation as it was asked for. */
export type Asked = {
  readonly caller: Caller;
  readonly request: InferenceRequest;
  readonly options: InferOptions;
  readonly served: ServiceTicket;
};

/** One whose largest fee is held. */
export type StartParts = Asked & {
  readonly admitted: Admitted;
  /** Its conversation: see `AffinityBook`. */
  readonly warmTag: Bytes32;
  /** What becomes of how it ended: its charge and its receipt. */
  readonly closing: (core: RouterCore, outcome: CopiesOutcome, holdId: number) => void;
  /** Of a task that came by the session queue. */
  readonly queued?: QueuedBinding | undefined;
};

/** One that begins now. */
export type BoundParts = StartParts & {
  /** Of a session with a sink. */
  readonly capture: TaskCapture | undefined;
  /** What its seed is made of, whatever runs when a miner begins or goes on with it. */
  readonly boundTo: EpochBeacon;
};

/** What the session queue leaves to nobody here: the task, and its miners. */
export type QueuedBinding = {
  readonly task: Task;
  readonly salt: Bytes32;
  /** By replica: nobody else makes it, and nobody goes on with it. */
  readonly seats: readonly Address[];
  /** Until the last second for the work. */
  readonly timeoutMs: number;
};

/** Refused: nobody could ever take it; the hold is still to be released. */
export type Started =
  | { readonly kind: "begun"; readonly queue: AnswerQueue<InferEvent> }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export const NOBODY: ReadonlySet<Address> = new Set();

/** What a generation needs before its task is bound: its matching, its place in the queue, and the meters on its events. */
export function prepare(core: RouterCore, parts: BoundParts) {
  const startedAtMs = core.clock.nowMs();
  return {
    matching: matchingOf(core, parts),
    queued: toQueued(core, parts),
    /** Wraps whoever takes the events. */
    tell: (onEvent: (event: InferEvent) => void) => {
      const { served, capture } = parts;
      if (capture === undefined) return watchService(core, { startedAtMs, served, onEvent });
      const onHeard = (event: InferEvent): void => {
        capture.hear(event);
        onEvent(event);
      };
      return watchService(core, { startedAtMs, served, onEvent: onHeard });
    },
  };
}

/** A generation as the queue sees it. */
function toQueued(
  core: RouterCore,
  { caller, options, admitted }: StartParts,
): Omit<Waiter, "choose" | "lastingMisfit" | "start" | "refuse"> {
  return {
    client: clientOf(caller),
    priority: options.priority ?? "interactive",
    serviceTokens: serviceTokens(admitted.size, core.outputTokens.value),
    modelId: admitted.entry.card.modelId,
    arrivedAtMs: core.clock.nowMs(),
  };
}

/** Binds the task; gives what each of its replicas is run with, but for its matching and who hears of it. */
export function planOf(
  core: RouterCore,
  { caller, request, options, admitted, warmTag, boundTo, queued, capture }: BoundParts,
): {
  readonly plan: TaskPlan;
  readonly replicaParts: (replica: number) => Omit<ReplicaParts, "choose" | "onText" | "onEnd">;
} {
  const { config, clock, time } = core;
  const { session, entry, pricing, size } = admitted;
  const nowMs = clock.nowMs();
  const { epoch, beacon } = boundTo;
  const isBeyond = queued === undefined && request.params.maxTokens > size.maxOut;
  const params = isBeyond ? { ...request.params, maxTokens: size.maxOut } : request.params;
  const bounded = params === request.params ? request : { ...request, params };
  const bound = { caller, session, entry, terms: pricing.terms, epoch, nowMs };
  const timeoutMs = timeoutOf(core, { queued });
  const plan =
    queued === undefined
      ? planInference(bounded, size, {
          ...bound,
          seq: core.sessions.nextSequence(caller.account),
          salt: core.randomBytes32(),
          userNonce: options.userNonce ?? taskNonce(core.randomBytes32(), caller.keyHash),
          deadline: time.chainSeconds() + Math.ceil(timeoutMs / 1_000),
        })
      : bindTask(queued.task, { ...bound, salt: queued.salt });
  capture?.bind(plan.taskId);
  const shared = {
    plan,
    feeCapWei: feeCapOfCopy(admitted),
    request: bounded,
    seedSource: seedSourceOf(plan, params, beacon),
    warmTag,
    limits: {
      ...limitsOf(config, size),
      deadlineMs: nowMs + timeoutMs,
      ...(queued === undefined ? {} : WHOLE_ANSWERS),
    },
    addLeaf: ({ says, structHash, key, seat }: Parameters<ReplicaParts["addLeaf"]>[0]) => {
      // What a queued task pays its commits say: an acknowledgement that is signed could be claimed without one.
      if (queued === undefined || says === "assignment") core.batcher.add({ structHash, key, peer: seat.miner });
    },
    expectedTokens: expectedTokens(core, size),
    scores: core.scores,
    nowMs: () => clock.nowMs(),
    nowSeconds: () => time.chainSeconds(),
    log: core.log,
    metrics: core.metrics,
    onResult: (seat: SeatOffer["seat"], of: ExpectedResult) => seat.results.expect(of, clock.nowMs()),
    stranded: core.waiting.stranded,
  };
  return { plan, replicaParts: (replica) => ({ ...shared, replica }) };
}

/** A seat on chain can't be handed over. */
const WHOLE_ANSWERS = { handoversMax: 0 };

/** How long a task may take. */
export function timeoutOf({ config }: Pick<RouterCore, "config">, { queued }: Pick<StartParts, "queued">): number {
  return queued === undefined ? config.taskTimeoutMs : Math.min(queued.timeoutMs, config.taskTimeoutMs);
}

/** A task's largest fee is that many times the largest of one copy: see the formula. */
export function feeCapOfCopy({ size, pricing }: Pick<Admitted, "size" | "pricing">): bigint {
  return size.feeCapWei / BigInt(pricing.terms.redundant);
}

/** What every miner of a task is held to. */
export function limitsOf(config: RouterConfig, size: TaskSize): Omit<ReplicaParts["limits"], "deadlineMs"> {
  return {
    maxIn: size.maxIn,
    maxOut: size.maxOut,
    acceptTimeoutMs: config.acceptTimeoutMs,
    firstTokenTimeoutMs: config.firstTokenTimeoutMs,
    silenceTimeoutMs: config.silenceTimeoutMs,
    handoversMax: config.handoversMax,
    abortGraceMs: config.abortGraceMs,
  };
}

/** What may change from one choice of a task's miner to the next. */
type MatchChange = Pick<MatchRequest, "excluded" | "mayQueue" | "kernelClass">;

/** The matching, with everything that stays the same over a task's hand-overs and copies. */
export function matchingOf(core: RouterCore, { caller, request, admitted, warmTag, queued }: StartParts) {
  const { size, pricing, binding } = admitted;
  const { account } = caller;
  const { modelId, prompt } = request;
  const offersNow = (): readonly SeatOffer[] => core.board.modelOf(modelId)?.offers ?? [];
  const wanted = {
    tokensMin: size.maxOut + 1,
    weiPerTokenInMax: pricing.model.weiPerTokenIn,
    weiPerTokenOutMax: pricing.model.weiPerTokenOut,
    feeCapWei: feeCapOfCopy(admitted),
    expectedTokens: expectedTokens(core, size),
  };
  const { rules, random } = core;
  const busy = () => core.board.servingOf(account);
  /** A queued task's replica is its seat's alone. */
  const barredFrom = (replica: number, excluded: ReadonlySet<Address>): ReadonlySet<Address> => {
    if (queued === undefined) return excluded;
    const others = offersNow().filter(({ miner }) => miner !== queued.seats[replica]);
    return new Set([...excluded, ...others.map(({ miner }) => miner)]);
  };
  return {
    offersNow,
    choose: (change: MatchChange, replica = 0) => {
      const offers = offersNow();
      const warm = core.affinity.warmFor(warmTag, prompt, speedOf(offers));
      const parts = { offers, binding, busy, rules, random };
      const excluded = barredFrom(replica, change.excluded);
      return chooseBound({ ...wanted, ...change, excluded, ...(warm === undefined ? {} : { warm }) }, parts);
    },
    lastingMisfit: (excluded: ReadonlySet<Address> = NOBODY, replica = 0) =>
      lastingBoundMisfit(
        { ...wanted, excluded: barredFrom(replica, excluded) },
        { offers: offersNow(), binding, rules },
      ),
  };
}

/** Output tokens that a task will likely make, by what tasks made lately. */
export function expectedTokens({ outputTokens }: RouterCore, { maxOut }: TaskSize): number {
  return Math.min(maxOut, Math.ceil(outputTokens.value));
}

function speedOf(offers: readonly SeatOffer[]): number {
  return offers[0]?.tokensPerSecond ?? 1;
}

/** Watchers hear of a task when its first miner begins. */
export function tellStarted(core: RouterCore, taskId: Bytes32, { model, miner }: SeatOffer): void {
  if (core.hub.isWatched)
    core.hub.emit({ kind: "taskStarted", taskId, model: model.model, miner, atMs: core.clock.nowMs() });
}

/** Tells the meters of the first text and of the end. */
function watchService(
  core: RouterCore,
  parts: {
    readonly startedAtMs: number;
    readonly served: ServiceTicket;
    readonly onEvent: (event: InferEvent) => void;
  },
) {
  const { startedAtMs, served, onEvent } = parts;
  let isFirst = true;
  return (event: InferEvent): void => {
    if (isFirst && event.kind === "text") {
      isFirst = false;
      core.metrics.firstTokenSeconds.observe({}, (core.clock.nowMs() - startedAtMs) / 1_000);
      served.first();
    }
    if (event.kind === "done") served.end(event.finish === "abort" ? "left" : "answered");
    else if (event.kind === "failed") served.end(event.refusal.code);
    onEvent(event);
  };
}
