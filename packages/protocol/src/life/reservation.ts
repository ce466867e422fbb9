import type { UnixSeconds } from "../primitives.js";

/** Longest period of one reservation: nodes come back to the pool, and are looked at again, at least as often. */
export const RESERVE_SECONDS_MAX = 7 * 86_400;
/** Most tasks of one reservation. */
export const RESERVE_TASKS_MAX = 1_000_000;

/** A node bound to one session: until a second, and for so many tasks where they are counted. Whichever is over first ends it. */
export type Reservation = {
  /** The session's account. */
  readonly session: number;
  /** First second at which it no longer holds. */
  readonly untilSeconds: UnixSeconds;
  /** Tasks that may still begin; undefined when they aren't counted. */
  readonly tasksLeft: number | undefined;
  /** Tasks that began and haven't ended. */
  readonly tasksRunning: number;
};

export function openReservation(of: {
  readonly session: number;
  readonly nowSeconds: UnixSeconds;
  readonly periodSeconds: number;
  /** 0: not counted. */
  readonly tasksMax: number;
}): Reservation {
  const tasksLeft = of.tasksMax === 0 ? undefined : of.tasksMax;
  return { session: of.session, untilSeconds: of.nowSeconds + of.periodSeconds, tasksLeft, tasksRunning: 0 };
}

/** The reservation with one more task under way; undefined when it has none left. */
export function withTaskBegun(reservation: Reservation): Reservation | undefined {
  const { tasksLeft, tasksRunning } = reservation;
  if (tasksLeft === 0) return undefined;
  return {
    ...reservation,
    tasksLeft: tasksLeft === undefined ? undefined : tasksLeft - 1,
    tasksRunning: tasksRunning + 1,
  };
}

/** The reservation with one task ended; undefined when none is under way. */
export function withTaskEnded(reservation: Reservation): Reservation | undefined {
  if (reservation.tasksRunning === 0) return undefined;
  return { ...reservation, tasksRunning: reservation.tasksRunning - 1 };
}

/** Whether all tasks that were reserved have ended. */
export function isUsedUp({ tasksLeft, tasksRunning }: Reservation): boolean {
  return tasksLeft === 0 && tasksRunning === 0;
}
