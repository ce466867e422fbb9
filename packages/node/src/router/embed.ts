import type { Caller, EmbedOutcome, Gateway, InferOptions, Refusal } from "@cortensor/api";
import { type Address, chargedPrices, feeWei, type Payout, type ProofLabel } from "@cortensor/protocol";
import { type Admitted, admit } from "./admit.js";
import { chooseBound, lastingBoundMisfit } from "./bindOffers.js";
import type { MatchRequest } from "./chooseMiner.js";
import { clientOf } from "./clientOf.js";
import { closeTask } from "./closeTask.js";
import { taskNonce } from "./keyNonce.js";
import { labelVectors } from "./labelAnswer.js";
import type { SeatOffer } from "./minerSeat.js";
import { planEmbedding, sizeOfTexts, type TaskPlan } from "./planTask.js";
import { CLIENT_GONE, TOO_LATE } from "./refusals.js";
import type { RouterCore } from "./routerCore.js";
import { type Attempt, runEmbedding } from "./runEmbedding.js";
import type { SeenPart } from "./seenPart.js";
import { servedTokens, serviceTokens } from "./serviceTokens.js";
import type { Waiter } from "./waitingRoom.js";
import type { EndedTask } from "./workDesk.js";

/** Miners asked for the vectors of one request. */
const ATTEMPTS_MAX = 4;

type Asked = {
  readonly caller: Caller;
  readonly texts: readonly string[];
  readonly options: InferOptions;
  readonly admitted: Admitted;
  /** Owners whose miners make the vectors only if nobody else can. */
  readonly avoided: ReadonlySet<Address>;
};
type Begun = { readonly kind: "begun"; readonly offer: SeatOffer; readonly attempt: Promise<Attempt> };
type BegunInTurn = Begun & { readonly waiter: Waiter };
type Refused = { readonly kind: "refused"; readonly refusal: Refusal };

/** Serves vectors. Nothing is handed over: another miner begins anew, and only the one that finishes is paid. */
export function createEmbed(core: RouterCore): Gateway["embed"] {
  const embed = embedApart(core);
  return async (caller, request, options) => {
    const served = core.service.begin(caller.account);
    const outcome = await embed(caller, request, options, NOBODY);
    if (outcome.kind === "vectors") served.end("answered");
    else served.end(options.signal.aborted ? "left" : outcome.refusal.code);
    return outcome;
  };
}

type EmbedApart = (
  ...asked: [...Parameters<Gateway["embed"]>, avoided: ReadonlySet<Address>]
) => ReturnType<Gateway["embed"]>;

/** The same, away from the miners of some owners wherever others can. */
export function embedApart(core: RouterCore): EmbedApart {
  return async (caller, { model, texts }, options, avoided) => {
    const card = core.board.cards.find(({ id, canEmbed }) => id === model && canEmbed);
    const entry = card === undefined ? undefined : core.board.modelOf(card.modelId);
    const admitted = await admit(core, {
      caller,
      entry,
      sizeOf: (parts) => sizeOfTexts(texts, parts),
      work: "embedding",
      choice: options.choice,
    });
    if (admitted.kind === "refused") return refused(core, admitted.refusal);
    const asked = { caller, texts, options, admitted, avoided };
    return runAttempts(core, planOf(core, asked), asked);
  };
}

function planOf(core: RouterCore, { caller, texts, options, admitted }: Asked): TaskPlan {
  const { time, clock, config } = core;
  return planEmbedding(texts, admitted.size, {
    caller,
    session: admitted.session,
    seq: core.sessions.nextSequence(caller.account),
    salt: core.randomBytes32(),
    userNonce: options.userNonce ?? taskNonce(core.randomBytes32(), caller.keyHash),
    entry: admitted.entry,
    terms: admitted.pricing.terms,
    epoch: time.epoch(),
    nowMs: clock.nowMs(),
    deadline: time.chainSeconds() + Math.ceil(config.taskTimeoutMs / 1_000),
  });
}

async function runAttempts(core: RouterCore, plan: TaskPlan, asked: Asked): Promise<EmbedOutcome> {
  const { options, admitted } = asked;
  const excluded = new Set<Address>();
  const parts: SeenPart[] = [];
  const turn = await beginInTurn(core, plan, asked);
  const ended = (paidIn: number): void => {
    if (turn.kind === "begun") core.waiting.ended(turn.waiter, servedTokens({ paidIn, paidOut: 0 }));
  };
  let begun: Begun | Refused = turn;
  for (let attempts = 1; begun.kind === "begun"; attempts += 1) {
    const { offer }: Begun = begun;
    excluded.add(offer.miner);
    const attempt = await begun.attempt;
    parts.push(...attempt.parts);
    if (attempt.kind === "vectors") {
      ended(attempt.made.nIn);
      const label = labelVectors(offer);
      const { caller, texts } = asked;
      const capture = core.sinks.capture(caller.account, admitted.entry.card.id, { kind: "texts", texts });
      capture?.hearVectors(attempt.made.vectors);
      capture?.bind(plan.taskId);
      close(core, plan, { holdId: admitted.holdId, offer, attempt, parts, label });
      return { kind: "vectors", taskId: plan.taskId, ...attempt.made, label };
    }
    core.log.info("Embedding failed at a miner", { taskId: plan.taskId, reason: attempt.reason });
    const isLast = attempts === ATTEMPTS_MAX || options.signal.aborted;
    begun = isLast ? NO_VECTORS : beginElsewhere(core, plan, { ...asked, excluded });
  }
  ended(0);
  if (core.tasks.has(plan.taskId)) core.work.end(endedOf(plan, parts));
  core.tasks.remove(plan.taskId);
  core.books.release(admitted.holdId);
  core.limits.drop(plan.task.account);
  return refused(core, begun.refusal);
}

