/** What an event makes of a state: the next one, or the name of why not. A refused event changes nothing. */
export type Step<State, Refusal extends string> =
  | { readonly kind: "moved"; readonly state: State }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export function moved<State>(state: State): { readonly kind: "moved"; readonly state: State } {
  return { kind: "moved", state };
}

export function refused<Refusal extends string>(
  refusal: Refusal,
): { readonly kind: "refused"; readonly refusal: Refusal } {
  return { kind: "refused", refusal };
}

/** First second that no machine knows: a contract keeps times in 40 bits. */
export const SECONDS_END = 2 ** 40;

/** Whether this is a second that a machine takes. */
export function isSecond(value: number): boolean {
  return isWhole(value, 0, SECONDS_END - 1);
}

/** Whether this is a whole number from `least` to `most`, both included. */
export function isWhole(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}
