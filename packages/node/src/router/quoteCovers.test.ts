import {
  type InferenceRequest,
  LEVEL_MAX,
  PRIVACIES,
  type Prices,
  type Prompt,
  payeesOf,
  priceWei,
  REDUNDANCY_MAX,
  type ReplicaWork,
  type SegmentWork,
  type SessionTerms,
  sessionClassOf,
  VALIDATORS_MAX,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignmentOf, type Pricing, planInference, sizeOfRequest, sizeOfTexts, type TaskPlan } from "./planTask.js";
import { QuoteBook } from "./quoteBook.js";

/** An ordinary run has 5 % of the count that the quote's promise is stated with. */
const RUNS = process.env.CORTENSOR_DEEP === "quotes" ? 10_000 : 200;
const TIMEOUT_MS = 60_000 + RUNS * 20;
const CARD = { id: "model", modelId: `0x${"aa".repeat(32)}`, canEmbed: true, miners: 3 } as const;

const anyText = fc.oneof(fc.string({ maxLength: 400 }), fc.string({ unit: "grapheme", maxLength: 200 }));
const anyPrompt: fc.Arbitrary<Prompt> = fc.oneof(
  anyText.map((text) => ({ kind: "text", text }) as const),
  fc
    .array(
      fc.record({ role: fc.constantFrom("system" as const, "user" as const, "assistant" as const), content: anyText }),
      { minLength: 1, maxLength: 6 },
    )
    .map((messages) => ({ kind: "chat", messages }) as const),
);
const anyTerms: fc.Arbitrary<SessionTerms> = fc.record({
  redundant: fc.integer({ min: 1, max: REDUNDANCY_MAX }),
  numOfValidatorNodes: fc.integer({ min: 0, max: VALIDATORS_MAX }),
  sla: fc.integer({ min: 0, max: LEVEL_MAX }),
  privacy: fc.constantFrom(...PRIVACIES),
});
const anyPrice = fc.bigInt({ min: 0n, max: 10n ** 16n });
/** What may happen between the quote and the end: a dearer model, and hand-overs in which each miner makes a share of what is left. */
const anyCourse = fc.record({
  dearerByBps: fc.nat(20_000),
  nInShare: fc.double({ min: 0, max: 1, noNaN: true }),
  isFinished: fc.boolean(),
  replicas: fc.array(
    fc.array(
      fc.record({
        /** Of the ceiling: no miner above it gets the task. */
        priceBps: fc.nat(10_000),
        acknowledged: fc.double({ min: 0, max: 1, noNaN: true }),
        seen: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    { minLength: REDUNDANCY_MAX, maxLength: REDUNDANCY_MAX },
  ),
});
type Course = typeof anyCourse extends fc.Arbitrary<infer Value> ? Value : never;

const anyAsked = fc.record({
  prompt: anyPrompt,
  maxTokens: fc.integer({ min: 1, max: 8_192 }),
  contextTokens: fc.integer({ min: 16, max: 8_192 }),
  model: fc.record({ weiPerTokenIn: anyPrice, weiPerTokenOut: anyPrice }),
  terms: anyTerms,
});

function requestOf(prompt: Prompt, maxTokens: number): InferenceRequest {
  const params = { temperature: 0, topK: 40, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0 };
  return { modelId: CARD.modelId, prompt, params: { ...params, logitBias: {}, stop: [], maxTokens } };
}

function planOf(request: InferenceRequest, size: Parameters<typeof planInference>[1], pricing: Pricing): TaskPlan {
  return planInference(request, size, {
    caller: { account: 7, custody: "custodial" },
    session: { session: ZERO_BYTES32, sessionClass: sessionClassOf(pricing.terms) },
    seq: 0,
    salt: ZERO_BYTES32,
    userNonce: ZERO_BYTES32,
    entry: { card: { ...CARD, ...pricing.model, contextTokens: 0 }, offers: [], ownersOfClass: new Map() },
    terms: pricing.terms,
    epoch: 0,
    nowMs: 0,
    deadline: 600,
  });
}

/** The segments of one replica, each with the prices of an assignment that the router would send. */
function replicaOf(plan: TaskPlan, replica: number, parts: { pricing: Pricing; course: Course }): ReplicaWork {
  const { course, pricing } = parts;
  const { maxIn, maxOut } = plan.task;
  const nIn = Math.max(1, Math.floor(maxIn * course.nInShare));
  const segments: SegmentWork[] = [];
  let from = 0;
  let seen = 0;
  for (const [segment, hop] of (course.replicas[replica] ?? []).entries()) {
    const offer = shareOf(pricing.model, hop.priceBps);
    const miner = `0x${segment.toString(16).padStart(40, "0")}` as const;
    const { weiPerTokenIn, weiPerTokenOut } = assignmentOf(plan, {
      ...offer,
      miner,
      kernelClass: ZERO_BYTES32,
      replica,
      segment,
      from,
      nowSeconds: 0,
    });
    const paidTo = from + Math.floor((maxOut - from) * hop.acknowledged);
    segments.push({ miner, segment, from, madeFrom: seen, paidTo, nIn, weiPerTokenIn, weiPerTokenOut });
    seen = Math.max(seen, paidTo + Math.floor((maxOut - paidTo) * hop.seen));
    from = paidTo;
  }
  return { replica, segments, isFinished: course.isFinished };
}

function shareOf({ weiPerTokenIn, weiPerTokenOut }: Prices, bps: number): Prices {
  const share = BigInt(bps);
  return { weiPerTokenIn: (weiPerTokenIn * share) / 10_000n, weiPerTokenOut: (weiPerTokenOut * share) / 10_000n };
}

describe(`a quote, over ${RUNS} random requests`, () => {
  it(
    "is never below what the task charges, whoever makes it and however prices rise",
    () => {
      fc.assert(
        fc.property(anyAsked, anyCourse, ({ prompt, maxTokens, contextTokens, model, terms }, course) => {
          const request = requestOf(prompt, maxTokens);
          const quoted = sizeOfRequest(request, { card: { contextTokens }, pricing: { model, terms } });
          fc.pre(quoted !== undefined);
          const book = new QuoteBook();
          const { modelId } = CARD;
          book.promise({ account: 7, modelId, prices: model, expiresAtMs: 60_000, nowMs: 0 });
          const today = shareOf(model, 10_000 + course.dearerByBps);
          const pricing = { model: book.ceilingOf({ account: 7, modelId, ...today }, 59_999), terms };
          const held = sizeOfRequest(request, { card: { contextTokens }, pricing });
          if (held === undefined) throw new Error("the same request has a size twice");
          const plan = planOf(request, held, pricing);
          const replicas = Array.from({ length: terms.redundant }, (_, at) => replicaOf(plan, at, { pricing, course }));
          const { feeWei } = payeesOf(replicas, plan.task.feeCapWei);
          expect(feeWei <= quoted.feeCapWei).toBe(true);
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    "equals the charge where counts are known",
    () => {
      fc.assert(
        fc.property(anyAsked, anyCourse, ({ prompt, maxTokens, contextTokens, model, terms }, course) => {
          const request = requestOf(prompt, maxTokens);
          const pricing = { model, terms };
          const size = sizeOfRequest(request, { card: { contextTokens }, pricing });
          fc.pre(size !== undefined);
          const plan = planOf(request, size, pricing);
          const all = { priceBps: 10_000, acknowledged: 1, seen: 0 };
          const whole = { ...course, isFinished: true, replicas: course.replicas.map(() => [all]) };
          const paid = (nInShare: number) => {
            const parts = { pricing, course: { ...whole, nInShare } };
            const replicas = Array.from({ length: terms.redundant }, (_, at) => replicaOf(plan, at, parts));
            return payeesOf(replicas, plan.task.feeCapWei);
          };
          const known = paid(course.nInShare);
          const counts = { nIn: known.paidIn / terms.redundant, nOut: known.paidOut / terms.redundant };
          expect(known.feeWei).toBe(priceWei({ ...pricing, ...counts }));
          expect(paid(1).feeWei).toBe(size.feeCapWei);
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    "covers texts to embed, and equals their charge where counts are known",
    () => {
      fc.assert(
        fc.property(
          fc.array(anyText, { minLength: 1, maxLength: 8 }),
          anyAsked,
          (texts, { contextTokens, model, terms }) => {
            const pricing = { model, terms };
            const size = sizeOfTexts(texts, { card: { contextTokens }, pricing });
            fc.pre(size !== undefined);
            // A text has at most a token a byte, and its model's marks around it.
            const nIn = texts.reduce((sum, text) => sum + Math.min(contextTokens, Buffer.byteLength(text) + 2), 0);
            expect(priceWei({ ...pricing, nIn, nOut: 0 }) <= size.feeCapWei).toBe(true);
            expect(priceWei({ ...pricing, nIn: size.maxIn, nOut: 0 })).toBe(size.feeCapWei);
          },
        ),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );
});
