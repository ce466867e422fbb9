import { type Address, HANDED_BYTES_MAX, HANDED_FRAMES_MAX, type HandedAnswer } from "@cortensor/protocol";

/**
 * An envelope that has come, and what its miners have answered under it: all that a standby needs to go on, none of which the router can read. Kept for standbys
 * alone; of an answer that is too long nothing more is, and its client seals again.
 */
export class SealedTo {
  readonly envelope: Uint8Array;
  readonly readers: ReadonlySet<Address>;
  readonly #handed: { opening: Uint8Array; readonly frames: Uint8Array[] }[] = [];
  #opening: Uint8Array | undefined;
  #starts = 0;
  #bytes = 0;
  #count = 0;
  #isTooLong = false;

  constructor(envelope: Uint8Array, readers: readonly Address[]) {
    this.envelope = envelope;
    this.readers = new Set(readers);
  }

  /** Whether one of its standbys could go on. */
  get canBeHandedOver(): boolean {
    return this.readers.size > 1 && !this.#isTooLong;
  }

  /** Whether a standby has it. */
  get isHandedOver(): boolean {
    return this.#starts > 1;
  }

  /** What those before have answered, in order. One that brought no frame left nothing. */
  get handed(): readonly HandedAnswer[] {
    return this.#handed;
  }

  /** It goes to a miner: what comes next is that one's. */
  begin(): void {
    this.#starts += 1;
    this.#opening = undefined;
  }

  keepOpening(opening: Uint8Array): void {
    this.#opening = opening;
  }

  keepFrame(frame: Uint8Array): void {
    if (!this.canBeHandedOver) return;
    this.#bytes += frame.length;
    this.#count += 1;
    if (this.#bytes > HANDED_BYTES_MAX || this.#count > HANDED_FRAMES_MAX) {
      this.#isTooLong = true;
      this.#handed.length = 0;
      return;
    }
    if (this.#opening !== undefined) {
      this.#handed.push({ opening: this.#opening, frames: [] });
      this.#opening = undefined;
    }
    this.#handed.at(-1)?.frames.push(frame);
  }
}
