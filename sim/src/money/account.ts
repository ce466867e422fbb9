/** A client's account, as its router's books and the chain have it. Wei. */
export class Account {
  heldWei = 0n;
  /** Fees of ended tasks that aren't withheld. */
  spentWei = 0n;
  /** What debits have moved on chain. */
  settledWei = 0n;
  /** Its part of penalties, for having been harmed. */
  harmedWei = 0n;

  readonly index: number;
  readonly depositWei: bigint;

  constructor(index: number, depositWei: bigint) {
    this.index = index;
    this.depositWei = depositWei;
  }

  hold(wei: bigint): boolean {
    if (this.spentWei + this.heldWei + wei > this.depositWei) return false;
    this.heldWei += wei;
    return true;
  }

  release(heldWei: bigint, feeWei: bigint): void {
    this.heldWei -= heldWei;
    this.spentWei += feeWei;
  }
}
