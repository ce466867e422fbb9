import type { Caller, Gateway, InferEvent, InferOptions, Refusal } from "@cortensor/api";
import {
  type Address,
  type Bytes32,
  beaconWithoutGuards,
  type InferenceRequest,
  type Payout,
} from "@cortensor/protocol";
import { type Admission, type Admitted, admit } from "./admit.js";
import { affinityKey } from "./affinity.js";
import { AnswerQueue } from "./answerQueue.js";
import { chooseBound, lastingBoundMisfit } from "./bindOffers.js";
import type { MatchRequest } from "./chooseMiner.js";
import { clientOf } from "./clientOf.js";
import { closeTask } from "./closeTask.js";
import type { RouterConfig } from "./config.js";
import { taskNonce } from "./keyNonce.js";
import type { SeatOffer } from "./minerSeat.js";
import { planInference, seedSourceOf, sizeOfRequest, type TaskSize } from "./planTask.js";
import { CLIENT_GONE } from "./refusals.js";
import type { RouterCore } from "./routerCore.js";
import { type TaskParts, TaskRun } from "./runTask.js";
import type { ServiceTicket } from "./serviceMeter.js";
import { servedTokens, serviceTokens } from "./serviceTokens.js";
import type { Waiter } from "./waitingRoom.js";

type Asked = {
  readonly caller: Caller;
  readonly request: InferenceRequest;
  readonly options: InferOptions;
  readonly served: ServiceTicket;
};

/** Serves generations: admits, matches, runs. Without a database on the way, unless a lease has run out. */
export function createInfer(core: RouterCore): Gateway["infer"] {
  const beaconOf = rememberBeacon(core.chainId);
  return (caller, request, options) => {
    const served = core.service.begin(caller.account);
    const asked = { caller, request, options, served };
    const admission = admit(core, {
      caller,
      entry: core.board.modelOf(request.modelId),
      sizeOf: (parts) => sizeOfRequest(request, parts),
    });
    const begin = (known: Admission): AnswerQueue =>
      known.kind === "refused"
        ? refuse(core, known.refusal, served)
        : start(core, { ...asked, admitted: known, beaconOf });
    return admission instanceof Promise ? admission.then(begin) : begin(admission);
  };
}

type StartParts = Asked & { readonly admitted: Admitted; readonly beaconOf: (epoch: number) => Bytes32 };

function start(core: RouterCore, parts: StartParts): AnswerQueue {
  const { admitted, options } = parts;
  const matching = matchingOf(core, parts);
  const waiter: Waiter = {
    lastingMisfit: matching.lastingMisfit,
    ...toQueued(core, parts),
    choose: () => matching.choose({ excluded: NOBODY }),
    start: (offer) => begin(offer),
    refuse: ({ code, message }) => run.giveUp(code, message),
  };
  const turn = options.signal.aborted ? GONE : core.waiting.seek(waiter);
  if (turn.kind === "refused") {
    core.books.release(admitted.holdId, 0n);
    core.limits.drop(parts.caller.account);
    if (options.signal.aborted) parts.served.end("left");
    return refuse(core, turn.refusal, parts.served);
  }
  const onAbort = (): void => run.abort();
  const queue = new AnswerQueue(onAbort);
  const onEnd = (payout: Payout): void => {
    options.signal.removeEventListener("abort", onAbort);
    core.waiting.leave(waiter);
    core.waiting.ended(waiter, servedTokens(payout));
  };
  const run = new TaskRun({ ...taskParts(core, parts, { queue, onEnd }), choose: matching.choose });
  const { taskId } = run;
  const begin = (offer: SeatOffer): void => {
    if (core.hub.isWatched) {
      const { model } = offer.model;
      core.hub.emit({ kind: "taskStarted", taskId, model, miner: offer.miner, atMs: core.clock.nowMs() });
    }
    run.start(offer);
  };
  core.tasks.add(taskId, run);
  options.signal.addEventListener("abort", onAbort, { once: true });
  queue.push({ kind: "started", taskId });
  if (turn.kind === "chosen") begin(turn.offer);
  else core.waiting.enter(waiter);
  return queue;
}

const GONE = { kind: "refused", refusal: CLIENT_GONE } as const;

