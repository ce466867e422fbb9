import { open, type RootDatabase } from "lmdb";

/** Largest size of a store: years of signatures and virtual blocks. Only what is used takes space. */
const MAP_BYTES = 1024 * 1024 * 1024;
/** Digits of a number within a key, so that keys stand in the numbers' order. */
const NUMBER_DIGITS = 16;

/** What a node must not forget: what it signed, and the secrets that it committed to. */
export type RecordStore = RootDatabase<Buffer, string>;

/** Opens, or creates, the store in a folder. */
export function openRecordStore(folder: string): RecordStore {
  return open<Buffer, string>({ path: folder, encoding: "binary", mapSize: MAP_BYTES });
}

/** A number as a part of a key. */
export function keyNumber(value: number): string {
  return String(value).padStart(NUMBER_DIGITS, "0");
}

/**
 * Writes a record unless there is one, and gives what is there then. On the disk when it resolves; of two that write at once, in one
 * process or in two, both get the first one's.
 */
export async function keepFirst(store: RecordStore, key: string, record: Uint8Array): Promise<Buffer> {
  await store.ifNoExists(key, () => store.put(key, Buffer.from(record)));
  await store.flushed;
  return store.get(key) ?? Buffer.from(record);
}

/** Removes what a range holds below a key's number, in pieces, so that a store of years stays small. */
export async function removeBelow(store: RecordStore, prefix: string, number: number): Promise<void> {
  const range = { start: `${prefix}${keyNumber(0)}`, end: `${prefix}${keyNumber(number)}`, limit: REMOVED_AT_ONCE };
  for (const key of [...store.getKeys(range)]) await store.remove(key);
}

/** Keys removed by one call. */
const REMOVED_AT_ONCE = 256;
