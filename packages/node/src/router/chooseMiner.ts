import type { Address, Bytes32 } from "@cortensor/protocol";
import { type Asker, type KeptFor, mayUse } from "./keptFor.js";

/** What one miner offers for one model, and how busy it is, as the router sees it now. */
export type MinerOffer = {
  readonly miner: Address;
  readonly kernelClass: Bytes32;
  readonly contextTokens: number;
  readonly tokensPerSecond: number;
  /** Whether that is what tasks have shown here, not the miner's own word. */
  readonly isMeasured: boolean;
  readonly weiPerTokenIn: bigint;
  readonly weiPerTokenOut: bigint;
  /** Whether it may be given work at all: see the Registry. */
  readonly isVerified: boolean;
  readonly isProved: boolean;
  /** Tasks it will hold at once, and those it holds. */
  readonly capacity: number;
  readonly tasks: number;
  /** This router's tasks of this model that it starts at once or next, and those it has of them. */
  readonly startsMax: number;
  readonly ownTasks: number;
  /** Output tokens that the tasks it holds are expected to make still. */
  readonly tokensAhead: number;
  /** Largest fees of this router's tasks on it, and the stake behind its operator. */
  readonly inFlightWei: bigint;
  readonly stakeWei: bigint;
  /** How well it has served: 0 (not at all) to 1. */
  readonly score: number;
  /** The level that assessors found its node to have, 0…10. */
  readonly level: number;
  /** Whether its engine can be made to score given tokens. */
  readonly canScore: boolean;
  /** Whom its node serves alone. */
  readonly keptFor?: KeptFor | undefined;
};

export type MatchRequest = {
  /** Fewest tokens of context the task may need. */
  readonly tokensMin: number;
  readonly weiPerTokenInMax: bigint;
  readonly weiPerTokenOutMax: bigint;
  /** Largest fee of the task. */
  readonly feeCapWei: bigint;
  /** Output tokens that it is expected to make: how much a miner's own speed matters. Default 0. */
  readonly expectedTokens?: number;
  /** Least level of the node. Default 0. */
  readonly levelMin?: number;
  /** Whether engines that can't be made to score will do. */
  readonly takesUnscored?: boolean;
  /** Whose task it is: kept nodes ask. */
  readonly asker?: Asker;
  /** Miners that were tried already. */
  readonly excluded: ReadonlySet<Address>;
  /** The miner with the warm prefix, and the time that prefix would save it. */
  readonly warm?: { readonly miner: Address; readonly savesMs: number };
  /** A hand-over may wait in a miner's own queue: a new task waits here, where it has its turn. */
  readonly mayQueue?: true;
  /** At a hand-over: equal text is promised within one class only, so another is the last resort. */
  readonly kernelClass?: Bytes32;
};

export type MatchRules = {
  /** Candidates compared, 2 to 5. */
  readonly draws: number;
  /** Share of tasks given to any able miner. */
  readonly exploration: number;
  /** Stake needed per wei of fees in flight; 0 asks for none. */
  readonly stakePerFee: bigint;
};

export const DEFAULT_MATCH_RULES: MatchRules = { draws: 3, exploration: 0.05, stakePerFee: 1n };

export type MatchOutcome<Offer extends MinerOffer = MinerOffer> =
  | { readonly kind: "chosen"; readonly offer: Offer }
  /** Why nobody can: the nearest miss of all offers. */
  | { readonly kind: "none"; readonly reason: Misfit };

/** From the farthest miss to the nearest. */
export const MISFITS = [
  "noOffer",
  "unverified",
  "dedicated",
  "kept",
  "reserved",
  "fewNodes",
  "unscored",
  "level",
  "unproved",
  "context",
  "price",
  "excluded",
  "exposure",
  "busy",
] as const;
export type Misfit = (typeof MISFITS)[number];

/** Offers up to which all are weighed; above it random draws find able ones, so that a choice costs the same at any size. */
const SCAN_MAX = 16;
/** Random draws per candidate wanted, before all offers are looked through after all. */
const DRAWS_PER_CANDIDATE = 4;
/** Who would be done at most so many times as late as the soonest is as good: measured speeds of equal miners differ. */
const AS_GOOD = 1.25;
/** A miner without any score would never be drawn, and never get one. */
const SCORE_MIN = 0.02;

