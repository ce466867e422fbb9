import type { Bytes32, PublishedWork } from "@cortensor/protocol";

/** A piece of what one process saw of its tasks: a work record's bytes, whatever epoch they name. */
export type WorkNote = {
  /** Names the process: 32 random bytes. */
  readonly writer: Bytes32;
  /** Counts the process's notes, 0 first. */
  readonly number: number;
  readonly bytes: Uint8Array;
};

/** A record that was made for an epoch, to be posted among its records. */
export type SealedWork = PublishedWork & {
  readonly epoch: number;
  readonly begun: number;
  readonly ended: number;
};

/** `sealed`: may be on its way. `posted`: for good. `dropped`: it never will be; its notes go into the next one. */
export type WorkState = "sealed" | "posted" | "dropped";

/** The part of the books that remembers what the operator's routers took up and ended, until it is public. */
export type WorkBooks = {
  /** Keeps a note; one that is there already stays as it is. */
  noteWork(note: WorkNote): Promise<void>;
  /**
   * Makes the record of an epoch out of all notes that are in none yet, as many as fit, oldest first. While another is on its way, that one; undefined without
   * notes, or when the epoch or a later one had its record. In one transaction, so that each note is in one record.
   */
  sealWork(of: { readonly chainId: number; readonly epoch: number }): Promise<SealedWork | undefined>;
  /** The record that is on its way. */
  openWork(): Promise<SealedWork | undefined>;
  /** Ends the one on its way; nothing where it ended before. Its bytes are kept, and found by `findSettlementSet`. */
  endWork(epoch: number, state: Exclude<WorkState, "sealed">): Promise<void>;
};
