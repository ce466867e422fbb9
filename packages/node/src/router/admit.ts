import type { Caller, Refusal } from "@cortensor/api";
import type { BookedSession, HoldOutcome } from "@cortensor/books";
import {
  chosenTerms,
  hasCode,
  mayOpenSession,
  type SealAudit,
  type SessionTerms,
  type TaskChoice,
} from "@cortensor/protocol";
import type { Binding } from "./bindOffers.js";
import type { ModelEntry } from "./minerBoard.js";
import type { Pricing, SizeParts, TaskSize } from "./planTask.js";
import {
  capRefusal,
  feeLimitRefusal,
  holdRefusal,
  MEMBERS_UNKNOWN,
  NOT_A_MEMBER,
  otherModelRefusal,
  PROMPT_TOO_LONG,
  RECEIPTS_WAIT,
  SHUTTING_DOWN,
  SINK_FULL,
  TOO_MANY_TASKS,
  taskLimitRefusal,
  UNKNOWN_ACCOUNT,
  UNKNOWN_MODEL,
  unkeptRulesRefusal,
  unsupportedSession,
} from "./refusals.js";
import { refuseCheck } from "./refuseCheck.js";
import { refuseCopies } from "./refuseCopies.js";
import type { RouterCore } from "./routerCore.js";
import { bindingOf, takesModel, unkeptRules } from "./sessionRules.js";
import type { Room } from "./sinks/sinkBook.js";
import { type Service, unavailableTerms } from "./unavailableTerms.js";

/** A request that the router will try to serve: its largest fee is held. */
export type Admitted = {
  readonly kind: "admitted";
  readonly session: BookedSession;
  readonly entry: ModelEntry;
  readonly pricing: Pricing;
  readonly size: TaskSize;
  /** Which miners may serve it. Fixed with the terms. */
  readonly binding: Binding;
  readonly holdId: number;
};
export type Admission = Admitted | { readonly kind: "refused"; readonly refusal: Refusal };

export type AdmissionRequest = {
  readonly caller: Caller;
  readonly entry: ModelEntry | undefined;
  readonly sizeOf: (parts: SizeParts) => TaskSize | undefined;
  readonly work: Service["work"];
  /** What the client chose for this task. */
  readonly choice: TaskChoice | undefined;
  /** Copies that a task of the session queue asks for, whatever its session says. */
  readonly copies?: number;
  /** How a sealed one says that it may be audited. */
  readonly audit?: SealAudit | undefined;
  /** Why nobody here could ever take it, beyond its session's terms: asked before anything is held. */
  readonly lacking?: (entry: ModelEntry) => Refusal | undefined;
};

/** Decides whether a request begins, and sets its largest fee aside. At once, as long as a lease covers it. */
export function admit(core: RouterCore, request: AdmissionRequest): Admission | Promise<Admission> {
  const full = fullness(core);
  if (full !== undefined) return refused(full);
  const session = core.sessions.find(request.caller.account);
  if (session instanceof Promise) return session.then((found) => admitIn(core, request, found));
  return admitIn(core, request, session);
}

function fullness({ tasks, desk, config }: RouterCore): Refusal | undefined {
  if (tasks.isStopping) return SHUTTING_DOWN;
  if (tasks.size >= config.tasksMax) return TOO_MANY_TASKS;
  return desk.pending >= config.receiptsPendingMax ? RECEIPTS_WAIT : undefined;
}

function admitIn(
  core: RouterCore,
  request: AdmissionRequest,
  session: BookedSession | undefined,
): Admission | Promise<Admission> {
  if (session === undefined) return refused(UNKNOWN_ACCOUNT);
  return core.members === undefined ? admitOf(core, request, session) : admitMember(core, request, session);
}

/** Only who is a member now: an off-boarded one's sessions end within seconds, whatever bearers are about. */
async function admitMember(core: RouterCore, request: AdmissionRequest, session: BookedSession): Promise<Admission> {
  try {
    const role = (await core.members?.roleOf(session.owner)) ?? "none";
    return mayOpenSession(role) ? admitOf(core, request, session) : refused(NOT_A_MEMBER);
  } catch (error) {
    core.log.warn("The private network's gate could not be asked", { account: session.account }, error);
    return refused(MEMBERS_UNKNOWN);
  }
}

function admitOf(core: RouterCore, request: AdmissionRequest, session: BookedSession): Admission | Promise<Admission> {
  const terms = core.sessions.termsOf(session.account);
  if (terms instanceof Promise) return terms.then((found) => admitBy(core, request, { session, terms: found }));
  return admitBy(core, request, { session, terms });
}

