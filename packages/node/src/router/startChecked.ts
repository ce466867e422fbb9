import type { InferEvent } from "@cortensor/api";
import { type Address, payeesOf } from "@cortensor/protocol";
import { AnswerQueue } from "./answerQueue.js";
import { checkAnswer } from "./checkAnswer.js";
import { type CheckedEnd, CheckedRun, isOfAToken, type RejectedAnswer } from "./checkedRun.js";
import { uncheckable } from "./checkers.js";
import { closeOne, rememberAuthor } from "./closeOne.js";
import { type BoundParts, NOBODY, planOf, prepare, type Started, type StartParts, tellStarted } from "./inference.js";
import type { SeatOffer } from "./minerSeat.js";
import type { TaskPlan } from "./planTask.js";
import { CLIENT_GONE } from "./refusals.js";
import { type ReplicaParts, ReplicaRun } from "./replicaRun.js";
import type { RouterCore } from "./routerCore.js";
import { servedTokens } from "./serviceTokens.js";
import { TextBacklog } from "./textBacklog.js";
import type { Waiter } from "./waitingRoom.js";

/**
 * One copy, which another miner checks before the client is told a word of it. Until then nothing is promised: acknowledgements keep its author going,
 * and none is signed, so that what turns out to be wrong is paid by nobody.
 */
export function startChecked(core: RouterCore, parts: BoundParts): Started {
  const { options } = parts;
  if (options.signal.aborted) return { kind: "refused", refusal: CLIENT_GONE };
  const { matching, queued, tell } = prepare(core, parts);
  const { plan, replicaParts } = planOf(core, parts);
  const shared = replicaParts(0);
  const onAbort = (): void => run.abort();
  const queue = new AnswerQueue(new TextBacklog(), onAbort);
  const toClient = tell((event) => queue.push(event));
  const barred = (): ReadonlySet<Address> => barredOf(core, { run, offers: matching.offersNow() });
  const choose: ReplicaParts["choose"] = (change) =>
    matching.choose({ ...change, excluded: new Set([...change.excluded, ...barred()]) });
  const run: CheckedRun = new CheckedRun({
    epoch: plan.epoch,
    triesMax: core.config.handoversMax + 1,
    deadlineMs: shared.limits.deadlineMs,
    nowMs: shared.nowMs,
    stranded: shared.stranded,
    make: (handlers) => new ReplicaRun({ ...unpromised(shared), ...handlers, choose }),
    choose: () => {
      const choice = choose({ excluded: NOBODY, mayQueue: true });
      return choice.kind === "chosen" ? choice.offer : undefined;
    },
    check: (answer) => checkAnswer(core, answer),
    onEnd: (end) => {
      options.signal.removeEventListener("abort", onAbort);
      core.waiting.leave(waiter);
      for (const event of closeChecked(core, { ...parts, plan, end, waiter })) toClient(event);
    },
  });
  const begin = (offer: SeatOffer): void => {
    tellStarted(core, plan.taskId, offer);
    run.start(offer);
  };
  const waiter: Waiter = {
    ...queued,
    lastingMisfit: () => matching.lastingMisfit(barred()),
    choose: () => matching.choose({ excluded: barred() }),
    start: begin,
    refuse: ({ code, message }) => run.giveUp(code, message),
  };
  const turn = core.waiting.seek(waiter);
  if (turn.kind === "refused") return turn;
  core.tasks.add(plan.taskId, run);
  options.signal.addEventListener("abort", onAbort, { once: true });
  queue.push({ kind: "started", taskId: plan.taskId });
  if (turn.kind === "chosen") begin(turn.offer);
  else core.waiting.enter(waiter);
  return { kind: "begun", queue };
}

/** Miners that may not answer: nobody could check them, or they have had their turn. */
function barredOf(
  { board }: RouterCore,
  { run, offers }: { readonly run: CheckedRun; readonly offers: readonly SeatOffer[] },
): ReadonlySet<Address> {
  const barred = new Set([...uncheckable(board, offers), ...run.lost]);
  const owners = run.rejectedOwners;
  for (const { miner, seat } of offers) if (owners.has(seat.owner)) barred.add(miner);
  return barred;
}

/** An author makes the whole answer: what it says isn't signed before the check, and nobody goes on where it stopped. */
function unpromised(shared: Omit<ReplicaParts, "choose" | "onText" | "onEnd">): typeof shared {
  return {
    ...shared,
    limits: { ...shared.limits, handoversMax: 0 },
    addLeaf: (leaf) => {
      if (leaf.says === "assignment") shared.addLeaf(leaf);
    },
  };
}

/** Pays the answer that holds, or what its client cut, and nothing else; says what the rejected ones were. */
function closeChecked(
  core: RouterCore,
  parts: StartParts & { readonly plan: TaskPlan; readonly end: CheckedEnd; readonly waiter: Waiter },
): readonly InferEvent[] {
  const { plan, waiter } = parts;
  const { end, text, by, rejected, before } = parts.end;
  for (const one of rejected) judge(core, one, by === undefined ? undefined : text);
  const { taskId } = plan;
  for (const { author, check } of rejected) {
    author.seat.link.notify("unpaid", { taskId, miner: author.miner, replica: 0, segment: 0, code: check.kind });
  }
  const paid = end.refusal === undefined ? [end.work] : [];
  const payout = payeesOf(paid, plan.task.feeCapWei);
  core.waiting.ended(waiter, servedTokens(payout));
  rememberAuthor(core, parts, end);
  const checked = by === undefined ? {} : { checked: { by, verdict: "holds" } as const };
  const done = closeOne(core, { ...parts, end, payout, before, ...checked });
  return by === undefined || text === "" ? [done] : [{ kind: "text", text, ids: [] }, done];
}

/** A checker that found another token where the answer that holds has the very same text has lied, and not the author. */
function judge({ scores }: RouterCore, rejected: RejectedAnswer, held: string | undefined): void {
  const { author, check, text } = rejected;
  const isRefuted = check.kind === "wrong" && isOfAToken(rejected) && text === held;
  scores.record(isRefuted ? check.by : author.miner, "bad");
}
