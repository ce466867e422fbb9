import {
  type Address,
  begunOf,
  decodeWorkRecord,
  encodeWorkRecord,
  mergeWork,
  WORK_BYTES_MAX,
} from "@cortensor/protocol";
import { BooksError } from "./booksError.js";
import { WORK_NOTE_BYTES_MAX } from "./limits.js";
import type { SealedWork, WorkNote } from "./workBooks.js";

/** Refuses a note larger than a process writes at once. Whether it is a record shows when it is sealed: it is the process's own. */
export function assertWorkNote({ number, bytes }: WorkNote): void {
  const range = `1…${WORK_NOTE_BYTES_MAX} bytes`;
  if (!Number.isSafeInteger(number) || number < 0) refuse("number", String(number), "0…2^53−1");
  if (bytes.length === 0 || bytes.length > WORK_NOTE_BYTES_MAX) refuse("bytes", `${bytes.length} bytes`, range);
}

/** How many of these notes, in their order, one record surely holds: it is never longer than they are together. */
export function notesThatFit(lengths: readonly number[]): number {
  let total = 0;
  const first = lengths.findIndex((length) => {
    total += length;
    return total > WORK_BYTES_MAX;
  });
  return first === -1 ? lengths.length : first;
}

/** One record out of notes. */
export function sealNotes(
  of: { readonly chainId: number; readonly epoch: number; readonly lane: Address },
  notes: readonly Uint8Array[],
): SealedWork {
  const record = mergeWork(of, notes.map(decodeWorkRecord));
  return { ...encodeWorkRecord(record), epoch: of.epoch, begun: begunOf(record), ended: record.ended.length };
}

function refuse(field: string, value: string, range: string): never {
  throw new BooksError({ code: "BOOKS_OUT_OF_RANGE", field, value, range });
}
