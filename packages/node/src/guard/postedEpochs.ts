import type { AttestationKind } from "@cortensor/protocol";
import type { GuardChain, KindEpoch } from "./guardChain.js";

/** Epochs looked at in one go. */
const READS_AT_ONCE = 32;
/** Of each kind: two months of production's. */
const EPOCHS_KEPT = 8_640;

type Known = { readonly through: number; readonly last: number | undefined };

/** Which epoch was the last with a root, of each kind. Asked only of epochs before one whose own records are final: those can get none any more. */
export class PostedEpochs {
  readonly #chain: Pick<GuardChain, "readPosted">;
  readonly #known = new Map<AttestationKind, Known>();
  /** Whether an epoch has a root: what it will never have, and what it has, stays so. */
  readonly #posted = new Map<AttestationKind, Map<number, boolean>>();

  constructor(chain: Pick<GuardChain, "readPosted">) {
    this.#chain = chain;
  }

  /** The last epoch below one that has a root of a kind. Walks backwards, and asks for no epoch twice. */
  async lastBefore({ kind, epoch }: KindEpoch): Promise<number | undefined> {
    const known = this.#known.get(kind) ?? { through: -1, last: undefined };
    if (epoch <= known.through) return this.#walk({ kind, from: 0, to: epoch - 1 });
    const found = await this.#walk({ kind, from: known.through + 1, to: epoch - 1 });
    const last = found ?? known.last;
    this.#known.set(kind, { through: epoch - 1, last });
    return last;
  }

  async #walk(of: { readonly kind: AttestationKind; readonly from: number; readonly to: number }) {
    const { kind, from } = of;
    for (let to = of.to; to >= from; to -= READS_AT_ONCE) {
      const epochs = Array.from({ length: Math.min(READS_AT_ONCE, to - from + 1) }, (_, back) => to - back);
      const posted = await Promise.all(epochs.map((epoch) => this.#isPosted({ kind, epoch })));
      const found = epochs.find((_, index) => posted[index]);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #isPosted({ kind, epoch }: KindEpoch): Promise<boolean> {
    const kept = this.#posted.get(kind) ?? new Map<number, boolean>();
    this.#posted.set(kind, kept);
    const known = kept.get(epoch);
    if (known !== undefined) return known;
    const isPosted = (await this.#chain.readPosted({ kind, epoch })) !== undefined;
    kept.set(epoch, isPosted);
    const [first] = kept.keys();
    if (kept.size > EPOCHS_KEPT && first !== undefined) kept.delete(first);
    return isPosted;
  }
}
