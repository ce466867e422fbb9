import {
  assembleVirtualBlock,
  type DutyRecord,
  type GuardSet,
  toldTasks,
  type VirtualBlock,
  virtualBlockHash,
} from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { BlockShelf } from "./blockShelf.js";
import type { CutOffs } from "./cutOffs.js";
import type { DutyBoard } from "./dutyBoard.js";
import type { FetchSet } from "./fetchSet.js";
import type { BlockRange, GuardBlock, GuardChain } from "./guardChain.js";
import type { GuardMetrics } from "./metrics.js";
import { readWork } from "./readWork.js";
import { waitAwhile } from "./waitAwhile.js";

/** Time that one look gives to records that others have to show. */
const WAIT_MS = 1_000;
/** Virtual blocks made in one go: whoever comes late to a network catches up in steps. */
const BLOCKS_AT_ONCE = 16;

export type BlockMakerParts = {
  readonly chain: Pick<
    GuardChain,
    | "chainId"
    | "firstBlock"
    | "readHead"
    | "readBlock"
    | "readGuardSet"
    | "listPosted"
    | "registry"
    | "readWorkRecords"
    | "readCondemnedWork"
  >;
  readonly cutOffs: CutOffs;
  readonly duties: Pick<DutyBoard, "recompute">;
  readonly fetchSet: FetchSet;
  readonly shelf: BlockShelf;
  readonly finalityBlocks: number;
  readonly clock: Clock;
  /** Ends what is being fetched. */
  readonly signal: AbortSignal;
  readonly metrics: GuardMetrics;
  readonly log: Logger;
};

/**
 * Makes virtual blocks, each as soon as all that is in it is final. An epoch has one of its own when its checkpoint was posted, which
 * everybody can see; any other is covered by the next. It counts tasks as the work records of the epochs before tell of them: what nobody shows of those is condemned by
 * then, as a rule. One that needs a record which nobody shows waits, and so do those after it.
 */
export class BlockMaker {
  readonly #parts: BlockMakerParts;
  /** Epochs with a checkpoint that have no virtual block here yet. */
  readonly #due = new Set<number>();
  #scanned: number | undefined;
  #underWay: Promise<void> | undefined;

  constructor(parts: BlockMakerParts) {
    this.#parts = parts;
  }

  /** Makes what can be made; what takes long goes on when it resolves. */
  async make(): Promise<void> {
    this.#underWay ??= this.#makeDue().finally(() => {
      this.#underWay = undefined;
    });
    await waitAwhile(this.#underWay, { clock: this.#parts.clock, waitMs: WAIT_MS });
  }

  /** Resolves when nothing is under way: after the signal has aborted. */
  async stopped(): Promise<void> {
    await this.#underWay?.catch(() => undefined);
  }

  async #makeDue(): Promise<void> {
    const { shelf, metrics, log } = this.#parts;
    let parent = shelf.last();
    await this.#scan(parent);
    for (const epoch of [...this.#due].sort((left, right) => left - right).slice(0, BLOCKS_AT_ONCE)) {
      const block = await this.#assemble(parent, epoch);
      if (block === undefined) return;
      await shelf.put(block);
      this.#due.delete(epoch);
      metrics.virtualBlocks.add({});
      log.info("Virtual block made", { epoch, fromEpoch: block.fromEpoch, hash: virtualBlockHash(block) });
      parent = block;
    }
  }

  /** Looks for checkpoints in blocks that became final since. */
  async #scan(parent: VirtualBlock | undefined): Promise<void> {
    const { chain, finalityBlocks } = this.#parts;
    const toBlock = (await chain.readHead()).number - finalityBlocks;
    const fromBlock = this.#scanned === undefined ? this.#firstBlock(parent) : this.#scanned + 1;
    if (toBlock < fromBlock) return;
    for (const { kind, epoch, subjectChainId } of await chain.listPosted({ fromBlock, toBlock })) {
      const isNew = parent === undefined || epoch > parent.epoch;
      if (kind === "checkpoint" && subjectChainId === chain.chainId && isNew) this.#due.add(epoch);
    }
    this.#scanned = toBlock;
  }

  #firstBlock(parent: VirtualBlock | undefined): number {
    const { chain } = this.#parts;
    const before = parent?.chains.find(({ chainId }) => chainId === chain.chainId);
    return before === undefined ? chain.firstBlock : before.toBlock + 1;
  }

  async #assemble(parent: VirtualBlock | undefined, epoch: number): Promise<VirtualBlock | undefined> {
    const { chain, cutOffs } = this.#parts;
    const [guardSet, last] = await Promise.all([chain.readGuardSet(epoch), cutOffs.lastBlockOf(epoch)]);
    if (last === undefined) return undefined;
    const fromEpoch = parent === undefined ? 0 : parent.epoch + 1;
    const range = { fromBlock: this.#firstBlock(parent), toBlock: last.number };
    const duties = await this.#readDuties(fromEpoch, epoch);
    return duties && this.#build({ parent, guardSet, last, range, fromEpoch, duties });
  }

  /** What was shown in the records of these epochs: the duties of the second epoch before each. */
  async #readDuties(fromEpoch: number, epoch: number): Promise<readonly DutyRecord[] | undefined> {
    const all: DutyRecord[] = [];
    for (let of = Math.max(0, fromEpoch - 2); of <= epoch - 2; of += 1) {
      const found = await this.#parts.duties.recompute(of, this.#parts.signal);
      if (found === "hidden") return undefined;
      all.push(...found.duties);
    }
    return all;
  }

  async #build(of: {
    readonly parent: VirtualBlock | undefined;
    readonly guardSet: GuardSet;
    readonly last: GuardBlock;
    readonly range: BlockRange;
    readonly fromEpoch: number;
    readonly duties: readonly DutyRecord[];
  }): Promise<VirtualBlock | undefined> {
    const { parent, guardSet, last, range, fromEpoch, duties } = of;
    const { chain } = this.#parts;
    const told = { fromEpoch: fromEpoch - 1, epoch: guardSet.epoch - 1, condemnedTo: last.number };
    const [records, attestations] = await Promise.all([readWork(told, this.#parts), chain.listPosted(range)]);
    if (records === undefined) return undefined;
    const { chainId, firstBlock } = chain;
    const point = { chainId, firstBlock, lastBlock: last.number, blockHash: last.hash, stateRoot: last.stateRoot };
    return assembleVirtualBlock(parent, {
      chainId,
      firstEpoch: 0,
      guardSet,
      chains: [point],
      ...toldTasks(records),
      duties,
      attestations,
    });
  }
}
