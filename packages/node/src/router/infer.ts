import type { Gateway, InferEvent, Refusal } from "@cortensor/api";
import { type Bytes32, beaconWithoutGuards, type Payout, payeesOf } from "@cortensor/protocol";
import { type Admission, admit } from "./admit.js";
import { affinityKey } from "./affinity.js";
import { AnswerQueue } from "./answerQueue.js";
import { closeTask } from "./closeTask.js";
import { type CompareCopies, createCompareCopies } from "./compareCopies.js";
import { type Asked, NOBODY, planOf, prepare, type Started, type StartParts, tellStarted } from "./inference.js";
import { labelAnswer } from "./labelAnswer.js";
import type { SeatOffer } from "./minerSeat.js";
import { sizeOfRequest, type TaskPlan } from "./planTask.js";
import { CLIENT_GONE } from "./refusals.js";
import { type ReplicaEnd, ReplicaRun } from "./replicaRun.js";
import type { RouterCore } from "./routerCore.js";
import type { ServiceTicket } from "./serviceMeter.js";
import { servedTokens } from "./serviceTokens.js";
import { startCopies } from "./startCopies.js";
import type { Waiter } from "./waitingRoom.js";

/** Serves generations: admits, matches, runs. Without a database on the way, unless a lease has run out. */
export function createInfer(core: RouterCore): Gateway["infer"] {
  const beaconOf = rememberBeacon(core.chainId);
  const compare = createCompareCopies(core);
  return (caller, request, options) => {
    const served = core.service.begin(caller.account);
    const asked = { caller, request, options, served };
    const admission = admit(core, {
      caller,
      entry: core.board.modelOf(request.modelId),
      sizeOf: (parts) => sizeOfRequest(request, parts),
      work: "generation",
      choice: options.choice,
    });
    const begin = (known: Admission): AnswerQueue =>
      known.kind === "refused"
        ? refuse(core, known.refusal, served)
        : start(core, { ...asked, admitted: known, beaconOf }, compare);
    return admission instanceof Promise ? admission.then(begin) : begin(admission);
  };
}

function start(core: RouterCore, parts: StartParts, compare: CompareCopies): AnswerQueue {
  const isOne = parts.admitted.pricing.terms.redundant === 1;
  const begun = isOne ? startOne(core, parts) : startCopies(core, parts, compare);
  if (begun.kind === "begun") return begun.queue;
  core.books.release(parts.admitted.holdId, 0n);
  core.limits.drop(parts.caller.account);
  if (parts.options.signal.aborted) parts.served.end("left");
  return refuse(core, begun.refusal, parts.served);
}

/** One copy: its words go to the client as they come. */
function startOne(core: RouterCore, parts: StartParts): Started {
  const { options } = parts;
  const { matching, queued, tell } = prepare(core, parts);
  const waiter: Waiter = {
    ...queued,
    lastingMisfit: () => matching.lastingMisfit(),
    choose: () => matching.choose({ excluded: NOBODY }),
    start: (offer) => begin(offer),
    refuse: ({ code, message }) => run.giveUp(code, message),
  };
  const turn = options.signal.aborted ? GONE : core.waiting.seek(waiter);
  if (turn.kind === "refused") return turn;
  const onAbort = (): void => run.abort();
  const queue = new AnswerQueue(onAbort);
  const toClient = tell((event) => queue.push(event));
  const { plan, replicaParts } = planOf(core, parts);
  const { taskId } = plan;
  const run = new ReplicaRun({
    ...replicaParts(0),
    choose: matching.choose,
    onText: toClient,
    onEnd: (end) => {
      options.signal.removeEventListener("abort", onAbort);
      core.waiting.leave(waiter);
      const payout = payeesOf([end.work], plan.task.feeCapWei);
      core.waiting.ended(waiter, servedTokens(payout));
      remember(core, parts, end);
      toClient(closeOne(core, { ...parts, plan, end, payout }));
    },
  });
  const begin = (offer: SeatOffer): void => {
    tellStarted(core, taskId, offer);
    run.start(offer);
  };
  core.tasks.add(taskId, run);
  options.signal.addEventListener("abort", onAbort, { once: true });
  queue.push({ kind: "started", taskId });
  if (turn.kind === "chosen") begin(turn.offer);
  else core.waiting.enter(waiter);
  return { kind: "begun", queue };
}

const GONE = { kind: "refused", refusal: CLIENT_GONE } as const;

/** The next turn of a conversation is best served where this one ended. */
function remember(core: RouterCore, { caller, request }: Asked, { work, workers }: ReplicaEnd): void {
  const last = work.isFinished ? workers.at(-1) : undefined;
  if (last !== undefined) {
    core.affinity.remember(affinityKey(caller.account, request.modelId, request.prompt), last.miner);
  }
}

/** Charges the task, and says how it ended. */
function closeOne(
  core: RouterCore,
  parts: StartParts & { readonly plan: TaskPlan; readonly end: ReplicaEnd; readonly payout: Payout },
): InferEvent {
  const { request, admitted, plan, end, payout } = parts;
  const { finish, work, workers, results, checkpoints, refusal } = end;
  const { ownersOfClass } = admitted.entry;
  const label = labelAnswer({ request, workers, copies: 1, finish, ownersOfClass });
  const miners = [...new Set(workers.map(({ seat }) => seat))];
  const answered = refusal === undefined ? label : undefined;
  closeTask(core, { plan, finish, payout, results, checkpoints, miners, label: answered }, admitted.holdId);
  if (refusal !== undefined) return { kind: "failed", refusal };
  const { paidIn: nIn, paidOut: nOut, feeWei } = payout;
  return { kind: "done", taskId: plan.taskId, finish, nIn, nOut, feeWei, segments: work.segments.length, label };
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
