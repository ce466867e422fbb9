import type { InferEvent, Refusal } from "@cortensor/api";
import { type Address, payeesOf, type ReplicaWork } from "@cortensor/protocol";
import { AnswerQueue } from "./answerQueue.js";
import type { MatchRequest } from "./chooseMiner.js";
import type { CompareCopies } from "./compareCopies.js";
import { type CopiesEnd, CopiesRun, wholeText } from "./copiesRun.js";
import {
  type BoundParts,
  NOBODY,
  planOf,
  prepare,
  type Started,
  type StartParts,
  tellStarted,
  timeoutOf,
} from "./inference.js";
import { labelAnswer } from "./labelAnswer.js";
import type { SeatOffer } from "./minerSeat.js";
import type { TaskPlan } from "./planTask.js";
import { CLIENT_GONE, TOO_LATE } from "./refusals.js";
import { type ReplicaEnd, ReplicaRun } from "./replicaRun.js";
import type { RouterCore } from "./routerCore.js";
import { judgedPart } from "./seenPart.js";
import { servedTokens } from "./serviceTokens.js";
import { TextBacklog } from "./textBacklog.js";
import type { Waiter } from "./waitingRoom.js";

/**
 * Several copies of one task, each by another miner and, where that is possible, another owner. Each waits for its own turn like any task; the answer
 * nearest the middle of all goes to the client when they are compared, and whoever made a copy is paid for it.
 */
export function startCopies(core: RouterCore, parts: BoundParts, compare: CompareCopies): Started {
  const { options, admitted, request } = parts;
  if (options.signal.aborted) return { kind: "refused", refusal: CLIENT_GONE };
  const prepared = prepare(core, parts);
  const { plan, replicaParts } = planOf(core, parts);
  const { taskId } = plan;
  const onAbort = (): void => run.abort();
  const queue = new AnswerQueue(new TextBacklog(), onAbort);
  const toClient = prepared.tell((event) => queue.push(event));
  const run: CopiesRun = new CopiesRun({
    copies: admitted.pricing.terms.redundant,
    waitMs: core.config.copiesWaitMs,
    deadlineMs: plan.startedAtMs + timeoutOf(core, parts),
    nowMs: () => core.clock.nowMs(),
    compare: (texts, signal) => compare({ modelId: request.modelId, texts, authors: run.authors, signal }),
    onEnd: (end) => {
      options.signal.removeEventListener("abort", onAbort);
      for (const event of closeCopies(core, { ...parts, plan, end })) toClient(event);
    },
  });
  core.tasks.add(taskId, run);
  options.signal.addEventListener("abort", onAbort, { once: true });
  queue.push({ kind: "started", taskId });
  let isStarted = false;
  const onStart = (offer: SeatOffer): void => {
    if (!isStarted) tellStarted(core, taskId, offer);
    isStarted = true;
  };
  const { redundant } = admitted.pricing.terms;
  const begins = Array.from({ length: redundant }, (_, replica) =>
    addCopy(core, { run, replica, prepared, replicaParts, onStart }),
  );
  for (const begin of begins) begin();
  return { kind: "begun", queue };
}

type CopyParts = {
  readonly run: CopiesRun;
  readonly replica: number;
  readonly prepared: ReturnType<typeof prepare>;
  readonly replicaParts: ReturnType<typeof planOf>["replicaParts"];
  readonly onStart: (offer: SeatOffer) => void;
};

/** Adds one replica; what comes back seeks its miner. */
function addCopy(core: RouterCore, { run, replica, prepared, replicaParts, onStart }: CopyParts): () => void {
  const { matching, queued } = prepared;
  const choose = (change: Pick<MatchRequest, "excluded" | "mayQueue" | "kernelClass">) =>
    chooseApart(change, { others: run.othersOf(replica), matching, replica });
  const shared = replicaParts(replica);
  const copy = new ReplicaRun({
    ...shared,
    choose,
    onText: (event) => run.onText(replica, event),
    onEnd: (end) => {
      core.waiting.leave(waiter);
      core.waiting.ended(waiter, servedTokens(payeesOf([end.work], shared.feeCapWei)));
      run.onReplicaEnd(replica, end);
    },
  });
  const begin = (offer: SeatOffer): void => {
    onStart(offer);
    copy.start(offer);
  };
  const waiter: Waiter = {
    ...queued,
    choose: () => choose({ excluded: NOBODY }),
    lastingMisfit: () => matching.lastingMisfit(minersOf(run.othersOf(replica)), replica),
    start: begin,
    refuse: ({ code, message }) => copy.giveUp(code, message),
  };
  run.add(copy);
  return () => {
    const turn = core.waiting.seek(waiter);
    if (turn.kind === "chosen") begin(turn.offer);
    else if (turn.kind === "waits") core.waiting.enter(waiter);
    else copy.giveUp(turn.refusal.code, turn.refusal.message);
  };
}

