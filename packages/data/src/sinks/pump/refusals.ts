import { BATCH_RECORDS_MAX, REFUSALS_MAX } from "../limits.js";

/** How far a sink's refusals have been narrowed down. */
export type Narrowing = {
  /** Most records of the next batch. */
  readonly size: number;
  /** How often the first record was refused when it came alone. */
  readonly refusals: number;
};

export const NO_REFUSALS: Narrowing = { size: BATCH_RECORDS_MAX, refusals: 0 };

/** After a batch of `count` records was refused: half of them next, down to the one that is refused. */
export function afterRefusal({ refusals }: Narrowing, count: number): Narrowing {
  if (count > 1) return { size: Math.ceil(count / 2), refusals: 0 };
  return { size: 1, refusals: refusals + 1 };
}

/** After a delivery: twice as many next, up to a whole batch. */
export function afterDelivery({ size }: Narrowing): Narrowing {
  return { size: Math.min(BATCH_RECORDS_MAX, size * 2), refusals: 0 };
}

/** Whether the first record is to go without its texts, so that those behind it get by. */
export function mustWithhold({ refusals }: Narrowing): boolean {
  return refusals >= REFUSALS_MAX;
}
