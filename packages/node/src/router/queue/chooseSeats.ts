import type { Address } from "@cortensor/protocol";
import { uncheckable } from "../checkers.js";
import { matchingOf, NOBODY, type StartParts } from "../inference.js";
import type { SeatOffer } from "../minerSeat.js";
import type { RouterCore } from "../routerCore.js";
import { chooseApart } from "../startCopies.js";

export type ChosenSeats =
  | { readonly kind: "chosen"; readonly miners: readonly Address[] }
  /** Too few have room now, or too few of those that have can pay for their steps on chain. */
  | { readonly kind: "none"; readonly code: "no_miner" | "too_few_posting" };

/**
 * As many miners as a task asks copies of, matched as by REST: each another one, and of another owner where that can be. Miners that couldn't
 * pay for their steps on chain are passed over.
 */
export async function chooseSeats(
  core: RouterCore,
  parts: StartParts,
  canPost: (miner: Address) => Promise<boolean>,
): Promise<ChosenSeats> {
  const { redundant, numOfValidatorNodes } = parts.admitted.pricing.terms;
  const matching = matchingOf(core, parts);
  const isChecked = redundant === 1 && numOfValidatorNodes > 0;
  const barred = new Set(isChecked ? uncheckable(core.board, matching.offersNow()) : NOBODY);
  const chosen: SeatOffer[] = [];
  let hasPassedOver = false;
  while (chosen.length < redundant) {
    const next = chooseApart({ excluded: barred }, { others: chosen, matching, replica: chosen.length });
    if (next.kind === "none") return { kind: "none", code: hasPassedOver ? "too_few_posting" : "no_miner" };
    if (await canPost(next.offer.miner)) chosen.push(next.offer);
    else {
      hasPassedOver = true;
      barred.add(next.offer.miner);
    }
  }
  return { kind: "chosen", miners: chosen.map(({ miner }) => miner) };
}
