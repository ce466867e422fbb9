import { type Link, type LinkGuards, readLinkGuards, wayOf } from "@cortensor/chain";
import {
  type Bytes32,
  type CoveredRange,
  coverOf,
  cutOffOf,
  type Message,
  type MessageWay,
  OUTBOX_MESSAGES_MAX,
  outboxTree,
  type PostedRoot,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { InboxReader, type KnownOutbox } from "./inboxReader.js";
import { type DatedMessage, OutboxReader } from "./outboxReader.js";

/** An epoch's outbox, as this reader makes it. */
export type MadeOutbox =
  | {
      readonly kind: "outbox";
      readonly root: Bytes32;
      readonly messages: readonly DatedMessage[];
      pathOf(index: number): readonly Bytes32[];
    }
  /** Nothing was sent that isn't under a root. */
  | { readonly kind: "empty" }
  /** One of the chains isn't final as far as the epoch's cut-off. */
  | { readonly kind: "notFinal" }
  /** What was final changed: the next epoch covers. */
  | { readonly kind: "reorganised" };

export type LinkBookParts = {
  readonly link: Link;
  /** Blocks on top of a block before anything of it counts, at either end. */
  readonly finalityBlocks: number;
  readonly log: Logger;
};

/**
 * One way of a link as anybody can read it: what was sent at its source, and which outboxes stand at its destination. Everybody who reads the same final blocks
 * makes the same outboxes of them.
 */
export class LinkBook {
  readonly way: MessageWay;
  readonly link: Link;
  readonly #source: OutboxReader;
  readonly #inbox: InboxReader;
  readonly #roots = new Map<string, Bytes32>();
  #guards: LinkGuards | undefined;
  #generation = 0;

  constructor({ link, finalityBlocks, log }: LinkBookParts) {
    this.link = link;
    this.way = wayOf(link);
    this.#source = new OutboxReader({ end: link.src, way: this.way, finalityBlocks, log });
    this.#inbox = new InboxReader({ end: link.dst, finalityBlocks, log });
  }

  /** Whose quorum the destination takes. */
  async guards(): Promise<LinkGuards> {
    this.#guards ??= await readLinkGuards(this.link.dst);
    return this.#guards;
  }

  /** Reads on at both ends. Throws what their RPCs throw, and CHAIN_BAD_LINK for what can't be: what was read before stays. */
  async look(): Promise<void> {
    await this.guards();
    await this.#source.look();
    await this.#inbox.look();
    if (this.#generation !== this.#source.generation) this.#roots.clear();
    this.#generation = this.#source.generation;
  }

  /** Outboxes that stand at the destination, in the order of their epochs. */
  posted(): readonly KnownOutbox[] {
    return this.#inbox.posted();
  }

  /** The root of an epoch as the destination has it now, also where it isn't final. Undefined while there is none. Looks first. */
  async readPosted(epoch: number): Promise<Bytes32 | undefined> {
    await this.look();
    const known = this.#inbox.posted().find((one) => one.epoch === epoch);
    return known?.root ?? this.#inbox.findRecent(epoch);
  }

  /** Everything that was sent, in order. */
  messages(): readonly DatedMessage[] {
    return this.#source.messages();
  }

  /** An epoch's outbox by what was read. Call `look` first. */
  outboxOf(epoch: number): MadeOutbox {
    const { times } = this.#known();
    const cutOff = cutOffOf(times, epoch);
    if (this.#source.finalTime() < cutOff || this.#inbox.finalTime() < cutOff) return { kind: "notFinal" };
    if (cutOff <= this.#source.reorganisedTo()) return { kind: "reorganised" };
    const range = this.#coverage(epoch).get(epoch);
    if (range === undefined || range.to === range.from) return { kind: "empty" };
    return this.#make(range);
  }

  /** The outbox that was posted of an epoch, with its messages. Undefined where what was posted isn't what was sent, as far as this reader sees. */
  postedOutbox({ epoch, root }: PostedRoot): (MadeOutbox & { readonly kind: "outbox" }) | undefined {
    const range = this.#coverage(epoch).get(epoch);
    if (range === undefined || range.to === range.from || this.#rootOf(range) !== root) return undefined;
    return this.#make(range);
  }

  #coverage(epoch: number): ReadonlyMap<number, CoveredRange> {
    const { times } = this.#known();
    return coverOf(
      {
        times,
        posted: this.#inbox.posted(),
        countBefore: (time) => this.#source.countBefore(time),
        rootOf: (_epoch, range) => this.#rootOf(range),
        most: OUTBOX_MESSAGES_MAX,
      },
      epoch,
    );
  }

  #make(range: CoveredRange): MadeOutbox & { readonly kind: "outbox" } {
    const messages = this.#source.messages().slice(range.from, range.to);
    const tree = outboxTree(this.way, messages);
    return { kind: "outbox", root: tree.root, messages, pathOf: (index) => tree.pathOf(index) };
  }

  #rootOf(range: CoveredRange): Bytes32 {
    const key = `${range.from} ${range.to}`;
    const known = this.#roots.get(key);
    if (known !== undefined) return known;
    const messages: readonly Message[] = this.#source.messages().slice(range.from, range.to);
    const { root } = outboxTree(this.way, messages);
    this.#roots.set(key, root);
    return root;
  }

  #known(): LinkGuards {
    if (this.#guards === undefined) throw new Error("a link is looked at before it is asked");
    return this.#guards;
  }
}
