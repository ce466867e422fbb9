import type { Refusal } from "@cortensor/api";
import { type AbleParts, ableOffers } from "./ableOffers.js";
import { uncheckable } from "./checkers.js";
import type { MinerBoard } from "./minerBoard.js";
import { noCheckerRefusal } from "./refusals.js";

/**
 * Why nobody could check a task's answer: asked before anything is held. Undefined where no check is wanted, where somebody is there, and where
 * nobody could answer at all, which is said elsewhere.
 */
export function refuseCheck(parts: AbleParts & { readonly board: Pick<MinerBoard, "seats"> }): Refusal | undefined {
  if (parts.pricing.terms.numOfValidatorNodes === 0) return undefined;
  const able = ableOffers(parts);
  const without = uncheckable(parts.board, able);
  const [first] = able;
  return first !== undefined && without.size === able.length ? noCheckerRefusal(first.model.model) : undefined;
}
