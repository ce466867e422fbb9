import { minWei } from "../budget.js";
import type { MoneySource } from "../holdBook.js";
import { WEI_MAX } from "../limits.js";
import type { BudgetId } from "./budgetRows.js";

/** Holds that a new slice should last for. */
export const SLICE_HOLDS = 64n;
/** A slice that had to be topped up again this soon is made twice as large. */
export const SLICE_GROWTH_MS = 1_000;
/** A row that couldn't give a slice what it wanted isn't asked again, for comfort, before this. */
export const SLICE_REST_MS = 250;

/** A router's slice of one budget row, in memory. */
export class Slice implements MoneySource {
  readonly id: BudgetId;
  /** The lease on the row, as of the last transaction. */
  grantedWei = 0n;
  asideWei = 0n;
  /** False for a key without a budget: nothing bounds it. */
  isBounded = true;
  /** False until the row was read, and after a transaction whose end is unknown. */
  isKnown = false;
  /** False once the lease epoch is over: running holds end on it, no new ones begin. */
  isAlive = true;
  targetWei = 0n;
  usedSinceRenewal = false;
  lastTopUpMs = Number.NEGATIVE_INFINITY;
  restUntilMs = Number.NEGATIVE_INFINITY;

  constructor(id: BudgetId) {
    this.id = id;
  }

  get availableWei(): bigint {
    return this.grantedWei - this.asideWei;
  }

  covers(wei: bigint): boolean {
    return this.isKnown && (!this.isBounded || this.grantedWei - this.asideWei >= wei);
  }

  /** Notes a hold; true when the slice should be topped up in the background. */
  noteHold(wei: bigint, nowMs: number): boolean {
    this.usedSinceRenewal = true;
    if (!this.isBounded) return false;
    this.expectHold(wei);
    return nowMs >= this.restUntilMs && this.availableWei * 2n < this.targetWei;
  }

  expectHold(wei: bigint): void {
    if (this.targetWei < wei * SLICE_HOLDS) this.targetWei = wei * SLICE_HOLDS;
  }

  /** What to ask for to be comfortable; grows while top-ups come fast. */
  askComfort(nowMs: number): bigint {
    if (nowMs - this.lastTopUpMs < SLICE_GROWTH_MS) this.targetWei = minWei(this.targetWei * 2n, WEI_MAX);
    this.lastTopUpMs = nowMs;
    return this.targetWei - this.availableWei;
  }
}
