import { type Binding, lastingBoundMisfit } from "./bindOffers.js";
import type { MatchRules } from "./chooseMiner.js";
import type { SeatOffer } from "./minerSeat.js";
import type { Pricing, TaskSize } from "./planTask.js";

export type AbleParts = {
  readonly offers: readonly SeatOffer[];
  readonly binding: Binding;
  readonly rules: MatchRules;
  readonly pricing: Pricing;
  readonly size: TaskSize;
};

/** The offers that could serve a task, or one copy of it, however busy they are. */
export function ableOffers({ offers, binding, rules, pricing, size }: AbleParts): readonly SeatOffer[] {
  const wanted = {
    tokensMin: size.maxOut + 1,
    weiPerTokenInMax: pricing.model.weiPerTokenIn,
    weiPerTokenOutMax: pricing.model.weiPerTokenOut,
    feeCapWei: size.feeCapWei / BigInt(pricing.terms.redundant),
    excluded: new Set<never>(),
  };
  // One by one each offer is either able or not; whether there are enough of them is for whoever asks.
  const alone = { ...binding, nodesMin: 1 };
  return offers.filter((offer) => lastingBoundMisfit(wanted, { offers: [offer], binding: alone, rules }) === undefined);
}
