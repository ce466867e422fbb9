/** What a dishonest node did for money, in wei. */
export type Ledger = {
  /** What the chain credits it with. */
  readonly earnedWei: bigint;
  /** What an honest node would have been credited for the same tasks, or duties. */
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

/** Rows of a record: amounts as decimal strings. */
export function toRow(of: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(of).map(([key, value]) => [key, typeof value === "bigint" ? value.toString() : value]),
  );
}
