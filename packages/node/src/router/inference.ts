import type { Caller, InferEvent, InferOptions, Refusal } from "@cortensor/api";
import type { Address, Bytes32, InferenceRequest } from "@cortensor/protocol";
import type { Admitted } from "./admit.js";
import type { AnswerQueue } from "./answerQueue.js";
import { chooseBound, lastingBoundMisfit } from "./bindOffers.js";
import type { MatchRequest } from "./chooseMiner.js";
import { clientOf } from "./clientOf.js";
import type { RouterConfig } from "./config.js";
import { taskNonce } from "./keyNonce.js";
import type { SeatOffer } from "./minerSeat.js";
import { planInference, seedSourceOf, type TaskPlan, type TaskSize } from "./planTask.js";
import type { ReplicaParts } from "./replicaRun.js";
import type { RouterCore } from "./routerCore.js";
import type { ServiceTicket } from "./serviceMeter.js";
import { serviceTokens } from "./serviceTokens.js";
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
  readonly beaconOf: (epoch: number) => Bytes32;
};

/** Refused: nobody could ever take it; the hold is still to be released. */
export type Started =
  | { readonly kind: "begun"; readonly queue: AnswerQueue }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export const NOBODY: ReadonlySet<Address> = new Set();

/** What a generation needs before its task is bound: its matching, its place in the queue, and the meters on its events. */
export function prepare(core: RouterCore, parts: StartParts) {
  const startedAtMs = core.clock.nowMs();
  return {
    matching: matchingOf(core, parts),
    queued: toQueued(core, parts),
    /** Wraps whoever takes the events. */
    tell: (onEvent: (event: InferEvent) => void) => watchService(core, { startedAtMs, served: parts.served, onEvent }),
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
  { caller, request, options, admitted, warmTag, beaconOf }: StartParts,
): {
  readonly plan: TaskPlan;
  readonly replicaParts: (replica: number) => Omit<ReplicaParts, "choose" | "onText" | "onEnd">;
} {
  const { config, clock, time } = core;
  const { session, entry, pricing, size } = admitted;
  const nowMs = clock.nowMs();
  const epoch = time.epoch();
  const params =
    request.params.maxTokens > size.maxOut ? { ...request.params, maxTokens: size.maxOut } : request.params;
  const bounded = params === request.params ? request : { ...request, params };
  const plan = planInference(bounded, size, {
    caller,
    session,
    seq: core.sessions.nextSequence(caller.account),
    salt: core.randomBytes32(),
    userNonce: options.userNonce ?? taskNonce(core.randomBytes32(), caller.keyHash),
    entry,
    terms: pricing.terms,
    epoch,
    nowMs,
    deadline: time.chainSeconds() + Math.ceil(config.taskTimeoutMs / 1_000),
  });
  const shared = {
    plan,
    feeCapWei: feeCapOfCopy(admitted),
    request: bounded,
    seedSource: seedSourceOf(plan, params, beaconOf(epoch)),
    warmTag,
    limits: limitsOf(config, size, nowMs),
    addLeaf: ({ structHash, key, seat }: Parameters<ReplicaParts["addLeaf"]>[0]) =>
      core.batcher.add({ structHash, key, peer: seat.miner }),
    expectedTokens: Math.min(size.maxOut, Math.ceil(core.outputTokens.value)),
    scores: core.scores,
    nowMs: () => clock.nowMs(),
    nowSeconds: () => time.chainSeconds(),
    log: core.log,
    metrics: core.metrics,
    onResult: (seat: SeatOffer["seat"], structHash: Bytes32) => seat.results.expect(structHash, clock.nowMs()),
    stranded: core.waiting.stranded,
  };
  return { plan, replicaParts: (replica) => ({ ...shared, replica }) };
}

/** A task's largest fee is that many times the largest of one copy: see the formula. */
export function feeCapOfCopy({ size, pricing }: Pick<Admitted, "size" | "pricing">): bigint {
  return size.feeCapWei / BigInt(pricing.terms.redundant);
}

function limitsOf(config: RouterConfig, size: TaskSize, nowMs: number): ReplicaParts["limits"] {
  return {
    maxIn: size.maxIn,
    maxOut: size.maxOut,
    acceptTimeoutMs: config.acceptTimeoutMs,
    firstTokenTimeoutMs: config.firstTokenTimeoutMs,
    silenceTimeoutMs: config.silenceTimeoutMs,
    handoversMax: config.handoversMax,
    abortGraceMs: config.abortGraceMs,
    deadlineMs: nowMs + config.taskTimeoutMs,
  };
}

/** What may change from one choice of a task's miner to the next. */
type MatchChange = Pick<MatchRequest, "excluded" | "mayQueue" | "kernelClass">;

/** The matching, with everything that stays the same over a task's hand-overs and copies. */
function matchingOf(core: RouterCore, { caller, request, admitted, warmTag }: StartParts) {
  const { size, pricing, binding } = admitted;
  const { account } = caller;
  const { modelId, prompt } = request;
  const offersNow = (): readonly SeatOffer[] => core.board.modelOf(modelId)?.offers ?? [];
  const wanted = {
    tokensMin: size.maxOut + 1,
    weiPerTokenInMax: pricing.model.weiPerTokenIn,
    weiPerTokenOutMax: pricing.model.weiPerTokenOut,
    feeCapWei: feeCapOfCopy(admitted),
  };
  const { rules, random } = core;
  const busy = () => core.board.servingOf(account);
  return {
    offersNow,
    choose: (change: MatchChange) => {
      const offers = offersNow();
      const warm = core.affinity.warmFor(warmTag, prompt, speedOf(offers));
      const parts = { offers, binding, busy, rules, random };
      return chooseBound({ ...wanted, ...change, ...(warm === undefined ? {} : { warm }) }, parts);
    },
    lastingMisfit: (excluded: ReadonlySet<Address> = NOBODY) =>
      lastingBoundMisfit({ ...wanted, excluded }, { offers: offersNow(), binding, rules }),
  };
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
