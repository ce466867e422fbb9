import type { Gateway, InferEvent, Refusal } from "@cortensor/api";
import { payeesOf } from "@cortensor/protocol";
import { type Admission, admit } from "./admit.js";
import { AnswerQueue } from "./answerQueue.js";
import { closeOne, rememberAuthor } from "./closeOne.js";
import { closeTask } from "./closeTask.js";
import { type CompareCopies, createCompareCopies } from "./compareCopies.js";
import { type BoundParts, NOBODY, planOf, prepare, type Started, type StartParts, tellStarted } from "./inference.js";
import type { SeatOffer } from "./minerSeat.js";
import { sizeOfRequest } from "./planTask.js";
import { BEACONS_UNREAD, CLIENT_GONE } from "./refusals.js";
import { ReplicaRun } from "./replicaRun.js";
import type { RouterCore } from "./routerCore.js";
import type { ServiceTicket } from "./serviceMeter.js";
import { servedTokens } from "./serviceTokens.js";
import { startChecked } from "./startChecked.js";
import { startCopies } from "./startCopies.js";
import { TextBacklog } from "./textBacklog.js";
import type { Waiter } from "./waitingRoom.js";

/** Serves generations: admits, matches, runs. Without a database on the way, unless a lease has run out. */
export function createInfer(core: RouterCore): Gateway["infer"] {
  const shared = { closing: closeTask };
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
    const begin = (known: Admission): AnswerQueue<InferEvent> =>
      known.kind === "refused"
        ? refuse(core, known.refusal, served)
        : start(core, { ...asked, admitted: known, warmTag: core.affinity.tagOf(caller, request), ...shared }, compare);
    return admission instanceof Promise ? admission.then(begin) : begin(admission);
  };
}

function start(core: RouterCore, parts: StartParts, compare: CompareCopies): AnswerQueue<InferEvent> {
  const begun = startTask(core, parts, compare);
  if (begun.kind === "begun") return begun.queue;
  core.books.release(parts.admitted.holdId);
  core.limits.drop(parts.caller.account);
  if (parts.options.signal.aborted) parts.served.end("left");
  return refuse(core, begun.refusal, parts.served);
}

/** Begins a task whose largest fee is held. When it is refused, the hold is still to be released. */
export function startTask(core: RouterCore, asked: StartParts, compare: CompareCopies): Started {
  const boundTo = core.beacons.toBindTo();
  if (boundTo === undefined) return { kind: "refused", refusal: BEACONS_UNREAD };
  const { caller, request, admitted } = asked;
  const isReadable = admitted.pricing.terms.privacy === "open";
  const { id } = admitted.entry.card;
  const capture = isReadable ? core.sinks.capture(caller.account, id, request.prompt) : undefined;
  const started = startBound(core, { ...asked, boundTo, capture }, compare);
  if (started.kind === "refused") capture?.drop();
  return started;
}

function startBound(core: RouterCore, parts: BoundParts, compare: CompareCopies): Started {
  const { redundant, numOfValidatorNodes } = parts.admitted.pricing.terms;
  if (redundant > 1) return startCopies(core, parts, compare);
  return numOfValidatorNodes > 0 ? startChecked(core, parts) : startOne(core, parts);
}

/** One copy: its words go to the client as they come. */
function startOne(core: RouterCore, parts: BoundParts): Started {
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
  const queue = new AnswerQueue(new TextBacklog(), onAbort);
  const toClient = tell((event) => queue.push(event));
  const { plan, replicaParts } = planOf(core, parts);
  const { taskId } = plan;
  const run = new ReplicaRun({
    ...replicaParts(0),
    choose: (wanted) => matching.choose(wanted),
    onText: toClient,
    onEnd: (end) => {
      options.signal.removeEventListener("abort", onAbort);
      core.waiting.leave(waiter);
      const payout = payeesOf([end.work], plan.task.feeCapWei);
      core.waiting.ended(waiter, servedTokens(payout));
      rememberAuthor(core, parts, end);
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

function refuse(core: RouterCore, refusal: Refusal, served: ServiceTicket): AnswerQueue<InferEvent> {
  served.end(refusal.code);
  core.metrics.refusals.add({ code: refusal.code });
  const queue = new AnswerQueue(new TextBacklog(), () => undefined);
  queue.push({ kind: "failed", refusal });
  return queue;
}