/** Another miner than all other copies', of another owner if there is one with room. */
export function chooseApart(
  change: Pick<MatchRequest, "excluded" | "mayQueue" | "kernelClass">,
  {
    others,
    matching,
    replica,
  }: {
    readonly others: readonly SeatOffer[];
    readonly matching: CopyParts["prepared"]["matching"];
    readonly replica: number;
  },
) {
  const owners = new Set(others.map(({ seat }) => seat.owner));
  const ofOwners = matching.offersNow().filter(({ seat }) => owners.has(seat.owner));
  const barred = union(change.excluded, minersOf([...others, ...ofOwners]));
  const apart = matching.choose({ ...change, excluded: barred }, replica);
  if (apart.kind === "chosen") return apart;
  return matching.choose({ ...change, excluded: union(change.excluded, minersOf(others)) }, replica);
}

function minersOf(offers: readonly SeatOffer[]): ReadonlySet<Address> {
  return new Set(offers.map(({ miner }) => miner));
}

function union(left: ReadonlySet<Address>, right: ReadonlySet<Address>): ReadonlySet<Address> {
  return new Set([...left, ...right]);
}

/** Charges every copy that was made, and gives the answer's events. */
function closeCopies(
  core: RouterCore,
  parts: StartParts & { readonly plan: TaskPlan; readonly end: CopiesEnd },
): readonly InferEvent[] {
  const { plan, admitted, request, end } = parts;
  const { ends, answer, view } = end;
  const outliers = new Set(view?.outliers);
  const isOutlier = ({ work }: ReplicaEnd): boolean => outliers.has(work.replica);
  const paid: readonly ReplicaWork[] = ends.map((one) => (isOutlier(one) ? one.promised : one.work));
  const taken = ends.filter((one) => !isOutlier(one));
  const results = taken.flatMap((one) => one.results);
  const checkpoints = () => taken.flatMap((one) => one.checkpoints());
  for (const one of ends.filter(isOutlier)) {
    const last = one.workers.at(-1);
    if (last !== undefined) core.scores.record(last.miner, "outlier");
  }
  const payout = payeesOf(paid, plan.task.feeCapWei);
  const miners = [...new Set(ends.flatMap(({ workers }) => workers.map(({ seat }) => seat)))];
  const finish = answer?.end.finish ?? (end.isAborted ? "abort" : "error");
  const { ownersOfClass } = admitted.entry;
  const workers = answer?.end.workers ?? [];
  const label = labelAnswer({ request, workers, copies: ends.length, finish, ownersOfClass });
  const answered = answer === undefined ? undefined : label;
  const partsSeen = ends.flatMap((one) =>
    isOutlier(one) ? one.parts.map((part) => judgedPart(part, "rejected")) : one.parts,
  );
  const told = { parts: partsSeen, isSeeded: request.params.userSeed !== undefined };
  const copies = paid.map((work, at) => ({ work, result: ends[at]?.results.at(-1) }));
  const outcome = { plan, finish, payout, copies, results, checkpoints, miners, ...told, label: answered };
  parts.closing(core, outcome, admitted.holdId);
  if (finish === "error") return [{ kind: "failed", refusal: refusalOf(ends) }];
  const { paidIn: nIn, paidOut: nOut, feeWei } = payout;
  const segments = answer?.end.work.segments.length ?? 0;
  const seen = view === undefined ? {} : { copies: view };
  const done = { kind: "done", taskId: plan.taskId, finish, nIn, nOut, feeWei, segments, label, ...seen } as const;
  return answer === undefined ? [done] : [wholeText(answer), done];
}

/** Why there is no answer: what the first copy that failed says. */
function refusalOf(ends: readonly ReplicaEnd[]): Refusal {
  return ends.find(({ refusal }) => refusal !== undefined)?.refusal ?? TOO_LATE;
}
