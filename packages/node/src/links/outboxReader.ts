import { ChainError, type LinkEnd, readSent, readSentCount, type SentMessage } from "@cortensor/chain";
import type { MessageWay, UnixSeconds } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { type FinalBlock, readFinalBlock, readNumbered } from "./finalBlock.js";

/** A message, and when its block was. */
export type DatedMessage = SentMessage & { readonly time: UnixSeconds };

/** Blocks whose times are asked for at once. */
const BLOCKS_AT_ONCE = 16;

/**
 * What a messenger sent, as far as it is final. Numbers leave no gap, and are as many as the messenger itself counts at that block: an RPC that hides a log, or
 * tells of an older chain, contradicts itself, and nothing is taken of that look.
 */
export class OutboxReader {
  readonly #end: LinkEnd;
  readonly #way: MessageWay;
  readonly #finalityBlocks: number;
  readonly #log: Logger;
  #messages: readonly DatedMessage[] = [];
  #last: FinalBlock | undefined;
  #reorganisedTo = Number.NEGATIVE_INFINITY;
  #generation = 0;

  constructor(parts: {
    readonly end: LinkEnd;
    readonly way: MessageWay;
    readonly finalityBlocks: number;
    readonly log: Logger;
  }) {
    this.#end = parts.end;
    this.#way = parts.way;
    this.#finalityBlocks = parts.finalityBlocks;
    this.#log = parts.log;
  }

  /** Counts how often everything was read anew. */
  get generation(): number {
    return this.#generation;
  }

  messages(): readonly DatedMessage[] {
    return this.#messages;
  }

  /** Time of the last block that was read; everything before it is here. */
  finalTime(): UnixSeconds {
    return this.#last?.time ?? Number.NEGATIVE_INFINITY;
  }

  /** Up to which time what was read as final has changed since. */
  reorganisedTo(): UnixSeconds {
    return this.#reorganisedTo;
  }

  /** How many were sent before a time. Blocks' times never run backwards. */
  countBefore(time: UnixSeconds): number {
    let [from, to] = [0, this.#messages.length];
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      const message = this.#messages[middle];
      if (message !== undefined && message.time < time) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  async look(): Promise<void> {
    await this.#checkLast();
    const final = await readFinalBlock(this.#end, this.#finalityBlocks);
    const fromBlock = this.#last === undefined ? this.#end.fromBlock : this.#last.number + 1;
    if (final === undefined || final.number < fromBlock) return;
    const sent = await readSent(this.#end, this.#way, { fromBlock, toBlock: final.number });
    await this.#requireWhole(sent, final);
    const times = await this.#timesOf(sent);
    this.#messages = [
      ...this.#messages,
      ...sent.map((message) => ({ ...message, time: times.get(message.blockNumber) ?? final.time })),
    ];
    this.#last = final;
  }

  /** What was final stays: where it doesn't, all is read again. */
  async #checkLast(): Promise<void> {
    const last = this.#last;
    if (last === undefined) return;
    const now = await readNumbered(this.#end, last.number);
    // An RPC that is behind shows no such block: nothing is known to have changed.
    if (now === undefined || now.hash === last.hash) return;
    this.#log.error("A chain went back deeper than what counts as final", {
      chain: this.#end.chainId,
      block: last.number,
    });
    this.#reorganisedTo = Math.max(this.#reorganisedTo, last.time);
    this.#messages = [];
    this.#last = undefined;
    this.#generation += 1;
  }

  async #requireWhole(sent: readonly SentMessage[], final: FinalBlock): Promise<void> {
    const before = this.#messages.length;
    const gap = sent.findIndex(({ nonce }, index) => nonce !== before + index + 1);
    if (gap >= 0) throw bad(`message ${sent[gap]?.nonce} where ${before + gap + 1} was to come`);
    const count = await readSentCount(this.#end, final.number);
    if (count !== before + sent.length) throw bad(`${before + sent.length} messages where ${count} were sent`);
  }

  async #timesOf(sent: readonly SentMessage[]): Promise<ReadonlyMap<number, UnixSeconds>> {
    const numbers = [...new Set(sent.map(({ blockNumber }) => blockNumber))];
    const times = new Map<number, UnixSeconds>();
    for (let at = 0; at < numbers.length; at += BLOCKS_AT_ONCE) {
      const some = numbers.slice(at, at + BLOCKS_AT_ONCE);
      const blocks = await Promise.all(some.map((number) => readNumbered(this.#end, number)));
      for (const [index, number] of some.entries()) {
        const block = blocks[index];
        if (block === undefined) throw bad(`a message in block ${number}, which isn't there`);
        times.set(number, block.time);
      }
    }
    return times;
  }
}

function bad(reason: string): ChainError {
  return new ChainError({ code: "CHAIN_BAD_LINK", reason });
}
