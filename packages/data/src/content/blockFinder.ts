import { setMaxListeners } from "node:events";
import type { Clock, Logger } from "@cortensor/runtime";
import { type Cid, digestOf } from "./contentCid.js";
import { ContentError } from "./contentError.js";
import { FETCHES_MAX } from "./contentLimits.js";
import type { ContentStore } from "./contentStore.js";
import { type BlockSource, fetchHedged } from "./fetchHedged.js";
import { Gate } from "./gate.js";

export type BlockFinderParts = {
  readonly store: ContentStore;
  /** Whom to ask for a block now, in their order. */
  readonly sources: () => readonly BlockSource[];
  readonly nowSeconds: () => number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hedgeMs?: number;
  readonly timeoutMs?: number;
};

/** What a finder has met. */
export type FinderCounts = { readonly corrupt: number; readonly fetched: number; readonly lost: number };

/**
 * Gives blocks from the node's own store, and else from elsewhere, checked and kept. A block that several wait for is fetched once. A corrupt one
 * of its own is dropped and fetched anew.
 */
export class BlockFinder {
  readonly #parts: BlockFinderParts;
  readonly #gate = new Gate(FETCHES_MAX);
  readonly #coming = new Map<string, Promise<Uint8Array>>();
  readonly #over = new AbortController();
  #corrupt = 0;
  #fetched = 0;
  #lost = 0;

  constructor(parts: BlockFinderParts) {
    this.#parts = parts;
    // As many as there are fetches, which are bounded.
    setMaxListeners(0, this.#over.signal);
  }

  get counts(): FinderCounts {
    return { corrupt: this.#corrupt, fetched: this.#fetched, lost: this.#lost };
  }

  /** A block of one's own, checked; undefined where it isn't there, or wasn't whole and is gone now. */
  async own(cid: Cid): Promise<Uint8Array | undefined> {
    const found = await this.#parts.store.read(cid);
    if (found.kind === "block") return found.block;
    if (found.kind === "corrupt") {
      this.#corrupt += 1;
      this.#parts.log.warn("Corrupt block dropped", { cid: cid.toString() });
    }
    return undefined;
  }

  /** A block from wherever it is. Throws CONTENT_NOT_FOUND with what each source said, and the signal's reason when it aborts. */
  async find(cid: Cid, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    const own = await this.own(cid);
    if (own !== undefined) return own;
    const key = digestOf(cid);
    const coming = this.#coming.get(key) ?? this.#begin(key, cid);
    return untilAborted(coming, signal);
  }

  /** Ends what is on its way. Resolves when nothing writes any more. */
  async stop(): Promise<void> {
    this.#over.abort(new ContentError({ code: "CONTENT_STOPPED" }));
    await Promise.allSettled([...this.#coming.values()]);
  }

  #begin(key: string, cid: Cid): Promise<Uint8Array> {
    const coming = this.#gate.run(() => this.#fetch(cid)).finally(() => this.#coming.delete(key));
    // Whoever waits hears of its failure; nobody may be left to.
    coming.catch(() => undefined);
    this.#coming.set(key, coming);
    return coming;
  }

  async #fetch(cid: Cid): Promise<Uint8Array> {
    const { store, sources, nowSeconds, clock, hedgeMs, timeoutMs, log } = this.#parts;
    const found = await fetchHedged(cid, {
      sources: sources(),
      clock,
      signal: this.#over.signal,
      ...(hedgeMs === undefined ? {} : { hedgeMs }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    if (found.kind === "none") {
      this.#lost += 1;
      const { failures } = found;
      throw new ContentError({ code: "CONTENT_NOT_FOUND", cid: cid.toString(), failures }, { isRetryable: true });
    }
    if (found.failures.length > 0) {
      log.debug("Block found after failures", { cid: cid.toString(), source: found.source, failures: found.failures });
    }
    await store.put(cid, found.block, nowSeconds());
    this.#fetched += 1;
    return found.block;
  }
}

/** Stops waiting when the signal aborts; what is waited for goes on. */
async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const stopped = new AbortController();
  setMaxListeners(0, signal);
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: stopped.signal });
  });
  aborted.catch(() => undefined);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stopped.abort();
  }
}
