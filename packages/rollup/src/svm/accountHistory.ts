import type { Address, MaybeEncodedAccount } from "@solana/kit";

/** An account as it was before a transaction of a slot changed it. */
type Change = { readonly slot: number; readonly before: MaybeEncodedAccount };

/**
 * What accounts were at slots that aren't final yet: for each of them what it was before each change. Current states are elsewhere. Holds the changes of
 * the slots since the last that is final, and no more.
 */
export class AccountHistory {
  readonly #changes = new Map<Address, Change[]>();

  record(slot: number, before: MaybeEncodedAccount): void {
    const changes = this.#changes.get(before.address) ?? [];
    changes.push({ slot, before });
    this.#changes.set(before.address, changes);
  }

  /** What the account was at the end of a slot; undefined when it is today as it was then. */
  at(address: Address, slot: number): MaybeEncodedAccount | undefined {
    return this.#changes.get(address)?.find((change) => change.slot > slot)?.before;
  }

  /** What all accounts changed after a slot were at its end, and forgets those changes. */
  rewind(slot: number): readonly MaybeEncodedAccount[] {
    return [...this.#changes].flatMap(([address, changes]) => {
      const first = changes.findIndex((change) => change.slot > slot);
      const was = changes[first]?.before;
      if (was === undefined) return [];
      this.#keep(address, changes.slice(0, first));
      return [was];
    });
  }

  /** Forgets the changes of slots that are final. */
  finalise(slot: number): void {
    for (const [address, changes] of this.#changes)
      this.#keep(
        address,
        changes.filter((change) => change.slot > slot),
      );
  }

  #keep(address: Address, changes: Change[]): void {
    if (changes.length === 0) this.#changes.delete(address);
    else this.#changes.set(address, changes);
  }
}
