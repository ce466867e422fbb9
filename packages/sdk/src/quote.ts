import { PRIVACIES, type SessionTerms, type TaskChoice } from "@cortensor/protocol";
import { z } from "zod";
import { type AskMessages, choiceBody, type SamplingOptions, samplingBody, toMessages } from "./answers.js";
import type { CallOptions, Http } from "./http.js";
import { bytes32, count, rateView, serviceLevel, wei } from "./networkShapes.js";

/** What is to be priced: one of a chat, a plain completion, or texts to embed. */
export type QuotedWork =
  | { readonly messages: AskMessages }
  | { readonly prompt: string }
  | { readonly texts: readonly string[] };

export type QuoteOptions = Pick<SamplingOptions, "model" | "maxTokens"> &
  TaskChoice &
  CallOptions & {
    /** Terms in place of the session's own. */
    readonly session?: Partial<SessionTerms>;
    /** Default `llm`; `cor` asks for no LLM tokens, and works without a rate. */
    readonly denomination?: "llm" | "cor";
  };

const prices = z.object({ weiPerTokenIn: wei, weiPerTokenOut: wei });
const bps = z.int().min(0);

export const quote = z.object({
  model: z.string(),
  modelId: bytes32,
  nInMax: count,
  nOutMax: count,
  wei,
  llmTokens: wei.optional(),
  rate: rateView.optional(),
  formula: z.object({
    model: prices,
    terms: z.object({
      redundant: count,
      numOfValidatorNodes: count,
      sla: count,
      privacy: z.enum(PRIVACIES),
    }),
    surcharges: z.object({ validationBps: bps, levelBps: bps, privacyBps: bps, totalBps: bps }),
    charged: prices,
  }),
  /** What the terms' level promises; absent for level 0. */
  promise: serviceLevel.optional(),
  unavailable: z.array(z.string()),
  expires: z.int(),
});
/** The most that a request would cost, in wei of COR and in LLM tokens, and how it comes about. */
export type Quote = z.output<typeof quote>;

/** Asks a router for a quote. */
export async function fetchQuote(
  http: Http,
  work: QuotedWork,
  options: QuoteOptions & { readonly model: string; readonly bearer: string },
): Promise<Quote> {
  const { model, maxTokens, session, denomination, bearer, signal, timeoutMs } = options;
  const asked = "texts" in work ? {} : samplingBody(maxTokens === undefined ? {} : { maxTokens });
  const body = { ...bodyOf(work), ...asked, ...choiceBody(options), model, session, denomination };
  const bounds = { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  return (await http.json({ path: "/api/v1/quote", body, bearer, ...bounds }, quote)).value;
}

function bodyOf(work: QuotedWork): Readonly<Record<string, unknown>> {
  if ("texts" in work) return { input: work.texts };
  return "prompt" in work ? { prompt: work.prompt } : { messages: toMessages(work.messages) };
}
