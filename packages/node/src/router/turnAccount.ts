/** What one client has had of the turns of one class, in tokens of virtual time. */
export type TurnAccount = {
  /** Where its next turn starts: where the last one ended, and no earlier than the time was when it last arrived. Never falls. */
  readonly startsAt: number;
  /** Charged too much so far: it covers what later turns are charged too little. */
  readonly credit: number;
  /** Arrivals at which all that it had been charged was past. */
  readonly returns: number;
  /** Virtual time that passed without it between those: it is no credit. */
  readonly idle: number;
};

/** What a turn was charged when it was given, and of the account as it was then. */
export type Charge = { readonly tokens: number } & Pick<TurnAccount, "returns" | "idle">;

/** Most credit: a long answer or two. A client with many short ones doesn't save up for a time in which it has the miners for itself. */
export const CREDIT_TOKENS_MAX = 4_096;

export const NEW_ACCOUNT: TurnAccount = { startsAt: 0, credit: 0, returns: 0, idle: 0 };

/** A client of whom nothing waited: its turn starts now, or later when its last ones reach beyond. */
export function arrive(account: TurnAccount, virtualTime: number): TurnAccount {
  const idle = virtualTime - account.startsAt;
  if (idle <= 0) return account;
  return { startsAt: virtualTime, credit: 0, returns: account.returns + 1, idle: account.idle + idle };
}

/** Gives it a turn. */
export function chargeTurn(account: TurnAccount, tokens: number): readonly [TurnAccount, Charge] {
  const { startsAt, returns, idle } = account;
  return [
    { ...account, startsAt: startsAt + tokens },
    { tokens, returns, idle },
  ];
}

/**
 * The account when a turn has ended that did cost `served`. What was charged too little is charged now, less credit, and less the time that
 * passed without the client since: it would have been past as well. What was charged too much becomes credit, until the client returns. It
 * isn't given back: whoever came meanwhile began at a virtual time that knew of the charge, and keeps its place.
 */
export function settleTurn(account: TurnAccount, { tokens, returns, idle }: Charge, served: number): TurnAccount {
  const by = served - tokens;
  if (by <= 0) {
    if (returns !== account.returns) return account;
    return { ...account, credit: Math.min(CREDIT_TOKENS_MAX, account.credit - by) };
  }
  const past = Math.min(by, Math.max(0, account.idle - idle));
  const covered = Math.min(by - past, account.credit);
  return {
    ...account,
    startsAt: account.startsAt + by - past - covered,
    credit: account.credit - covered,
    idle: account.idle - past,
  };
}