function admitBy(
  core: RouterCore,
  { caller, entry, sizeOf, work, choice, copies, audit, lacking }: AdmissionRequest,
  { session, terms: own }: { readonly session: BookedSession; readonly terms: SessionTerms | undefined },
): Admission | Promise<Admission> {
  const rules = core.sessions.rulesOf(caller.account);
  if (own === undefined || rules === undefined) return refused(UNKNOWN_ACCOUNT);
  const chosen = copies === undefined ? chosenTerms(own, choice) : { ...own, redundant: copies };
  const terms = work === "sealed" ? sealedTerms(chosen) : chosen;
  const isPrivate = core.members !== undefined;
  const unavailable = unavailableTerms(terms, {
    work,
    comparesCopies: comparesCopies(core),
    isPrivate,
  });
  if (unavailable.length > 0) return refused(unsupportedSession(terms, unavailable));
  const unkept = unkeptRules(rules, { isSealed: work === "sealed", isPrivate, asked: audit });
  if (unkept.length > 0) return refused(unkeptRulesRefusal(unkept));
  if (entry === undefined) return refused(UNKNOWN_MODEL);
  const { weiPerTokenIn, weiPerTokenOut, modelId } = entry.card;
  if (!takesModel(rules, modelId)) return refused(otherModelRefusal(rules.modelIdentifier));
  const today = { account: caller.account, modelId, weiPerTokenIn, weiPerTokenOut };
  const pricing = { model: core.quotes.ceilingOf(today, core.clock.nowMs()), terms };
  const size = sizeOf({ card: entry.card, pricing });
  if (size === undefined) return refused(PROMPT_TOO_LONG);
  const tooDear = aboveLimit(size, choice);
  if (tooDear !== undefined) return refused(tooDear);
  const binding = bindingOf(caller.account, rules, terms);
  const asked = { offers: entry.offers, binding, rules: core.rules, pricing, size };
  const unable = lacking?.(entry) ?? refuseCopies(asked) ?? refuseCheck({ ...asked, board: core.board });
  if (unable !== undefined) return refused(unable);
  const hold = () => holdFee(core, caller, { session, entry, pricing, size, binding });
  const tasksMax = rules.maxTaskExecutionCount;
  const { account } = caller;
  return ifRoom(core, account, () => (tasksMax === 0 ? hold() : holdWithin(core, { account, tasksMax, hold })));
}

/** What a session's sink couldn't get any more is refused before anything is held for it. */
function ifRoom(
  { sinks }: RouterCore,
  account: number,
  next: () => Admission | Promise<Admission>,
): Admission | Promise<Admission> {
  const admitted = (room: Room): Admission | Promise<Admission> => {
    if (room === "open") return next();
    return refused(room === "full" ? SINK_FULL : RECEIPTS_WAIT);
  };
  const room = sinks.roomOf(account);
  return room instanceof Promise ? room.then(admitted) : admitted(room);
}

/** A client may seal a task of an open session too: it is then a sealed one, at a sealed one's price. */
function sealedTerms(terms: SessionTerms): SessionTerms {
  return terms.privacy === "open" ? { ...terms, privacy: "sealed" } : terms;
}

/** Whether copies can be compared: there is somebody who pays for it. */
export function comparesCopies({ config }: Pick<RouterCore, "config">): boolean {
  return config.comparisonAccount !== undefined;
}

/** Why a task is dearer than its client wants; undefined when it isn't. */
export function aboveLimit({ feeCapWei }: TaskSize, choice: TaskChoice | undefined): Refusal | undefined {
  const limit = choice?.maxFeeWei;
  return limit === undefined || feeCapWei <= limit ? undefined : feeLimitRefusal(feeCapWei, limit);
}

/** Counts the task in before its fee is held, and out again when it isn't. */
async function holdWithin(
  { limits, log }: RouterCore,
  parts: {
    readonly account: number;
    readonly tasksMax: number;
    readonly hold: () => Admission | Promise<Admission>;
  },
): Promise<Admission> {
  const { account, tasksMax, hold } = parts;
  try {
    if (!(await limits.begin(account, tasksMax))) return refused(taskLimitRefusal(tasksMax));
  } catch (error) {
    log.warn("A session's tasks could not be counted", { account }, error);
    return refused(RECEIPTS_WAIT);
  }
  const admission = await hold();
  if (admission.kind === "refused") limits.drop(account);
  return admission;
}

function holdFee(
  core: RouterCore,
  caller: Caller,
  parts: Omit<Admitted, "kind" | "holdId">,
): Admission | Promise<Admission> {
  const { account, keyHash } = caller;
  const admission = (outcome: HoldOutcome): Admission =>
    outcome.kind === "held"
      ? { kind: "admitted", ...parts, holdId: outcome.holdId }
      : refused(shortageRefusal(core, { outcome, caller }));
  try {
    const held = core.books.hold({
      account,
      wei: parts.size.feeCapWei,
      ...(keyHash === undefined ? {} : { keyHash }),
    });
    return held instanceof Promise
      ? held.then(admission, (error: unknown) => holdFailed(core, error))
      : admission(held);
  } catch (error) {
    return holdFailed(core, error);
  }
}

/** A key's own budget may be what is short: then the caps aren't named. */
function shortageRefusal(
  { sessions }: RouterCore,
  { outcome, caller }: { readonly outcome: Exclude<HoldOutcome, { kind: "held" }>; readonly caller: Caller },
): Refusal {
  const cap = sessions.capOf(caller.account);
  const isCapped = outcome.kind === "insufficient" && caller.keyHash === undefined && cap !== undefined;
  return isCapped ? capRefusal(outcome, cap) : holdRefusal(outcome);
}

/** Unknown rows are the client's affair; a database that is away passes. */
function holdFailed({ log }: RouterCore, error: unknown): Admission {
  if (hasCode(error, "BOOKS_SESSION_UNKNOWN") || hasCode(error, "BOOKS_KEY_UNKNOWN")) return refused(UNKNOWN_ACCOUNT);
  log.warn("A hold could not be made", {}, error);
  return refused(RECEIPTS_WAIT);
}

function refused(refusal: Refusal): Admission {
  return { kind: "refused", refusal };
}
