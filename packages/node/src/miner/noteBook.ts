import type { Address } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { decodeNoticeBody, encodeNoticeBody, type NoteNotice, type ReceiptNotice } from "@cortensor/wire";
import { type EntryName, entryKey } from "./outboxEntry.js";
import type { MinerStore } from "./store.js";

/** Receipts without a note at most: as many as results without a receipt. Nothing is accepted beyond it. */
export const UNNOTED_MAX = 200_000;
/** Keys of the store from `receipt.` up to the next letter, and so on. */
const RECEIPTS = { start: "receipt.", end: "receipt/" };
const NOTES = { start: "note.", end: "note/" };
const TALLIES = { start: "tally.", end: "tally/" };
const WEI_BYTES = 12;

/**
 * What operators have promised this miner: the highest credit note of each, and the receipts that it doesn't cover. A receipt is
 * covered when the note reaches the sum of all receipts up to it, in the order of their coming.
 */
export type NoteBook = {
  /** Adds what a receipt pays for one result. Written in the turn of the call, together with what else is. */
  addReceipt(notice: ReceiptNotice, paid: { readonly name: EntryName; readonly netWei: bigint }): Promise<void>;
  /** Keeps a note that is higher than the one before, and lets go of the receipts that it covers. */
  addNote(notice: NoteNotice): Promise<void>;
  noteOf(operator: Address): NoteNotice | undefined;
  /** Nets of all receipts of an operator that ever came. */
  receivedWei(operator: Address): bigint;
  /** Nets of an operator's receipts beyond its note. */
  unnotedWei(operator: Address): bigint;
  /** The receipts behind that sum, or somewhat more, in the order of their coming. */
  unnoted(operator: Address): readonly ReceiptNotice[];
  /** Whose receipts or notes are here. */
  operators(): readonly Address[];
  readonly isFull: boolean;
};

type Kept = { readonly key: string; readonly throughWei: bigint };
type Page = { receivedWei: bigint; note?: NoteNotice; kept: Kept[] };

/** Opens the note book in a miner's store. A record that can't be read is logged and left alone. */
export function openNoteBook(parts: {
  readonly store: MinerStore;
  readonly log: Logger;
  readonly unnotedMax?: number;
}): NoteBook {
  const { store, log, unnotedMax = UNNOTED_MAX } = parts;
  const pages = new Map<Address, Page>();
  let size = 0;
  const pageOf = (operator: Address): Page => {
    const page = pages.get(operator) ?? { receivedWei: 0n, kept: [] };
    pages.set(operator, page);
    return page;
  };
  const read = (range: KeyRange, take: (key: string, value: Buffer) => void): void =>
    readRecords({ store, log, range, take });
  read(TALLIES, (key, value) => {
    pageOf(operatorIn(key)).receivedWei = readWei(value);
  });
  read(NOTES, (_key, value) => {
    const notice = decodeNoticeBody("note", value);
    pageOf(notice.note.operator).note = notice;
  });
  read(RECEIPTS, (key, value) => {
    pageOf(operatorIn(key)).kept.push({ key, throughWei: readWei(value) });
    size += 1;
  });
  for (const { kept } of pages.values()) kept.sort((left, right) => (left.throughWei < right.throughWei ? -1 : 1));

  return {
    addReceipt: async (notice, { name, netWei }) => {
      const { operator } = notice.receipt;
      const page = pageOf(operator);
      page.receivedWei += netWei;
      const key = `${RECEIPTS.start}${operator}.${entryKey(name)}`;
      const through = writeWei(page.receivedWei);
      page.kept.push({ key, throughWei: page.receivedWei });
      size += 1;
      const body = encodeNoticeBody("receipt", notice);
      await Promise.all([
        store.put(`${TALLIES.start}${operator}`, through),
        store.put(key, Buffer.concat([through, body])),
      ]);
    },
    addNote: async (notice) => {
      const { operator, cumulativeWei } = notice.note;
      const page = pageOf(operator);
      if (page.note !== undefined && page.note.note.cumulativeWei >= cumulativeWei) return;
      page.note = notice;
      const first = page.kept.findIndex(({ throughWei }) => throughWei > cumulativeWei);
      const covered = page.kept.splice(0, first < 0 ? page.kept.length : first);
      size -= covered.length;
      await Promise.all([
        store.put(`${NOTES.start}${operator}`, encodeNoticeBody("note", notice)),
        ...covered.map(({ key }) => store.remove(key)),
      ]);
    },
    noteOf: (operator) => pages.get(operator)?.note,
    receivedWei: (operator) => pages.get(operator)?.receivedWei ?? 0n,
    unnotedWei: (operator) => {
      const page = pages.get(operator);
      if (page === undefined) return 0n;
      const missing = page.receivedWei - (page.note?.note.cumulativeWei ?? 0n);
      return missing > 0n ? missing : 0n;
    },
    unnoted: (operator) =>
      (pages.get(operator)?.kept ?? []).flatMap(({ key }) => {
        const value = store.get(key);
        return value === undefined ? [] : [decodeNoticeBody("receipt", Buffer.from(value.subarray(WEI_BYTES)))];
      }),
    operators: () => [...pages.keys()],
    get isFull() {
      return size >= unnotedMax;
    },
  };
}

type KeyRange = { readonly start: string; readonly end: string };

function readRecords(parts: {
  readonly store: MinerStore;
  readonly log: Logger;
  readonly range: KeyRange;
  readonly take: (key: string, value: Buffer) => void;
}): void {
  const { store, log, range, take } = parts;
  for (const { key, value } of store.getRange(range)) {
    try {
      take(key, value);
    } catch (error) {
      log.error("A record of the note book can't be read", { key }, error);
    }
  }
}

function operatorIn(key: string): Address {
  const [, operator = ""] = key.split(".");
  return `0x${operator.slice(2)}`;
}

function writeWei(wei: bigint): Buffer {
  return Buffer.from(wei.toString(16).padStart(2 * WEI_BYTES, "0"), "hex");
}

function readWei(value: Buffer): bigint {
  return BigInt(`0x${value.toString("hex", 0, WEI_BYTES)}`);
}
