/** One thing that isn't what public data says it must be. */
export type Difference = {
  /** A word for programs. */
  readonly what: DifferenceName;
  /** Of whom or what: `account 7, lane 0x…`. */
  readonly where: string;
  readonly expected: string;
  readonly found: string;
};

export type DifferenceName =
  /** The logs contradict each other. */
  | "depositLogged"
  | "debitNotHigher"
  | "debitAboveAllotment"
  | "countFell"
  | "allottedAboveDeposit"
  | "debitedWei"
  | "creditsAboveDebits"
  | "operatorWei"
  | "settlementId"
  | "head"
  | "refundWei"
  | "creditLogged"
  | "withdrawnAboveCredit"
  | "earningsWithdrawn"
  | "maturingFrozen"
  | "creditRepeated"
  /** A contract's state isn't what its logs add up to. */
  | "account"
  | "lane"
  | "credit"
  | "earnings"
  | "headOf"
  | "heldWei"
  /** A settlement's set. */
  | "setMissing"
  | "setTampered"
  | "setMalformed"
  | "settlementRoot"
  | "feesWei"
  | "netsAboveFee"
  | "creditOfPayee"
  | "paidTwice"
  /** What a lane tells of its work. */
  | "workMissing"
  | "workTampered"
  | "workMalformed"
  | "workPosted"
  /** A receipt beside the entry of its task. */
  | "receiptFee"
  | "receiptResults"
  | "receiptPayees"
  | "receiptElsewhere"
  /** A node's level. */
  | "levelBefore"
  | "level"
  /** What guards attested, and what they show. */
  | "epochRoot"
  | "dutyPaid"
  | "beacon"
  | "virtualBlock"
  /** What a validator found, and shows the reasons of. */
  | "verdictsTampered"
  | "verdictsMalformed"
  | "verdictsShown";

/** Collects differences; equal values leave no trace. */
export class Differences {
  readonly #found: Difference[] = [];

  get all(): readonly Difference[] {
    return this.#found;
  }

  compare(
    what: DifferenceName,
    parts: { readonly where: string; readonly expected: Fact; readonly found: Fact },
  ): void {
    if (parts.expected !== parts.found) this.add(what, parts);
  }

  add(
    what: DifferenceName,
    { where, expected, found }: { readonly where: string; readonly expected: Fact; readonly found: Fact },
  ): void {
    this.#found.push({ what, where, expected: String(expected), found: String(found) });
  }
}

type Fact = bigint | number | string | boolean;
