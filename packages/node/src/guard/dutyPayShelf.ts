import { type Address, type DutyPayLeaf, type DutyPayProof, dutyPayProof, type EpochRoot } from "@cortensor/protocol";

/** Epochs whose roots are kept: the newest may not be posted yet. */
const EPOCHS_KEPT = 2;

/** What validators have earned by the roots that this guard computed last: with it they claim. */
export class DutyPayShelf {
  readonly #kept = new Map<number, { readonly root: EpochRoot; readonly leaves: readonly DutyPayLeaf[] }>();

  keep(root: EpochRoot, leaves: readonly DutyPayLeaf[]): void {
    const { epoch } = root.parts;
    this.#kept.set(epoch, { root, leaves });
    for (const old of this.#kept.keys()) if (old <= epoch - EPOCHS_KEPT) this.#kept.delete(old);
  }

  /** The proofs of one validator, the newest first. */
  proofsOf(validator: Address): readonly DutyPayProof[] {
    return [...this.#kept.values()]
      .sort((left, right) => right.root.parts.epoch - left.root.parts.epoch)
      .flatMap((one) => dutyPayProof(one, validator) ?? []);
  }
}
