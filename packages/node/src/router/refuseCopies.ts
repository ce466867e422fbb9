import type { Refusal } from "@cortensor/api";
import { type AbleParts, ableOffers } from "./ableOffers.js";
import { fewerMinersRefusal, fewerNodesRefusal } from "./refusals.js";

/**
 * Why a task's copies can't be made, each by another miner: asked before anything is held. Undefined when so many miners could serve, however
 * busy they are.
 */
export function refuseCopies(parts: AbleParts): Refusal | undefined {
  const { binding, pricing } = parts;
  const { redundant: copies } = pricing.terms;
  if (copies === 1) return undefined;
  if (binding.nodesMax < copies) return fewerNodesRefusal(binding.nodesMax, copies);
  const able = ableOffers(parts);
  return able.length < copies ? fewerMinersRefusal(able.length, copies) : undefined;
}