/**
 * Which miner gets a task: a few able ones are drawn by score, and of those that would be done with it soonest the one that begins first
 * wins. The miner with the warm prefix wins while its queue costs less than the prefix saves. `random` gives numbers in [0, 1).
 */
export function chooseMiner<Offer extends MinerOffer>(
  request: MatchRequest,
  parts: { readonly offers: readonly Offer[]; readonly rules: MatchRules; readonly random: () => number },
): MatchOutcome<Offer> {
  const isExploring = parts.random() < parts.rules.exploration;
  const candidates = drawCandidates(request, { ...parts, isExploring });
  if (candidates.length === 0) return { kind: "none", reason: nearestMiss(request, parts) };
  const pool = sameClassFirst(request, candidates);
  if (isExploring) return chosen(pool[Math.floor(parts.random() * pool.length)] ?? pool[0]);
  const best = soonest(asSoon(request, pool));
  const warm = request.warm;
  if (warm === undefined || best === undefined || best.miner === warm.miner) return chosen(best);
  const offer = parts.offers.find((candidate) => candidate.miner === warm.miner);
  if (offer === undefined || misfitOf(request, offer, parts.rules) !== undefined) return chosen(best);
  const fastest = fastestOf([offer, best]);
  const bestMs = doneMs(request, best, fastest) * AS_GOOD;
  return chosen(doneMs(request, offer, fastest) - warm.savesMs <= bestMs ? offer : best);
}

/** Time until the work before a new task is done. */
export function waitMs(offer: MinerOffer): number {
  return (offer.tokensAhead / Math.max(offer.tokensPerSecond, Number.MIN_VALUE)) * 1_000;
}

/** Time until a new task would be done. Who has shown no speed yet is taken to be as fast with it as the fastest. */
function doneMs({ expectedTokens = 0 }: MatchRequest, offer: MinerOffer, fastest: number): number {
  const tokensPerSecond = offer.isMeasured ? offer.tokensPerSecond : fastest;
  return waitMs(offer) + (expectedTokens / Math.max(tokensPerSecond, Number.MIN_VALUE)) * 1_000;
}

function fastestOf(offers: readonly MinerOffer[]): number {
  return Math.max(...offers.map(({ tokensPerSecond }) => tokensPerSecond));
}

/** Why an offer can't serve a request; undefined when it can. */
export function misfitOf(request: MatchRequest, offer: MinerOffer, rules: MatchRules): Misfit | undefined {
  if (!offer.isVerified) return "unverified";
  if (!mayUse(offer, request.asker)) return "kept";
  if (!offer.canScore && request.takesUnscored !== true) return "unscored";
  if (offer.level < (request.levelMin ?? 0)) return "level";
  if (!offer.isProved) return "unproved";
  if (offer.contextTokens < request.tokensMin) return "context";
  if (offer.weiPerTokenIn > request.weiPerTokenInMax || offer.weiPerTokenOut > request.weiPerTokenOutMax)
    return "price";
  if (request.excluded.has(offer.miner)) return "excluded";
  if ((offer.inFlightWei + request.feeCapWei) * rules.stakePerFee > offer.stakeWei) return "exposure";
  if (offer.tasks >= offer.capacity) return "busy";
  if (request.mayQueue === undefined && offer.ownTasks >= offer.startsMax) return "busy";
  return undefined;
}

/** Whether a miner starts another task soon. */
export function hasRoom(offer: MinerOffer): boolean {
  return offer.isVerified && offer.isProved && offer.ownTasks < offer.startsMax && offer.tasks < offer.capacity;
}

/** Why nobody could serve a request even when all that runs has ended; undefined when somebody could. */
export function lastingMisfit(
  request: MatchRequest,
  parts: { readonly offers: readonly MinerOffer[]; readonly rules: MatchRules },
): Misfit | undefined {
  for (const offer of parts.offers) {
    const misfit = misfitOf(request, offer, parts.rules);
    if (misfit === undefined) return undefined;
    if (misfit !== "busy" && misfit !== "exposure") continue;
    const isCovered = request.feeCapWei * parts.rules.stakePerFee <= offer.stakeWei;
    if (isCovered && offer.capacity > 0) return undefined;
  }
  return nearestMiss(request, parts);
}

type DrawParts<Offer> = {
  readonly offers: readonly Offer[];
  readonly rules: MatchRules;
  readonly random: () => number;
  readonly isExploring: boolean;
};

