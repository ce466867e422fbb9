import type { AttestationKind } from "@cortensor/protocol";

/** From this slot on everybody is asked once more, so that a guard that showed two roots to two others is found by what they show. */
const LAST_ROUND_SLOT = 12;
/** Slots in which roots may be posted: see `leaderSlotAt`. */
const SLOTS_OPEN = 18;

/**
 * When a guard asks others of an epoch: a leader whenever it looks, while a root isn't posted; anybody once a slot until all have shown a
 * signature, and once more towards the end.
 */
export class PeerRounds {
  #epoch = -1;
  readonly #askedIn = new Map<AttestationKind, number>();
  readonly #whole = new Set<AttestationKind>();
  readonly #last = new Set<AttestationKind>();

  due(at: {
    readonly epoch: number;
    readonly slot: number;
    readonly kinds: readonly AttestationKind[];
    /** Those that this guard leads to a root now. */
    readonly led: readonly AttestationKind[];
  }): readonly AttestationKind[] {
    this.#begin(at.epoch);
    const isDue = (kind: AttestationKind): boolean => {
      if (at.led.includes(kind)) return true;
      if (at.slot >= LAST_ROUND_SLOT && !this.#last.has(kind)) return true;
      return !this.#whole.has(kind) && this.#askedIn.get(kind) !== at.slot;
    };
    return at.kinds.filter(isDue);
  }

  /** The next slot after one, among those that are open, in which a guard that leads nothing asks. */
  nextAfter(at: {
    readonly epoch: number;
    readonly slot: number;
    readonly kinds: readonly AttestationKind[];
  }): number | undefined {
    for (let slot = at.slot + 1; slot < SLOTS_OPEN; slot += 1) {
      if (this.due({ ...at, slot, led: [] }).length > 0) return slot;
    }
    return undefined;
  }

  /** Notes that these were asked for in a slot, and of which everybody has shown a signature. */
  asked(at: {
    readonly slot: number;
    readonly kinds: readonly AttestationKind[];
    readonly whole: ReadonlySet<AttestationKind>;
  }): void {
    for (const kind of at.kinds) {
      this.#askedIn.set(kind, at.slot);
      if (at.slot >= LAST_ROUND_SLOT) this.#last.add(kind);
      if (at.whole.has(kind)) this.#whole.add(kind);
    }
  }

  #begin(epoch: number): void {
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    for (const kept of [this.#askedIn, this.#whole, this.#last]) kept.clear();
  }
}
