import { open, type RootDatabase } from "lmdb";

/** Largest size of the store: the outbox, the note book and the bodies at twice their bounds. Only what is used takes space. */
const MAP_BYTES = 2 * 1024 * 1024 * 1024;

/** What a miner must not lose. What is written in one turn of the event loop is on the disk together, or not at all. */
export type MinerStore = RootDatabase<Buffer, string>;

/** Opens, or creates, the store in a folder. */
export function openStore(folder: string): MinerStore {
  return open<Buffer, string>({ path: folder, encoding: "binary", mapSize: MAP_BYTES });
}
