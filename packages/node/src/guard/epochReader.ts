import { type AttestationKind, type EpochRoot, epochRoot, hasCode } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { CutOffs } from "./cutOffs.js";
import type { DutyPayShelf } from "./dutyPayShelf.js";
import type { GuardBlock, GuardChain, KindEpoch } from "./guardChain.js";
import type { PostedEpochs } from "./postedEpochs.js";
import { type LeafParts, readLeaves } from "./readLeaves.js";
import { waitAwhile } from "./waitAwhile.js";

/** Time that one look gives to leaves that others have to show: whoever is slow to show them delays nothing else. */
const WAIT_MS = 1_000;
/** Epochs whose roots are remembered: the one that is signed, and the one before. */
const EPOCHS_KEPT = 2;

/** What this guard computed of an epoch, and on which last block. */
export type EpochRead = {
  /** As it was when the first root was computed. */
  readonly lastBlock: GuardBlock;
  readonly roots: ReadonlyMap<AttestationKind, EpochRoot>;
};

export type EpochReaderParts = Omit<LeafParts, "signal"> & {
  readonly chain: Pick<GuardChain, "chainId">;
  readonly posted: PostedEpochs;
  readonly cutOffs: CutOffs;
  readonly dutyPay: Pick<DutyPayShelf, "keep">;
  readonly clock: Clock;
  readonly log: Logger;
};

type Kept = {
  readonly lastBlock: GuardBlock;
  readonly roots: Map<AttestationKind, EpochRoot>;
  readonly underWay: Map<AttestationKind, Promise<EpochRoot | undefined>>;
  /** Ends what is still being fetched. */
  readonly over: AbortController;
};

/** Computes an epoch's roots from public records, each once; goes on with what takes long, and tries again what couldn't be fetched. */
export class EpochReader {
  readonly #parts: EpochReaderParts;
  readonly #kept = new Map<number, Kept>();

  constructor(parts: EpochReaderParts) {
    this.#parts = parts;
  }

  find(epoch: number): EpochRead | undefined {
    return this.#kept.get(epoch);
  }

  /** A kind's root of an epoch whose last block is final. Undefined while a leaf isn't here. */
  async rootOf({ kind, epoch }: KindEpoch, lastBlock: GuardBlock): Promise<EpochRoot | undefined> {
    const kept = this.#keep(epoch, lastBlock);
    const known = kept.roots.get(kind);
    if (known !== undefined) return known;
    const begun = kept.underWay.get(kind) ?? this.#begin({ kind, epoch }, kept);
    return waitAwhile(begun, { clock: this.#parts.clock, waitMs: WAIT_MS });
  }

  /** Ends what is under way. */
  stop(): void {
    for (const { over } of this.#kept.values()) over.abort();
  }

  #begin(of: KindEpoch, kept: Kept): Promise<EpochRoot | undefined> {
    const { kind } = of;
    const work = async (): Promise<EpochRoot | undefined> => {
      try {
        const made = await this.#compute(of, kept);
        if (made !== undefined) kept.roots.set(kind, made);
        return made;
      } catch (error) {
        if (!kept.over.signal.aborted) this.#parts.log.warn("An epoch's leaves could not be read", of, error);
        return undefined;
      } finally {
        kept.underWay.delete(kind);
      }
    };
    const begun = work();
    kept.underWay.set(kind, begun);
    return begun;
  }

  #keep(epoch: number, lastBlock: GuardBlock): Kept {
    const known = this.#kept.get(epoch);
    const kept = known ?? { lastBlock, roots: new Map(), underWay: new Map(), over: new AbortController() };
    this.#kept.set(epoch, kept);
    for (const [old, { over }] of this.#kept) {
      if (old > epoch - EPOCHS_KEPT) continue;
      over.abort();
      this.#kept.delete(old);
    }
    return kept;
  }

  async #compute({ kind, epoch }: KindEpoch, { lastBlock, over }: Kept): Promise<EpochRoot | undefined> {
    const { chain, posted, cutOffs, dutyPay, log } = this.#parts;
    const last = await posted.lastBefore({ kind, epoch });
    const fromEpoch = last === undefined ? 0 : last + 1;
    const blocks = await cutOffs.rangeOf(fromEpoch, lastBlock.number);
    const range = { fromEpoch, epoch, blocks, lastBlock };
    const leaves = await readLeaves(kind, range, { ...this.#parts, signal: over.signal });
    if (leaves === undefined) return undefined;
    try {
      const root = epochRoot({ subjectChainId: chain.chainId, fromEpoch, epoch }, leaves);
      if (leaves.kind === "dutyPay") dutyPay.keep(root, leaves.leaves);
      return root;
    } catch (error) {
      // More leaves than a root may have: such an epoch has none, for everybody.
      if (!hasCode(error, "PROTOCOL_BAD_TREE")) throw error;
      log.error("An epoch has more records than a root may have", { kind, epoch }, error);
      return undefined;
    }
  }
}