/** A generation as the queue sees it. */
function toQueued(core: RouterCore, { caller, options, admitted }: StartParts) {
  return {
    client: clientOf(caller),
    priority: options.priority ?? "interactive",
    serviceTokens: serviceTokens(admitted.size, core.outputTokens.value),
    modelId: admitted.entry.card.modelId,
    arrivedAtMs: core.clock.nowMs(),
  };
}

function taskParts(
  core: RouterCore,
  { caller, request, options, admitted, served, beaconOf }: StartParts,
  { queue, onEnd }: { readonly queue: AnswerQueue; readonly onEnd: (payout: Payout) => void },
): Omit<TaskParts, "choose"> {
  const { config, clock, time } = core;
  const { session, entry, pricing, size, holdId } = admitted;
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
  return {
    plan,
    request: bounded,
    seedSource: seedSourceOf(plan, params, beaconOf(epoch)),
    limits: limitsOf(config, size, nowMs),
    addLeaf: ({ structHash, key, seat }) => core.batcher.add({ structHash, key, peer: seat.miner }),
    expectedTokens: Math.min(size.maxOut, Math.ceil(core.outputTokens.value)),
    scores: core.scores,
    nowMs: () => clock.nowMs(),
    nowSeconds: () => time.chainSeconds(),
    log: core.log,
    metrics: core.metrics,
    onEvent: watchService(core, { startedAtMs: nowMs, served, onEvent: (event) => queue.push(event) }),
    onResult: (seat, structHash) => seat.results.expect(structHash, clock.nowMs()),
    stranded: core.waiting.stranded,
    onEnd: (outcome) => {
      onEnd(outcome.payout);
      if (outcome.lastMiner !== undefined) {
        core.affinity.remember(affinityKey(caller.account, request.modelId, request.prompt), outcome.lastMiner);
      }
      closeTask(core, outcome, holdId);
    },
  };
}

function limitsOf(config: RouterConfig, size: TaskSize, nowMs: number): TaskParts["limits"] {
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

const NOBODY: ReadonlySet<Address> = new Set();

/** The matching, with everything that stays the same over a task's hand-overs. */
function matchingOf(core: RouterCore, { caller, request, admitted }: StartParts) {
  const { size, pricing, binding } = admitted;
  const { account } = caller;
  const { modelId, prompt } = request;
  const offersNow = (): readonly SeatOffer[] => core.board.modelOf(modelId)?.offers ?? [];
  const wanted = {
    tokensMin: size.maxOut + 1,
    weiPerTokenInMax: pricing.model.weiPerTokenIn,
    weiPerTokenOutMax: pricing.model.weiPerTokenOut,
    feeCapWei: size.feeCapWei,
  };
  const { rules, random } = core;
  const busy = () => core.board.servingOf(account);
  return {
    choose: (change: Pick<MatchRequest, "excluded" | "mayQueue" | "kernelClass">) => {
      const offers = offersNow();
      const warm = core.affinity.warmFor(affinityKey(account, modelId, prompt), prompt, speedOf(offers));
      const parts = { offers, binding, busy, rules, random };
      return chooseBound({ ...wanted, ...change, ...(warm === undefined ? {} : { warm }) }, parts);
    },
    lastingMisfit: () => lastingBoundMisfit({ ...wanted, excluded: NOBODY }, { offers: offersNow(), binding, rules }),
  };
}

function speedOf(offers: readonly SeatOffer[]): number {
  return offers[0]?.tokensPerSecond ?? 1;
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

function refuse(core: RouterCore, refusal: Refusal, served: ServiceTicket): AnswerQueue {
  served.end(refusal.code);
  core.metrics.refusals.add({ code: refusal.code });
  const queue = new AnswerQueue(() => undefined);
  queue.push({ kind: "failed", refusal });
  return queue;
}

/** The beacon of one epoch is asked for by every task in it. */
function rememberBeacon(chainId: number): (epoch: number) => Bytes32 {
  let known: { readonly epoch: number; readonly beacon: Bytes32 } | undefined;
  return (epoch) => {
    if (known?.epoch !== epoch) known = { epoch, beacon: beaconWithoutGuards(chainId, epoch) };
    return known.beacon;
  };
}
