import type { RateView, Refusal } from "@cortensor/api";
import type { HoldOutcome } from "@cortensor/books";
import type { SessionTerms } from "@cortensor/protocol";
import type { Misfit } from "./chooseMiner.js";
import type { SpendingCap } from "./sessionBook.js";

/** Longest wait that a refusal advises: after it the picture is another one anyway. */
const RETRY_AFTER_SECONDS_MAX = 30;

/** Seconds until the soonest able miner would be free, for `Retry-After`. */
export function retryAfterSeconds(waitsMs: readonly number[]): number {
  const soonestMs = waitsMs.length === 0 ? 1_000 : Math.min(...waitsMs);
  return Math.min(RETRY_AFTER_SECONDS_MAX, Math.max(1, Math.ceil(soonestMs / 1_000)));
}

/** What a session asks for and no miner here is. */
const UNMET: Partial<Record<Misfit, string>> = {
  dedicated: "None of the session's dedicated nodes offers this model here now.",
  kept: "The nodes that offer this model here now are reserved for other sessions, or dedicated to such.",
  reserved: "None of the nodes that the pool reserved for the session offers this model here now, with a task left.",
  unscored: "No miner of this model has an engine that can be checked: the session's 'engine' takes no other.",
  level: "No miner of this model has the level that the session's 'sla' asks for.",
  fewNodes: "Fewer miners of this model can serve the session than its 'minNumOfNodes'.",
};

/** Why nobody takes a task, in the client's words. */
export function noMinerRefusal(reason: Misfit, waitsMs: readonly number[]): Refusal {
  if (reason === "busy" || reason === "excluded") {
    return {
      code: "overloaded",
      message: "All miners of this model are busy.",
      retryAfterSeconds: retryAfterSeconds(waitsMs),
    };
  }
  if (reason === "exposure") {
    const message = "The miners of this model have as much work in flight as their stake covers.";
    return { code: "overloaded", message, retryAfterSeconds: retryAfterSeconds(waitsMs) };
  }
  if (reason === "price") {
    const message = "No miner takes the price that was quoted to this account: ask for a new quote.";
    return { code: "no_miner", message };
  }
  const unmet = UNMET[reason];
  if (unmet !== undefined) return { code: "no_miner", message: unmet };
  if (reason === "unverified") {
    const message = "None of the miners that offer this model is verified now.";
    return { code: "no_miner", message };
  }
  if (reason === "context") return { code: "prompt_too_long", message: "No miner's context takes prompt and answer." };
  return { code: "no_miner", message: "No miner of this model is able to take the task now." };
}

/** A client has as many tasks waiting as it may. `drainMs` is the time in which what waits is served. */
export function queueRefusal(held: number, drainMs: number): Refusal {
  const message = held === 0 ? "The router's queue is full." : `As many of this client's tasks wait as may: ${held}.`;
  return { code: "overloaded", message, retryAfterSeconds: retryAfterSeconds([drainMs]) };
}

export function holdRefusal(outcome: Exclude<HoldOutcome, { kind: "held" }>): Refusal {
  if (outcome.kind === "debitRequired") {
    const message = `The account owes ${outcome.owedWei} wei, and may owe ${outcome.chunkWei} between debits: sign the next debit.`;
    return { code: "debit_required", message };
  }
  const { neededWei, availableWei } = outcome;
  const message = `The largest fee of this request is ${neededWei} wei, and ${availableWei} wei are available.`;
  return { code: "insufficient_balance", message };
}

/** The deposit may cover it; what the client lets this router's key sign doesn't. */
export function capRefusal(outcome: Extract<HoldOutcome, { kind: "insufficient" }>, cap: SpendingCap): Refusal {
  const { neededWei, availableWei } = outcome;
  const { capPerEpochWei, totalCapWei } = cap;
  const caps = `its caps are ${capPerEpochWei} wei an epoch and ${totalCapWei} in all`;
  const message = `The largest fee of this request is ${neededWei} wei, and the session's spending key may pay ${availableWei} now: ${caps}.`;
  return { code: "spending_cap_reached", message };
}

/** The session or the request asks for what has a price and isn't served yet: better said than left out. */
export function unsupportedSession(terms: SessionTerms, unavailable: readonly (keyof SessionTerms)[]): Refusal {
  const asked = unavailable.map((name) => `'${name}' ${terms[name]}`).join(", ");
  // Its words must not come here: who meant to seal them and didn't is told how.
  const hint = terms.privacy === "sealed" && unavailable.includes("privacy") ? SEAL_HINT : "";
  return {
    code: "session_unsupported",
    message: `The session, or the request, asks for ${asked}, which this router can't serve${hint || " yet"}.`,
  };
}

/** A private network's router serves its members' sessions alone. */
export const NOT_A_MEMBER: Refusal = {
  code: "not_a_member",
  message: "The session's owner is no member of this private network who may have one, or no longer.",
};
/** Nobody is believed while the gate can't be asked. */
export const MEMBERS_UNKNOWN: Refusal = {
  code: "not_a_member",
  message: "The private network's member list can't be read now: ask again.",
  retryAfterSeconds: 2,
};

