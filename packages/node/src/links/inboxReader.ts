import { type LinkEnd, type OutboxEvent, readOutboxEvents } from "@cortensor/chain";
import type { Bytes32, PostedRoot, UnixSeconds } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { type FinalBlock, readFinalBlock, readNumbered } from "./finalBlock.js";

/** An outbox that was posted, and from when on it may be delivered by. */
export type KnownOutbox = PostedRoot & { readonly deliverableAt: UnixSeconds };

/** Which outboxes were posted at an end and which were taken out, as far as it is final. */
export class InboxReader {
  readonly #end: LinkEnd;
  readonly #finalityBlocks: number;
  readonly #log: Logger;
  #outboxes: readonly KnownOutbox[] = [];
  #last: FinalBlock | undefined;

  constructor(parts: { readonly end: LinkEnd; readonly finalityBlocks: number; readonly log: Logger }) {
    this.#end = parts.end;
    this.#finalityBlocks = parts.finalityBlocks;
    this.#log = parts.log;
  }

  /** In the order of their epochs. */
  posted(): readonly KnownOutbox[] {
    return this.#outboxes;
  }

  finalTime(): UnixSeconds {
    return this.#last?.time ?? Number.NEGATIVE_INFINITY;
  }

  /** An epoch's root among what isn't final. */
  async findRecent(epoch: number): Promise<Bytes32 | undefined> {
    const head = await readFinalBlock(this.#end, 0);
    const fromBlock = this.#last === undefined ? this.#end.fromBlock : this.#last.number + 1;
    if (head === undefined || head.number < fromBlock) return undefined;
    const events = await readOutboxEvents(this.#end, { fromBlock, toBlock: head.number });
    return events.find((event) => event.kind === "posted" && event.epoch === epoch)?.root;
  }

  async look(): Promise<void> {
    await this.#checkLast();
    const final = await readFinalBlock(this.#end, this.#finalityBlocks);
    const fromBlock = this.#last === undefined ? this.#end.fromBlock : this.#last.number + 1;
    if (final === undefined || final.number < fromBlock) return;
    const events = await readOutboxEvents(this.#end, { fromBlock, toBlock: final.number });
    let outboxes = this.#outboxes;
    for (const event of events) outboxes = await this.#apply(outboxes, event);
    this.#outboxes = [...outboxes].sort((one, two) => one.epoch - two.epoch);
    this.#last = final;
  }

  async #apply(outboxes: readonly KnownOutbox[], event: OutboxEvent): Promise<readonly KnownOutbox[]> {
    const { epoch, root } = event;
    if (event.kind === "posted") return [...outboxes, { epoch, root, deliverableAt: event.deliverableAt }];
    const block = await readNumbered(this.#end, event.blockNumber);
    if (block === undefined) return outboxes;
    return outboxes.map((one) => (one.epoch === epoch ? { ...one, challengedAt: block.time } : one));
  }

  async #checkLast(): Promise<void> {
    const last = this.#last;
    if (last === undefined) return;
    const now = await readNumbered(this.#end, last.number);
    if (now === undefined || now.hash === last.hash) return;
    this.#log.warn("A chain went back: its outboxes are read again", { chain: this.#end.chainId, block: last.number });
    this.#outboxes = [];
    this.#last = undefined;
  }
}
