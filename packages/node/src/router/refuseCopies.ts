import type { Refusal } from "@cortensor/api";
import { type Binding, lastingBoundMisfit } from "./bindOffers.js";
import type { MatchRules } from "./chooseMiner.js";
import type { SeatOffer } from "./minerSeat.js";
import type { Pricing, TaskSize } from "./planTask.js";
import { fewerMinersRefusal, fewerNodesRefusal } from "./refusals.js";

/**
 * Why a task's copies can't be made, each by another miner: asked before anything is held. Undefined when so many miners could serve, however
 * busy they are.
 */
export function refuseCopies(parts: {
  readonly offers: readonly SeatOffer[];
  readonly binding: Binding;
  readonly rules: MatchRules;
  readonly pricing: Pricing;
  readonly size: TaskSize;
}): Refusal | undefined {
  const { offers, binding, rules, pricing, size } = parts;
  const { redundant: copies } = pricing.terms;
  if (copies === 1) return undefined;
  if (binding.nodesMax < copies) return fewerNodesRefusal(binding.nodesMax, copies);
  const wanted = {
    tokensMin: size.maxOut + 1,
    weiPerTokenInMax: pricing.model.weiPerTokenIn,
    weiPerTokenOutMax: pricing.model.weiPerTokenOut,
    feeCapWei: size.feeCapWei / BigInt(copies),
    excluded: new Set<never>(),
  };
  // One by one each offer is either able or not; whether there are enough of them is what is asked here.
  const alone = { ...binding, nodesMin: 1 };
  const able = offers.filter(
    (offer) => lastingBoundMisfit(wanted, { offers: [offer], binding: alone, rules }) === undefined,
  );
  return able.length < copies ? fewerMinersRefusal(able.length, copies) : undefined;
}