const SEAL_HINT = " to a prompt in the open: seal it to its miner, by '/api/v1/assignments'";

export function unkeptRulesRefusal(named: readonly string[]): Refusal {
  return {
    code: "session_unsupported",
    message: `The session asks for ${named.join(", ")}, which this router can't serve yet.`,
  };
}

/** Copies need as many nodes, and the session takes fewer. */
export function fewerNodesRefusal(nodesMax: number, copies: number): Refusal {
  const message = `${copies} copies need as many nodes, and the session's 'maxNumOfNodes' is ${nodesMax}.`;
  return { code: "session_unsupported", message };
}

export function fewerMinersRefusal(miners: number, copies: number): Refusal {
  const message = `${copies} copies need as many miners, and ${miners} can serve the session with this model now.`;
  return { code: "no_miner", message };
}

/** An answer is to be checked, and no miner of another owner could make it again bit by bit. */
export function noCheckerRefusal(model: string): Refusal {
  const message = `No verified miner of a second owner, in a kernel class that answers with ${model}, is here to check its answers.`;
  return { code: "no_miner", message };
}

/** The client's own limit. */
export function feeLimitRefusal(feeCapWei: bigint, maxFeeWei: bigint): Refusal {
  const message = `The largest fee of this request is ${feeCapWei} wei, above its 'max_fee_wei' of ${maxFeeWei}.`;
  return { code: "fee_above_limit", message };
}

/** The session is for another model. */
export function otherModelRefusal(modelIdentifier: string): Refusal {
  return { code: "model_not_found", message: `The session is for the model ${modelIdentifier} alone.` };
}

/** The session has run as many tasks as it may. */
export function taskLimitRefusal(maxTaskExecutionCount: number): Refusal {
  const message = `The session has run, or runs, the ${maxTaskExecutionCount} tasks of its 'maxTaskExecutionCount'.`;
  return { code: "task_limit_reached", message };
}

/** Amounts in wei need no rate, and are quoted all the same. */
export function rateRefusal(rate: RateView | undefined): Refusal {
  const why =
    rate === undefined
      ? "No rate of COR to LLM tokens has been posted"
      : `The rate of COR to LLM tokens is ${rate.ageSeconds} s old, and counts for ${rate.ageMaxSeconds} s`;
  return { code: "rate_stale", message: `${why}: ask with the denomination 'cor'.` };
}

/** The chain hasn't been read for so long that no miner would take what is bound to the last beacon known here. */
export const BEACONS_UNREAD: Refusal = {
  code: "overloaded",
  message: "The router waits for its chain.",
  retryAfterSeconds: RETRY_AFTER_SECONDS_MAX,
};
export const UNCHECKED: Refusal = { code: "miner_failed", message: "Nobody could check the answer." };
export const WRONG_TOO_OFTEN: Refusal = { code: "miner_failed", message: "No answer was made that holds." };
export const CLIENT_GONE: Refusal = { code: "miner_failed", message: "The client has gone." };
export const TOO_LATE: Refusal = { code: "timeout", message: "The task took too long." };
export const SHUTTING_DOWN: Refusal = { code: "shutting_down", message: "The router is stopping." };
export const TOO_MANY_TASKS: Refusal = {
  code: "overloaded",
  message: "The router runs as many tasks as it can hold.",
  retryAfterSeconds: 1,
};
/** The database is slow or away: more work would be promised than can be made durable. */
export const SINK_FULL: Refusal = {
  code: "sink_full",
  message:
    "As much waits for the session's sink as may. Nothing of it is given up; new tasks wait until it takes records again.",
  retryAfterSeconds: 60,
};
export const RECEIPTS_WAIT: Refusal = {
  code: "overloaded",
  message: "The router waits for its database.",
  retryAfterSeconds: 2,
};
export const TOO_MANY_QUOTES: Refusal = {
  code: "overloaded",
  message: "The router keeps as many quotes as it can.",
  retryAfterSeconds: 30,
};
export const UNKNOWN_ACCOUNT: Refusal = {
  code: "insufficient_balance",
  message: "The account has no allotment in this operator's lane.",
};
export const UNKNOWN_MODEL: Refusal = { code: "model_not_found", message: "No miner here offers this model." };
export const PROMPT_TOO_LONG: Refusal = {
  code: "prompt_too_long",
  message: "The prompt is longer than the model's context.",
};

/** The router reads what it searches: a session that keeps its texts from it has no files here. */
export function textsShownRefusal(privacy: string): Refusal {
  const message = `Files, vector stores, 'file_search' and kept responses show their texts to the router: a session with privacy '${privacy}' has none here.`;
  return { code: "session_unsupported", message };
}

export const TERMS_UNKNOWN: Refusal = { code: "overloaded", message: "The session's terms can't be read now." };
