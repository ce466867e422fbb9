import type { Bytes32, Prices } from "@cortensor/protocol";

/** Quotes remembered at once: one per account and model. */
const QUOTES_MAX = 10_000;

type Promised = { readonly prices: Prices; readonly expiresAtMs: number };

/**
 * The model prices that quotes promised: until a quote ends, its account's tasks of that model cost no more than those. A new quote of the
 * same account and model takes the older one's place.
 */
export class QuoteBook {
  readonly #promised = new Map<string, Promised>();

  /** False when there are too many quotes: none is forgotten before its end. */
  promise(
    request: { readonly account: number; readonly modelId: Bytes32 } & Promised & { readonly nowMs: number },
  ): boolean {
    const { account, modelId, prices, expiresAtMs, nowMs } = request;
    const key = keyOf(account, modelId);
    if (!this.#promised.delete(key) && this.#promised.size >= QUOTES_MAX) this.#forgetEnded(nowMs);
    if (this.#promised.size >= QUOTES_MAX) return false;
    this.#promised.set(key, { prices, expiresAtMs });
    return true;
  }

  /** The lower of today's prices and the promised ones. */
  ceilingOf(request: { readonly account: number; readonly modelId: Bytes32 } & Prices, nowMs: number): Prices {
    if (this.#promised.size === 0) return request;
    const promised = this.#promised.get(keyOf(request.account, request.modelId));
    if (promised === undefined || promised.expiresAtMs <= nowMs) return request;
    const { prices } = promised;
    return {
      weiPerTokenIn: lower(request.weiPerTokenIn, prices.weiPerTokenIn),
      weiPerTokenOut: lower(request.weiPerTokenOut, prices.weiPerTokenOut),
    };
  }

  /** In order of their ends, because all live equally long. */
  #forgetEnded(nowMs: number): void {
    for (const [key, { expiresAtMs }] of this.#promised) {
      if (expiresAtMs > nowMs) return;
      this.#promised.delete(key);
    }
  }
}

function keyOf(account: number, modelId: Bytes32): string {
  return `${account}.${modelId}`;
}

function lower(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
