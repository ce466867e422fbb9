import { ProtocolError } from "./errors.js";
import { feeWei, type Prices } from "./fee.js";
import { LEVEL_MAX, REDUNDANCY_MAX, VALIDATORS_MAX } from "./limits.js";
import { BPS, type SessionClass } from "./splits.js";
import type { Privacy } from "./task.js";

/** What a session asks for, as far as it has a price; the words are those of its parameters on chain. */
export type SessionTerms = {
  /** Copies of each task, 1…7. */
  readonly redundant: number;
  /** Validators per task, 0…7. One is enough to make the session class `validated`. */
  readonly numOfValidatorNodes: number;
  /** Least level of a node, 0…10. */
  readonly sla: number;
  readonly privacy: Privacy;
};

/** One unvalidated copy in the open, by anybody: the terms without a surcharge. */
export const PLAIN_TERMS: SessionTerms = { redundant: 1, numOfValidatorNodes: 0, sla: 0, privacy: "open" };

/** The published table: what each term adds to a model's price per token, in basis points. They add up; nothing compounds. */
export const SURCHARGES_BPS = {
  /** By session class. A miner's part of a validated fee is 83 % in place of 92 %: 92 ÷ 83 − 1 leaves it the same pay. */
  validation: { unvalidated: 0, validated: 1_085 },
  /** By `sla`: 1 % a level. */
  level: [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000],
  /** A sealed task costs its miner a key exchange, and can't be checked by reading it; a private one has few miners to choose from. */
  privacy: { open: 0, sealed: 1_000, private: 2_000 },
} as const satisfies {
  readonly validation: Readonly<Record<SessionClass, number>>;
  readonly level: readonly number[];
  readonly privacy: Readonly<Record<Privacy, number>>;
};

/** The class that sets a session's splits, and its validation surcharge. */
export function sessionClassOf({ numOfValidatorNodes }: Pick<SessionTerms, "numOfValidatorNodes">): SessionClass {
  return numOfValidatorNodes > 0 ? "validated" : "unvalidated";
}

/** The surcharges of one session, in basis points. */
export type Surcharges = {
  readonly validationBps: number;
  readonly levelBps: number;
  readonly privacyBps: number;
  readonly totalBps: number;
};

/** Looks the terms up in the table. Throws PROTOCOL_OUT_OF_RANGE for terms that no session may have. */
export function surchargesOf(terms: SessionTerms): Surcharges {
  checkRange("redundant", terms.redundant, [1, REDUNDANCY_MAX]);
  checkRange("numOfValidatorNodes", terms.numOfValidatorNodes, [0, VALIDATORS_MAX]);
  checkRange("sla", terms.sla, [0, LEVEL_MAX]);
  const { validation, level, privacy } = SURCHARGES_BPS;
  const validationBps = validation[sessionClassOf(terms)];
  const levelBps = level[terms.sla] ?? 0;
  const privacyBps = privacy[terms.privacy];
  return { validationBps, levelBps, privacyBps, totalBps: validationBps + levelBps + privacyBps };
}

/**
 * What one copy pays per token: the model's price and the surcharges, rounded up to whole wei. An assignment carries these prices,
 * so that everything after this one rounding is exact.
 */
export function chargedPrices(model: Prices, terms: SessionTerms): Prices {
  const { totalBps } = surchargesOf(terms);
  if (totalBps === 0) return { weiPerTokenIn: model.weiPerTokenIn, weiPerTokenOut: model.weiPerTokenOut };
  const factor = BigInt(BPS + totalBps);
  const unit = BigInt(BPS);
  return {
    weiPerTokenIn: ceilDiv(model.weiPerTokenIn * factor, unit),
    weiPerTokenOut: ceilDiv(model.weiPerTokenOut * factor, unit),
  };
}

/**
 * The formula: copies × (tokens in × price in + tokens out × price out), in wei of COR, each price with the surcharges. With counts
 * that are bounds it is the most that a task may cost, which is held; with the counts of a task that one miner made it is the fee.
 */
export function priceWei(parts: {
  /** The model's price per token, before surcharges. */
  readonly model: Prices;
  readonly terms: SessionTerms;
  /** Tokens of one copy. */
  readonly nIn: number;
  readonly nOut: number;
}): bigint {
  const { model, terms, nIn, nOut } = parts;
  return BigInt(terms.redundant) * feeWei({ ...chargedPrices(model, terms), nIn, nOut });
}

/** What an amount costs in whole LLM tokens, rounded up: for what is owed. `weiPerLlmToken` is the rate, at least 1. */
export function llmTokensUp(wei: bigint, weiPerLlmToken: bigint): bigint {
  return ceilDiv(wei, weiPerLlmToken);
}

/** How many whole LLM tokens an amount buys, rounded down: for what is owned. */
export function llmTokensDown(wei: bigint, weiPerLlmToken: bigint): bigint {
  return wei / weiPerLlmToken;
}

/** Both at least zero, the divisor above it. */
function ceilDiv(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}

function checkRange(field: string, value: number, [least, most]: readonly [number, number]): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ProtocolError({
    code: "PROTOCOL_OUT_OF_RANGE",
    field,
    value: String(value),
    range: `${least}…${most}`,
  });
}
