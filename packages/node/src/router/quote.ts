import type { Gateway, Quote, QuoteOutcome, QuoteRequest, RateView, Refusal } from "@cortensor/api";
import { chargedPrices, chosenTerms, llmTokensUp, serviceLevelOf, surchargesOf } from "@cortensor/protocol";
import { aboveLimit, comparesCopies } from "./admit.js";
import type { ModelEntry } from "./minerBoard.js";
import { type Pricing, type SizeParts, sizeOfRequest, sizeOfTexts, type TaskSize } from "./planTask.js";
import { PROMPT_TOO_LONG, rateRefusal, TOO_MANY_QUOTES, UNKNOWN_ACCOUNT, UNKNOWN_MODEL } from "./refusals.js";
import type { RouterCore } from "./routerCore.js";
import { unavailableTerms } from "./unavailableTerms.js";

/** How long a quote's prices are kept: time to read it and to ask. */
const QUOTE_MS = 60_000;

/** Says what a request would hold, by the functions that hold it. Moves nothing; promises the model's prices to the account. */
export function createQuote(core: RouterCore): Gateway["quote"] {
  return async (caller, request) => {
    const { account } = caller;
    const session = await core.sessions.find(account);
    const own = session === undefined ? undefined : await core.sessions.termsOf(account);
    if (own === undefined) return refused(UNKNOWN_ACCOUNT);
    const rate = core.rates.view();
    if (request.denomination === "llm" && rate?.isFresh !== true) return refused(rateRefusal(rate));
    const entry = entryOf(core, request.work);
    if (entry === undefined) return refused(UNKNOWN_MODEL);
    const { weiPerTokenIn, weiPerTokenOut, modelId } = entry.card;
    const terms = chosenTerms({ ...own, ...request.terms }, request.choice);
    const pricing: Pricing = { model: { weiPerTokenIn, weiPerTokenOut }, terms };
    const size = sizeOfWork(request.work, { card: entry.card, pricing });
    if (size === undefined) return refused(PROMPT_TOO_LONG);
    const tooDear = aboveLimit(size, request.choice);
    if (tooDear !== undefined) return refused(tooDear);
    const nowMs = core.clock.nowMs();
    const expiresAtMs = nowMs + QUOTE_MS;
    if (!core.quotes.promise({ account, modelId, prices: pricing.model, expiresAtMs, nowMs }))
      return refused(TOO_MANY_QUOTES);
    const shown = request.denomination === "llm" ? rate : undefined;
    const unavailable = unavailableTerms(terms, {
      work: request.work.kind,
      comparesCopies: comparesCopies(core),
      isPrivate: core.members !== undefined,
    });
    return { kind: "quoted", quote: toQuote({ entry, pricing, size, rate: shown, unavailable, expiresAtMs }) };
  };
}

function entryOf({ board }: RouterCore, work: QuoteRequest["work"]): ModelEntry | undefined {
  if (work.kind === "generation") return board.modelOf(work.request.modelId);
  const card = board.cards.find(({ id, canEmbed }) => id === work.model && canEmbed);
  return card === undefined ? undefined : board.modelOf(card.modelId);
}

function sizeOfWork(work: QuoteRequest["work"], parts: SizeParts): TaskSize | undefined {
  return work.kind === "generation" ? sizeOfRequest(work.request, parts) : sizeOfTexts(work.texts, parts);
}

function toQuote(parts: {
  readonly entry: ModelEntry;
  readonly pricing: Pricing;
  readonly size: TaskSize;
  readonly rate: RateView | undefined;
  readonly unavailable: Quote["unavailable"];
  readonly expiresAtMs: number;
}): Quote {
  const { entry, pricing, size, rate, unavailable, expiresAtMs } = parts;
  const { model, terms } = pricing;
  const wei = size.feeCapWei;
  const promise = serviceLevelOf(terms.sla);
  return {
    model: entry.card.id,
    modelId: entry.card.modelId,
    nInMax: size.maxIn,
    nOutMax: size.maxOut,
    wei,
    ...(rate === undefined ? {} : { llmTokens: llmTokensUp(wei, rate.weiPerLlmToken), rate }),
    formula: { model, terms, surcharges: surchargesOf(terms), charged: chargedPrices(model, terms) },
    ...(promise === undefined ? {} : { promise }),
    unavailable,
    expires: Math.floor(expiresAtMs / 1_000),
  };
}

function refused(refusal: Refusal): QuoteOutcome {
  return { kind: "refused", refusal };
}
