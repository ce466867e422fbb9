import { type AttestationKind, type EpochRoot, epochRoot, hasCode } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { CutOffs } from "./cutOffs.js";
import type { GuardBlock, GuardChain, KindEpoch } from "./guardChain.js";
import type { PostedEpochs } from "./postedEpochs.js";
import { type LeafParts, readLeaves } from "./readLeaves.js";

/** Epochs whose roots are remembered: the one that is signed, and the one before. */
const EPOCHS_KEPT = 2;

/** What this guard computed of an epoch, and on which last block. */
export type EpochRead = {
  /** As it was when the first root was computed. */
  readonly lastBlock: GuardBlock;
  readonly roots: ReadonlyMap<AttestationKind, EpochRoot>;
};

export type EpochReaderParts = LeafParts & {
  readonly chain: Pick<GuardChain, "chainId">;
  readonly posted: PostedEpochs;
  readonly cutOffs: CutOffs;
  readonly log: Logger;
};

type Kept = { lastBlock: GuardBlock; readonly roots: Map<AttestationKind, EpochRoot> };

/** Computes an epoch's roots from public records, each once; tries again what couldn't be fetched. */
export class EpochReader {
  readonly #parts: EpochReaderParts;
  readonly #kept = new Map<number, Kept>();

  constructor(parts: EpochReaderParts) {
    this.#parts = parts;
  }

  find(epoch: number): EpochRead | undefined {
    return this.#kept.get(epoch);
  }

  /** A kind's root of an epoch whose last block is final. Undefined while a leaf can't be fetched. */
  async rootOf({ kind, epoch }: KindEpoch, lastBlock: GuardBlock): Promise<EpochRoot | undefined> {
    const kept = this.#keep(epoch, lastBlock);
    const known = kept.roots.get(kind);
    if (known !== undefined) return known;
    const made = await this.#compute({ kind, epoch }, kept.lastBlock);
    if (made !== undefined) kept.roots.set(kind, made);
    return made;
  }

  #keep(epoch: number, lastBlock: GuardBlock): Kept {
    const kept = this.#kept.get(epoch) ?? { lastBlock, roots: new Map() };
    this.#kept.set(epoch, kept);
    for (const old of this.#kept.keys()) if (old <= epoch - EPOCHS_KEPT) this.#kept.delete(old);
    return kept;
  }

  async #compute({ kind, epoch }: KindEpoch, lastBlock: GuardBlock): Promise<EpochRoot | undefined> {
    const { chain, posted, cutOffs, log } = this.#parts;
    const last = await posted.lastBefore({ kind, epoch });
    const fromEpoch = last === undefined ? 0 : last + 1;
    const blocks = await cutOffs.rangeOf(fromEpoch, lastBlock.number);
    const leaves = await readLeaves(kind, { fromEpoch, epoch, blocks, lastBlock }, this.#parts);
    if (leaves === undefined) return undefined;
    try {
      return epochRoot({ subjectChainId: chain.chainId, fromEpoch, epoch }, leaves);
    } catch (error) {
      // More leaves than a root may have: such an epoch has none, for everybody.
      if (!hasCode(error, "PROTOCOL_BAD_TREE")) throw error;
      log.error("An epoch has more records than a root may have", { kind, epoch }, error);
      return undefined;
    }
  }
}
