import type { SealedAsk } from "@cortensor/protocol";
import type { SeatOffer } from "../minerSeat.js";

/** Who may be given a sealed ask: whoever its client doesn't avoid. Whether they have a key of its suite is looked at apart. */
export function offersFor(
  { avoid = [] }: Pick<SealedAsk, "avoid">,
  offers: readonly SeatOffer[],
): readonly SeatOffer[] {
  return avoid.length === 0 ? offers : offers.filter(({ miner }) => !avoid.includes(miner));
}