const NO_VECTORS: Refused = {
  kind: "refused",
  refusal: { code: "miner_failed", message: "No miner could make the vectors." },
};
const GONE: Refused = { kind: "refused", refusal: CLIENT_GONE };
const NOBODY: ReadonlySet<Address> = new Set();

/** At once, or in its turn; a client that goes meanwhile, or the deadline, ends the wait. */
function beginInTurn(core: RouterCore, plan: TaskPlan, asked: Asked): Promise<BegunInTurn | Refused> {
  const { caller, options, admitted } = asked;
  const deadlineMs = plan.startedAtMs + core.config.taskTimeoutMs;
  return new Promise((resolve) => {
    const end = (outcome: BegunInTurn | Refused): void => {
      options.signal.removeEventListener("abort", onAbort);
      core.waiting.leave(waiter);
      resolve(outcome);
    };
    const refuse = (refusal: Refusal): void => end({ kind: "refused", refusal });
    const onAbort = (): void => refuse(CLIENT_GONE);
    const start = (offer: SeatOffer): void => end({ ...begin(core, plan, { ...asked, offer }), waiter });
    const waiter: Waiter = {
      client: clientOf(caller),
      priority: options.priority ?? "interactive",
      serviceTokens: serviceTokens(admitted.size, 0),
      modelId: plan.task.modelId,
      arrivedAtMs: plan.startedAtMs,
      choose: () => choose(core, asked, { excluded: NOBODY }),
      lastingMisfit: () => lastingBoundMisfit({ ...wantedOf(admitted), excluded: NOBODY }, matchParts(core, asked)),
      start,
      refuse,
    };
    const turn = options.signal.aborted ? GONE : core.waiting.seek(waiter);
    if (turn.kind === "refused") resolve(turn);
    else if (turn.kind === "chosen") start(turn.offer);
    else {
      core.tasks.add(plan.taskId, {
        sweep: (nowMs) => (nowMs >= deadlineMs ? refuse(TOO_LATE) : undefined),
        giveUp: (code, message) => refuse({ code, message }),
      });
      options.signal.addEventListener("abort", onAbort, { once: true });
      core.waiting.enter(waiter);
    }
  });
}

function beginElsewhere(
  core: RouterCore,
  plan: TaskPlan,
  asked: Asked & { readonly excluded: ReadonlySet<Address> },
): Begun | Refused {
  const choice = choose(core, asked, { excluded: asked.excluded, mayQueue: true });
  return choice.kind === "none" ? NO_VECTORS : begin(core, plan, { ...asked, offer: choice.offer });
}

function begin(core: RouterCore, plan: TaskPlan, parts: Asked & { readonly offer: SeatOffer }): Begun {
  return { kind: "begun", offer: parts.offer, attempt: runEmbedding(core, plan, parts) };
}

function choose(
  core: RouterCore,
  { caller, admitted, avoided }: Pick<Asked, "caller" | "admitted" | "avoided">,
  change: Pick<MatchRequest, "excluded" | "mayQueue">,
) {
  const busy = () => core.board.servingOf(caller.account);
  const parts = { ...matchParts(core, { admitted, avoided }), busy, random: core.random };
  return chooseBound({ ...wantedOf(admitted), ...change }, parts);
}

function wantedOf({ size, pricing }: Admitted) {
  const { weiPerTokenIn, weiPerTokenOut } = pricing.model;
  return {
    tokensMin: 1,
    weiPerTokenInMax: weiPerTokenIn,
    weiPerTokenOutMax: weiPerTokenOut,
    feeCapWei: size.feeCapWei,
  };
}

function matchParts({ board, rules }: RouterCore, { admitted, avoided }: Pick<Asked, "admitted" | "avoided">) {
  const { entry, binding } = admitted;
  const offers = (board.modelOf(entry.card.modelId)?.offers ?? []).filter(({ model }) => model.canEmbed);
  const apart =
    avoided.size === 0 ? offers : offers.filter(({ seat, isVerified }) => isVerified && !avoided.has(seat.owner));
  return { offers: apart.length > 0 ? apart : offers, binding, rules };
}

function close(
  core: RouterCore,
  plan: TaskPlan,
  parts: {
    readonly holdId: number;
    readonly offer: SeatOffer;
    readonly attempt: Extract<Attempt, { kind: "vectors" }>;
    readonly parts: readonly SeenPart[];
    readonly label: ProofLabel;
  },
): void {
  const { seat } = parts.offer;
  const { nIn } = parts.attempt.made;
  const wei = feeWei({ ...chargedPrices(parts.offer, plan.terms), nIn, nOut: 0 });
  const payee = { miner: seat.miner, replica: 0, segment: 0, from: 0, to: 0, wei };
  const payout: Payout = { payees: [payee], feeWei: wei, paidIn: nIn, paidOut: 0 };
  const results = [parts.attempt.structHash];
  const { label } = parts;
  const told = { parts: parts.parts, isSeeded: false };
  const outcome = { plan, finish: "stop", payout, results, miners: [seat], ...told, label } as const;
  closeTask(core, outcome, parts.holdId);
}

/** An embedding has no sampler, and so no seed. */
function endedOf({ taskId, task }: TaskPlan, parts: readonly SeenPart[]): EndedTask {
  return { taskId, modelId: task.modelId, isSeeded: false, parts };
}

function refused(core: RouterCore, refusal: Refusal): EmbedOutcome {
  core.metrics.refusals.add({ code: refusal.code });
  return { kind: "failed", refusal };
}