function drawCandidates<Offer extends MinerOffer>(request: MatchRequest, parts: DrawParts<Offer>): readonly Offer[] {
  const { offers, rules } = parts;
  const wantsClass = request.kernelClass !== undefined;
  if (offers.length > SCAN_MAX && !wantsClass) {
    const drawn = drawByRejection(request, parts);
    if (drawn.length >= Math.min(2, rules.draws)) return drawn;
  }
  const able = offers.filter((offer) => misfitOf(request, offer, rules) === undefined);
  if (parts.isExploring || wantsClass) return able;
  return drawWeighted(able, parts);
}

/** Draws offers at random, accepts each with a chance of its score, and keeps the able ones. */
function drawByRejection<Offer extends MinerOffer>(request: MatchRequest, parts: DrawParts<Offer>): Offer[] {
  const { offers, rules, random, isExploring } = parts;
  const drawn: Offer[] = [];
  for (let tries = rules.draws * DRAWS_PER_CANDIDATE; tries > 0 && drawn.length < rules.draws; tries -= 1) {
    const offer = offers[Math.floor(random() * offers.length)];
    if (offer === undefined || drawn.includes(offer)) continue;
    if (!isExploring && random() >= weightOf(offer)) continue;
    if (misfitOf(request, offer, rules) === undefined) drawn.push(offer);
  }
  return drawn;
}

/** Draws without putting back, each with a chance in proportion to its score. */
function drawWeighted<Offer extends MinerOffer>(
  able: readonly Offer[],
  { rules, random }: DrawParts<Offer>,
): readonly Offer[] {
  const left = [...able];
  const drawn: Offer[] = [];
  let total = left.reduce((sum, offer) => sum + weightOf(offer), 0);
  while (drawn.length < rules.draws && left.length > 0) {
    let at = random() * total;
    let index = 0;
    for (; index < left.length - 1; index += 1) {
      at -= weightOf(left[index]);
      if (at < 0) break;
    }
    const [offer] = left.splice(index, 1);
    if (offer === undefined) break;
    total -= weightOf(offer);
    drawn.push(offer);
  }
  return drawn;
}

function weightOf(offer: MinerOffer | undefined): number {
  return Math.min(1, Math.max(SCORE_MIN, offer?.score ?? 0));
}

function sameClassFirst<Offer extends MinerOffer>(
  request: MatchRequest,
  candidates: readonly Offer[],
): readonly Offer[] {
  if (request.kernelClass === undefined) return candidates;
  const same = candidates.filter((offer) => offer.kernelClass === request.kernelClass);
  return same.length > 0 ? same : candidates;
}

/** Those of a pool that would be done with a task first, or hardly later. */
function asSoon<Offer extends MinerOffer>(request: MatchRequest, pool: readonly Offer[]): readonly Offer[] {
  const fastest = fastestOf(pool);
  const untilMs = Math.min(...pool.map((offer) => doneMs(request, offer, fastest))) * AS_GOOD;
  return pool.filter((offer) => doneMs(request, offer, fastest) <= untilMs);
}

/** Who begins first. Ties fall to the fewer tasks, then to the lower price, then to the one drawn first. */
function soonest<Offer extends MinerOffer>(pool: readonly Offer[]): Offer | undefined {
  let best = pool[0];
  for (const offer of pool) if (best !== undefined && isBetter(offer, best)) best = offer;
  return best;
}

function isBetter(left: MinerOffer, right: MinerOffer): boolean {
  const difference = waitMs(left) - waitMs(right);
  if (difference !== 0) return difference < 0;
  if (left.tasks !== right.tasks) return left.tasks < right.tasks;
  return left.weiPerTokenOut < right.weiPerTokenOut;
}

function chosen<Offer extends MinerOffer>(offer: Offer | undefined): MatchOutcome<Offer> {
  return offer === undefined ? { kind: "none", reason: "noOffer" } : { kind: "chosen", offer };
}

function nearestMiss(
  request: MatchRequest,
  { offers, rules }: { readonly offers: readonly MinerOffer[]; readonly rules: MatchRules },
): Misfit {
  let nearest = 0;
  for (const offer of offers) {
    const misfit = misfitOf(request, offer, rules);
    if (misfit !== undefined) nearest = Math.max(nearest, MISFITS.indexOf(misfit));
  }
  return MISFITS[nearest] ?? "noOffer";
}
