const HOUR_MS = 3_600_000;

/** What may be spent within any hour, of one chain's coin. It counts what this process spent. */
export class HourlyBudget {
  readonly #capWei: bigint;
  #spent: readonly { readonly atMs: number; readonly wei: bigint }[] = [];

  constructor(capWei: bigint) {
    this.#capWei = capWei;
  }

  /** Whether so much may be spent now. */
  allows(wei: bigint, nowMs: number): boolean {
    this.#spent = this.#spent.filter(({ atMs }) => atMs > nowMs - HOUR_MS);
    return this.#spent.reduce((sum, one) => sum + one.wei, wei) <= this.#capWei;
  }

  spend(wei: bigint, atMs: number): void {
    this.#spent = [...this.#spent, { atMs, wei }];
  }
}
