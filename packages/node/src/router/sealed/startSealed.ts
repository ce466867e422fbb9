import type { Caller, Gateway, InferOptions } from "@cortensor/api";
import { proofOfWork } from "@cortensor/proof";
import {
  type Address,
  type Bytes32,
  type Eip712Domain,
  payeesOf,
  type SealAudit,
  type SealedAsk,
  type SealedAssignment,
  type SealedEvent,
  type SealedSample,
  STANDBYS_MAX,
  seedSource,
  type Task,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import type { EpochBeacon } from "../../host/index.js";
import type { Admitted } from "../admit.js";
import { chooseBound, lastingBoundMisfit } from "../bindOffers.js";
import { clientOf } from "../clientOf.js";
import { closeTask } from "../closeTask.js";
import { expectedTokens, limitsOf, NOBODY, tellStarted } from "../inference.js";
import { taskNonce } from "../keyNonce.js";
import type { SeatOffer } from "../minerSeat.js";
import { bindTask, type TaskPlan } from "../planTask.js";
import { BEACONS_UNREAD, CLIENT_GONE } from "../refusals.js";
import type { RouterCore } from "../routerCore.js";
import type { ServiceEnd, ServiceTicket } from "../serviceMeter.js";
import { servedTokens, serviceTokens } from "../serviceTokens.js";
import { auditOf, PLAIN_RULES } from "../sessionRules.js";
import type { Waiter } from "../waitingRoom.js";
import { type ConnectionKey, connectionWord } from "./connectionWord.js";
import type { HeldTask, HeldTasks } from "./heldTasks.js";
import { offersFor } from "./offersFor.js";
import { SampleDraft } from "./sampleDraft.js";
import type { SampleShelf } from "./sampleShelf.js";
import { refuseSuite, UNCLAIMED } from "./sealedRefusals.js";
import { SealedRun, type SealedSeat, type SealedTaskEnd } from "./sealedRun.js";

export type StartSealedParts = {
  readonly caller: Caller;
  readonly ask: SealedAsk;
  readonly options: InferOptions;
  readonly admitted: Admitted;
  /** Counts how the session is served: see `ServiceMeter`. */
  readonly served: ServiceTicket;
  /** By task: it goes in here once it is assigned, and out when it has ended. */
  readonly tasks: HeldTasks;
  readonly connection: ConnectionKey;
  readonly domain: Eip712Domain;
  readonly samples: SampleShelf | undefined;
};

type Outcome = Awaited<ReturnType<Gateway["sealed"]["assign"]>>;
type Matching = ReturnType<typeof matchingOf>;
/** A task whose turn has come, and the miner that has a place for it. */
type Turn = { readonly waiter: Waiter; readonly offer: SeatOffer; readonly matching: Matching };
type BoundParts = StartSealedParts & { readonly boundTo: EpochBeacon };

/** Waits for a task's turn, binds it and gives it to a miner. Refused: its hold is still to be released. */
export async function startSealed(core: RouterCore, parts: StartSealedParts): Promise<Outcome> {
  const { ask, admitted } = parts;
  const matching = matchingOf(core, parts);
  const { modelId } = admitted.entry.card;
  // They may have gone while the fee was held.
  const without = refuseSuite(offersFor(ask, core.board.modelOf(modelId)?.offers ?? []), ask.suite);
  if (without !== undefined) return { kind: "refused", refusal: without };
  const boundTo = core.beacons.toBindTo();
  if (boundTo === undefined) return { kind: "refused", refusal: BEACONS_UNREAD };
  return takeTurn(core, parts, {
    matching,
    begin: (waiter, offer) => begin(core, { ...parts, boundTo }, { waiter, offer, matching }),
  });
}

/** Takes the miner's place before anything else runs: else others would be given the same one. */
function begin(core: RouterCore, parts: BoundParts, { waiter, offer, matching }: Turn): Outcome {
  const { caller, ask, options, admitted, tasks, boundTo } = parts;
  // Others of its client's may have been assigned while it was admitted, or waited.
  if (!tasks.mayAdd(caller)) {
    core.waiting.ended(waiter, 0);
    return { kind: "refused", refusal: UNCLAIMED };
  }
  const plan = planOf(core, parts);
  const audit = auditOf(core.sessions.rulesOf(caller.account) ?? PLAIN_RULES, ask.audit);
  const { taskId, task } = plan;
  const draft = audit === "auditable" ? new SampleDraft(task) : undefined;
  const assignedOf = ({ assignment, offer: to, standbys, committed }: SealedSeat): SealedAssignment => ({
    task,
    assignment,
    committed,
    miner: shown(to),
    standbys: standbys.map(shown),
    word: connectionWord(parts.connection, { assignment, domain: parts.domain }),
  });
  const toClient = (event: SealedEvent): void => {
    if (event.kind === "frame" && event.tokens > 0) parts.served.first();
    draft?.take(event);
    held.queue?.push(event);
  };
  const run: SealedRun = new SealedRun({
    plan,
    suite: ask.suite,
    seedSource: seedSource({ taskId, userNonce: task.userNonce, beacon: boundTo.beacon }),
    warmTag: matching.warmTag,
    limits: { ...limitsOf(core.config, task), ...timesOf(core, plan) },
    expectedTokens: expectedTokens(core, task),
    choose: matching.another,
    standbysOf: matching.standbys,
    addLeaf: ({ structHash, key, seat }) => core.batcher.add({ structHash, key, peer: seat.miner }),
    core,
    stranded: core.waiting.stranded,
    onEvent: toClient,
    onReassigned: (seat) => toClient({ kind: "reassigned", assigned: assignedOf(seat) }),
    onHandedOver: (seat) => toClient({ kind: "handedOver", assigned: assignedOf(seat) }),
    onResult: (seat, of) => seat.results.expect(of, core.clock.nowMs()),
    onEnd: (end) => {
      tasks.delete(taskId);
      parts.served.end(servedAs(end));
      keepSample(core, { samples: parts.samples, sample: end.made && draft?.finish(end.made) });
      const kept = { holdId: admitted.holdId, warmTag: matching.warmTag, opening: draft?.opening };
      toClient(closeSealed(core, { plan, end, audit, waiter, ...kept }));
    },
  });
  const held: HeldTask = { caller, run, draft, queue: undefined };
  tasks.add(taskId, held);
  core.tasks.add(taskId, run);
  const assigned = assignedOf(run.assign(offer));
  tellStarted(core, taskId, offer);
  // A client that went away while it waited seals to nobody.
  if (options.signal.aborted) run.abort();
  return { kind: "assigned", assigned };
}

/** What can't be written is one that nobody opens: its answer is good all the same. */
function keepSample(
  { log }: Pick<RouterCore, "log">,
  { samples, sample }: { readonly samples: SampleShelf | undefined; readonly sample: SealedSample | undefined },
): void {
  if (samples === undefined || sample === undefined) return;
  samples.put(sample).catch((error: unknown) => {
    log.warn("A sealed task could not be kept to be opened", { taskId: sample.result.taskId }, error);
  });
}

/** Who never sealed, or went away, was not served badly. */
function servedAs({ refusal, finish, readers }: SealedTaskEnd): ServiceEnd {
  if (readers.length === 0 || finish === "abort") return "left";
  return refusal?.code ?? "answered";
}

function shown({ miner, seat }: SeatOffer): SealedAssignment["miner"] {
  return { miner, bundles: [...seat.prekeys.bundles] };
}

function timesOf({ config }: RouterCore, { startedAtMs }: TaskPlan) {
  const { handoversMax, abortGraceMs, taskTimeoutMs } = config;
  return { handoversMax, abortGraceMs, deadlineMs: startedAtMs + taskTimeoutMs };
}

/** Who may be given the task: as an open one's matching, among those that clients can seal to in its suite. */
function matchingOf(core: RouterCore, { caller, ask, admitted }: StartSealedParts) {
  const { size, pricing, binding, entry } = admitted;
  const { modelId } = entry.card;
  const warmTag = core.affinity.tagOf(caller, { modelId, prompt: { kind: "text", text: ask.affinity[0] ?? "" } });
  const offers = (): readonly SeatOffer[] =>
    offersFor(ask, core.board.modelOf(modelId)?.offers ?? []).filter(({ seat }) => seat.prekeys.suites.has(ask.suite));
  const wanted = {
    tokensMin: size.maxOut + 1,
    weiPerTokenInMax: pricing.model.weiPerTokenIn,
    weiPerTokenOutMax: pricing.model.weiPerTokenOut,
    feeCapWei: size.feeCapWei,
    expectedTokens: expectedTokens(core, size),
  };
  const { rules, random } = core;
  const busy = () => core.board.servingOf(caller.account);
  return {
    warmTag,
    offers,
    choose: () => {
      const now = offers();
      const warm = core.affinity.warmForChars(warmTag, ask.maxIn, now[0]?.tokensPerSecond ?? 1);
      const change = { excluded: NOBODY, ...(warm === undefined ? {} : { warm }) };
      return chooseBound({ ...wanted, ...change }, { offers: now, binding, busy, rules, random });
    },
    lastingMisfit: () => lastingBoundMisfit({ ...wanted, excluded: NOBODY }, { offers: offers(), binding, rules }),
    another: (
      excluded: ReadonlySet<Address>,
      kernelClass: Bytes32 | undefined,
      among?: ReadonlySet<Address>,
    ): SeatOffer | undefined => {
      const others = among === undefined ? offers() : offers().filter(({ miner }) => among.has(miner));
      const change = { excluded, mayQueue: true, ...(kernelClass === undefined ? {} : { kernelClass }) } as const;
      const choice = chooseBound({ ...wanted, ...change }, { offers: others, binding, busy, rules, random });
      return choice.kind === "chosen" ? choice.offer : undefined;
    },
    standbys: ({ miner }: SeatOffer): readonly SeatOffer[] =>
      offers()
        .filter((other) => other.isVerified && other.miner !== miner)
        .slice(0, STANDBYS_MAX),
  };
}

/** Begins it with a miner that starts it soon, at once or when the task's turn has come. */
function takeTurn(
  core: RouterCore,
  { caller, options, admitted }: StartSealedParts,
  {
    matching,
    begin: beginWith,
  }: { readonly matching: Matching; readonly begin: (waiter: Waiter, offer: SeatOffer) => Outcome },
): Promise<Outcome> {
  const { signal } = options;
  return new Promise((resolve) => {
    const waiter: Waiter = {
      client: clientOf(caller),
      priority: options.priority ?? "interactive",
      serviceTokens: serviceTokens(admitted.size, core.outputTokens.value),
      modelId: admitted.entry.card.modelId,
      arrivedAtMs: core.clock.nowMs(),
      choose: matching.choose,
      lastingMisfit: matching.lastingMisfit,
      start: (offer) => {
        signal.removeEventListener("abort", onAbort);
        resolve(beginWith(waiter, offer));
      },
      refuse: (refusal) => {
        signal.removeEventListener("abort", onAbort);
        core.waiting.leave(waiter);
        resolve({ kind: "refused", refusal });
      },
    };
    const onAbort = (): void => waiter.refuse(CLIENT_GONE);
    const turn = core.waiting.seek(waiter);
    if (turn.kind === "chosen") resolve(beginWith(waiter, turn.offer));
    else if (turn.kind === "refused") resolve(turn);
    else {
      signal.addEventListener("abort", onAbort, { once: true });
      core.waiting.enter(waiter);
    }
  });
}

function planOf(core: RouterCore, { caller, ask, options, admitted, boundTo }: BoundParts): TaskPlan {
  const { session, entry, pricing, size } = admitted;
  const task: Task = {
    account: caller.account,
    session: session.session,
    seq: core.sessions.nextSequence(caller.account),
    modelId: entry.card.modelId,
    promptCommit: ask.promptCommit,
    paramsHash: ask.paramsHash,
    ...size,
    deadline: core.time.chainSeconds() + Math.ceil(core.config.taskTimeoutMs / 1_000),
    userNonce: options.userNonce ?? taskNonce(core.randomBytes32(), caller.keyHash),
    privacy: pricing.terms.privacy,
    redundancy: pricing.terms.redundant,
  };
  const nowMs = core.clock.nowMs();
  // The salt is the client's secret, which never comes here.
  return bindTask(task, {
    caller,
    session,
    entry,
    terms: pricing.terms,
    epoch: boundTo.epoch,
    nowMs,
    salt: ZERO_BYTES32,
  });
}

/** Charges what was made, and says how it ended. Whatever the audit, nobody has checked this answer yet: it is called `unproved`. */
function closeSealed(
  core: RouterCore,
  parts: {
    readonly plan: TaskPlan;
    readonly end: SealedTaskEnd;
    readonly audit: SealAudit;
    readonly opening: SampleDraft["opening"];
    readonly waiter: Waiter;
    readonly holdId: number;
    readonly warmTag: Bytes32;
  },
): SealedEvent {
  const { plan, end, audit, opening, waiter, holdId, warmTag } = parts;
  const { finish, work, workers, results, made, checkpoints, refusal, readers, suite } = end;
  const payout = payeesOf([work], plan.task.feeCapWei);
  core.waiting.ended(waiter, servedTokens(payout));
  const last = workers.at(-1);
  if (work.isFinished && last !== undefined) core.affinity.remember(warmTag, last.miner);
  const miners = [...new Set(workers.map(({ seat }) => seat))];
  const { label: called } = proofOfWork(["sealed"]);
  const label = refusal === undefined && readers.length > 0 ? called : undefined;
  const sealing = { suite, readers: [...readers], audit, ...(opening === undefined ? {} : { opening }) };
  const outcome = {
    plan,
    finish,
    payout,
    results,
    checkpoints,
    miners,
    parts: end.parts,
    isSeeded: false,
    isSealed: true,
    label,
    sealing: readers.length > 0 ? sealing : undefined,
  } as const;
  closeTask(core, outcome, holdId);
  const { taskId } = plan;
  if (refusal !== undefined) return { kind: "failed", code: refusal.code, message: refusal.message };
  if (made === undefined) return { kind: "failed", code: "miner_failed", message: "The answer was given up." };
  const { paidIn: nIn, paidOut: nOut, feeWei } = payout;
  return { kind: "done", taskId, finish, nIn, nOut, feeWei, result: made.result, label: called, sealing };
}
