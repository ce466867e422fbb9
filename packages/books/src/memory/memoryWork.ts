import type { Address, Bytes32 } from "@cortensor/protocol";
import { assertWorkNote, notesThatFit, sealNotes } from "../sealNotes.js";
import type { SealedWork, WorkNote, WorkState } from "../workBooks.js";

type Kept = { readonly bytes: Uint8Array; epoch: number | undefined };

/** What routers took up and ended, and the records made of it. */
export class MemoryWork {
  readonly #lane: Address;
  readonly #keepBytes: (cid: Bytes32, bytes: Uint8Array) => void;
  readonly #notes = new Map<string, Kept>();
  readonly #records = new Map<number, { readonly sealed: SealedWork; state: WorkState }>();

  constructor(lane: Address, keepBytes: (cid: Bytes32, bytes: Uint8Array) => void) {
    this.#lane = lane;
    this.#keepBytes = keepBytes;
  }

  note(note: WorkNote): void {
    assertWorkNote(note);
    const name = `${note.writer} ${note.number}`;
    if (!this.#notes.has(name)) this.#notes.set(name, { bytes: note.bytes, epoch: undefined });
  }

  seal({ chainId, epoch }: { readonly chainId: number; readonly epoch: number }): SealedWork | undefined {
    const open = this.open();
    if (open !== undefined) return open;
    if ([...this.#records.keys()].some((known) => known >= epoch)) return undefined;
    const waiting = [...this.#notes.values()].filter((kept) => kept.epoch === undefined);
    const taken = waiting.slice(0, notesThatFit(waiting.map(({ bytes }) => bytes.length)));
    if (taken.length === 0) return undefined;
    const sealed = sealNotes(
      { chainId, epoch, lane: this.#lane },
      taken.map(({ bytes }) => bytes),
    );
    for (const kept of taken) kept.epoch = epoch;
    this.#records.set(epoch, { sealed, state: "sealed" });
    this.#keepBytes(sealed.recordCid, sealed.bytes);
    return sealed;
  }

  open(): SealedWork | undefined {
    return [...this.#records.values()].find(({ state }) => state === "sealed")?.sealed;
  }

  end(epoch: number, state: Exclude<WorkState, "sealed">): void {
    const record = this.#records.get(epoch);
    if (record?.state !== "sealed") return;
    record.state = state;
    for (const [name, kept] of this.#notes) {
      if (state === "dropped" && kept.epoch === epoch) kept.epoch = undefined;
      if (state === "posted" && kept.epoch !== undefined && kept.epoch < epoch) this.#notes.delete(name);
    }
  }
}
