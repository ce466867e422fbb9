/** What bounds an account or a key, and what has been taken of it already. */
export type Budget = {
  /** The allotment, or the key's budget. Undefined: unbounded (a key without a budget). */
  readonly limitWei?: bigint;
  /** The latest debit. */
  readonly debitedWei: bigint;
  /** Most that may be owed beyond it. Undefined: debits aren't waited for. */
  readonly chunkWei?: bigint;
  /** Fees of durable receipts. */
  readonly spentWei: bigint;
  /** Leased out, or held. */
  readonly asideWei: bigint;
};

/** What may still be taken; below zero after a limit was lowered. Undefined: anything. */
export function remainingWei(budget: Budget): bigint | undefined {
  const { limitWei, chunkWei, debitedWei } = budget;
  if (limitWei === undefined) return undefined;
  const creditWei = chunkWei === undefined ? limitWei : minWei(limitWei, debitedWei + chunkWei);
  return creditWei - budget.spentWei - budget.asideWei;
}

export type Shortage =
  | { readonly kind: "insufficient"; readonly availableWei: bigint; readonly neededWei: bigint }
  | { readonly kind: "debitRequired"; readonly owedWei: bigint; readonly chunkWei: bigint };

/** Why a budget can't give `wei` when `ownWei` of what is aside is there for the asking. Undefined: it can. */
export function shortageOf(budget: Budget, wei: bigint, ownWei = 0n): Shortage | undefined {
  const remaining = remainingWei(budget);
  if (remaining === undefined || remaining + ownWei >= wei) return undefined;
  const { limitWei = 0n, chunkWei } = budget;
  const takenWei = budget.spentWei + budget.asideWei - ownWei;
  if (chunkWei !== undefined && limitWei - takenWei >= wei)
    return { kind: "debitRequired", owedWei: maxWei(0n, takenWei - budget.debitedWei), chunkWei };
  return { kind: "insufficient", availableWei: maxWei(0n, remaining + ownWei), neededWei: wei };
}

export function minWei(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}

export function maxWei(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
