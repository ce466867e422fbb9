/** What a dishonest miner did for money, in wei. */
export type Ledger = {
  /** What the chain credits it with. */
  readonly earnedWei: bigint;
  /** What an honest miner would have been credited for the same tasks. */
  readonly honestWei: bigint;
  /** What it saved by not doing the work: the share that it left out, at the price of the work. */
  readonly savedWei: bigint;
  /** Stake that was taken of its owner. */
  readonly lostWei: bigint;
};

/** What dishonesty was worth, against honest work on the same tasks. Earnings that it will miss later are left out. */
export function profitOf({ earnedWei, honestWei, savedWei, lostWei }: Ledger): bigint {
  return earnedWei - honestWei + savedWei - lostWei;
}

/** What a validator has of its duties, in wei. */
export type ValidatorLedger = {
  /** What guards attest that its duties earned. */
  readonly earnedWei: bigint;
  /** What the checks cost that it made. */
  readonly spentWei: bigint;
  /** Stake that was taken of its owner, and, of one that lies for a miner, of that one's. */
  readonly lostWei: bigint;
};

/** What a validator is left with: who stays away has nothing, and spends nothing. */
export function validatorProfitOf({ earnedWei, spentWei, lostWei }: ValidatorLedger): bigint {
  return earnedWei - spentWei - lostWei;
}

/** Rows of a record: amounts as decimal strings. */
export function toRow(of: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(of).map(([key, value]) => [key, typeof value === "bigint" ? value.toString() : value]),
  );
}
