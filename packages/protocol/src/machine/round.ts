import type { Address, UnixSeconds } from "../primitives.js";

/** A phase in which each of several seats gives one value, once. It is over when all have, or at its deadline with what arrived. */
export type Round<Value> = {
  /** Whose values are awaited; each once. */
  readonly seats: readonly Address[];
  /** In order of arrival. */
  readonly arrived: readonly Arrival<Value>[];
};

export type Arrival<Value> = { readonly by: Address; readonly value: Value; readonly atSeconds: UnixSeconds };

/** Why a round takes no value: its sender has no seat, or has given one. */
export type RoundRefusal = "notYours" | "already";

export function openRound<Value>(seats: readonly Address[]): Round<Value> {
  return { seats, arrived: [] };
}

/** Why this sender's value isn't taken; undefined when it is. */
export function roundRefusal<Value>({ seats, arrived }: Round<Value>, by: Address): RoundRefusal | undefined {
  if (!seats.includes(by)) return "notYours";
  return arrived.some((arrival) => arrival.by === by) ? "already" : undefined;
}

/** The round with one more value, of a sender that it doesn't refuse. */
export function withArrival<Value>(round: Round<Value>, arrival: Arrival<Value>): Round<Value> {
  return { ...round, arrived: [...round.arrived, arrival] };
}

export function hasAllArrived<Value>({ seats, arrived }: Round<Value>): boolean {
  return arrived.length === seats.length;
}

/** Who has given a value, in the order of the seats: the seats of the next round. */
export function arrivedSeats<Value>({ seats, arrived }: Round<Value>): readonly Address[] {
  return seats.filter((seat) => arrived.some(({ by }) => by === seat));
}

export function arrivalOf<Value>({ arrived }: Round<Value>, by: Address): Value | undefined {
  return arrived.find((arrival) => arrival.by === by)?.value;
}
