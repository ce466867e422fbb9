import { ProtocolError } from "../errors.js";
import { GUARDS_MAX } from "../limits.js";

/** Most seats of a jury, and most holders of a key's shares. */
export const COMMITTEE_SEATS_MAX = 7;

/** How large a jury or a circle of share holders is, and how many of it decide or open. */
export type Committee = { readonly seats: number; readonly threshold: number };

/** For `n` guards: `min(7, n)` seats, `⌊2 × seats ÷ 3⌋ + 1` of them decide: the fewest that are more than two thirds. */
export function committeeOf(guards: number): Committee {
  if (!Number.isInteger(guards) || guards < 1 || guards > GUARDS_MAX) {
    const range = `1…${GUARDS_MAX}`;
    throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field: "guards", value: String(guards), range });
  }
  const seats = Math.min(COMMITTEE_SEATS_MAX, guards);
  return { seats, threshold: Math.floor((2 * seats) / 3) + 1 };
}
