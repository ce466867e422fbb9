import {
  ATTESTATION_KINDS,
  type AttestationKind,
  type EpochTimes,
  epochStart,
  type Unsigned,
} from "@cortensor/protocol";
import type { GuardChain } from "./guardChain.js";
import type { GuardMetrics } from "./metrics.js";

export type LedgerParts = {
  readonly chain: Pick<GuardChain, "readPosted">;
  readonly times: EpochTimes;
  readonly metrics: GuardMetrics;
};

type Page = { readonly posted: Set<AttestationKind>; refused: ReadonlyMap<AttestationKind, Unsigned> };

/** What became of the epoch that is being signed: which kinds have a root, and since when; counts those that end without one. */
export class EpochLedger {
  readonly #parts: LedgerParts;
  readonly #pages = new Map<number, Page>();

  constructor(parts: LedgerParts) {
    this.#parts = parts;
  }

  /** Kinds that have a root now. */
  async look(epoch: number, time: number): Promise<ReadonlySet<AttestationKind>> {
    const { chain, times, metrics } = this.#parts;
    const page = this.#pages.get(epoch) ?? { posted: new Set(), refused: new Map() };
    this.#pages.set(epoch, page);
    const open = ATTESTATION_KINDS.filter((kind) => !page.posted.has(kind));
    const roots = await Promise.all(open.map((kind) => chain.readPosted({ kind, epoch })));
    for (const [index, kind] of open.entries()) {
      if (roots[index] === undefined) continue;
      page.posted.add(kind);
      metrics.attested.add({ kind });
      metrics.rootSeconds.observe({}, Math.max(0, time - epochStart(times, epoch + 1)));
    }
    return page.posted;
  }

  /** Why this guard signs nothing of some kinds, as it last said. */
  refused(epoch: number, refused: ReadonlyMap<AttestationKind, Unsigned>): void {
    const page = this.#pages.get(epoch);
    if (page !== undefined) page.refused = refused;
  }

  /** Epochs that can get no root any more. */
  async closeBelow(epoch: number, time: number): Promise<void> {
    for (const old of [...this.#pages.keys()].filter((one) => one < epoch)) {
      const posted = await this.look(old, time);
      const refused = this.#pages.get(old)?.refused;
      this.#pages.delete(old);
      for (const kind of ATTESTATION_KINDS.filter((one) => !posted.has(one))) {
        this.#parts.metrics.empty.add({ kind });
        const why = refused?.get(kind);
        if (why !== undefined) this.#parts.metrics.refused.add({ why });
      }
    }
  }
}
