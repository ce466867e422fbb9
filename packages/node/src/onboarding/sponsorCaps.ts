import type { Address } from "@cortensor/protocol";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type SponsorLimits = {
  /** Orders brought within an hour, of everybody. */
  readonly hourMax: number;
  /** Orders of one account brought within a day. */
  readonly accountMax: number;
  /** Orders under way at once. */
  readonly openMax: number;
};

/** Which cap is reached. */
export type ReachedCap = "hour" | "account" | "open";

/** What a sponsor has brought lately, and so may bring yet. A process that begins anew counts anew. */
export class SponsorCaps {
  readonly #limits: SponsorLimits;
  /** Oldest first, of one day: at most `hourMax` of each hour. */
  #brought: { readonly account: Address; readonly atMs: number }[] = [];

  constructor(limits: SponsorLimits) {
    this.#limits = limits;
  }

  /** Counts an order of an account, or says which cap it would pass. */
  take(account: Address, { nowMs, open }: { readonly nowMs: number; readonly open: number }): ReachedCap | undefined {
    this.#brought = this.#brought.filter(({ atMs }) => nowMs - atMs < DAY_MS);
    if (open >= this.#limits.openMax) return "open";
    if (this.leftThisHour(nowMs) === 0) return "hour";
    const own = this.#brought.filter((one) => one.account === account).length;
    if (own >= this.#limits.accountMax) return "account";
    this.#brought.push({ account, atMs: nowMs });
    return undefined;
  }

  leftThisHour(nowMs: number): number {
    const recent = this.#brought.filter(({ atMs }) => nowMs - atMs < HOUR_MS).length;
    return Math.max(0, this.#limits.hourMax - recent);
  }
}
