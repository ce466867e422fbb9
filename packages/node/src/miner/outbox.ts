import type { Address, Bytes32 } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { MinerError } from "./minerError.js";
import { decodeEntry, type EntryName, encodeEntry, entryKey, type OutboxEntry } from "./outboxEntry.js";
import type { MinerStore } from "./store.js";

/** Results kept at most: a day of a busy miner without one receipt, about 200 MB. Nothing is accepted beyond it. */
export const OUTBOX_ENTRIES_MAX = 200_000;
/** Keys of the store that are results': a task id begins each. */
const RESULTS = { start: "0x", end: "0y" };

/** The results whose receipts have not come. What is in it survives a kill and a power cut. */
export type Outbox = {
  /** Resolves when the entry is on the disk; entries of one moment share one sync. Throws MINER_OUTBOX_FULL. */
  put(entry: OutboxEntry): Promise<void>;
  /**
   * The router has the whole result: from here on a receipt must pay all of it. Not written down: after a crash only what was
   * acknowledged is insisted on.
   */
  markDelivered(name: EntryName): void;
  find(name: EntryName): OutboxEntry | undefined;
  /** A task's results: one, or several when the task came back to this miner. */
  ofTask(taskId: Bytes32): readonly OutboxEntry[];
  remove(name: EntryName): Promise<void>;
  /** Fees of an operator's results without a receipt, disputed ones included. */
  owedWei(operator: Address): bigint;
  /** All entries as they are now, oldest task id first. */
  entries(): readonly OutboxEntry[];
  readonly size: number;
  readonly isFull: boolean;
  close(): Promise<void>;
};

/** Opens the outbox in a miner's store, which it closes with itself. An entry that can't be read is logged and left alone. */
export function openOutbox(parts: {
  readonly store: MinerStore;
  readonly log: Logger;
  readonly entriesMax?: number;
}): Outbox {
  const { store, entriesMax = OUTBOX_ENTRIES_MAX, log } = parts;
  const entries = new Map<string, OutboxEntry>();
  const keysOfTask = new Map<Bytes32, Set<string>>();
  const owed = new Map<Address, bigint>();

  const owe = (operator: Address, wei: bigint): void => {
    const sum = (owed.get(operator) ?? 0n) + wei;
    if (sum === 0n) owed.delete(operator);
    else owed.set(operator, sum);
  };
  const forget = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    const { taskId } = entry.reoffered.result;
    const keys = keysOfTask.get(taskId);
    entries.delete(key);
    keys?.delete(key);
    if (keys?.size === 0) keysOfTask.delete(taskId);
    owe(entry.operator, -entry.owedWei);
  };
  const remember = (key: string, entry: OutboxEntry): void => {
    forget(key);
    const { taskId } = entry.reoffered.result;
    entries.set(key, entry);
    keysOfTask.set(taskId, (keysOfTask.get(taskId) ?? new Set<string>()).add(key));
    owe(entry.operator, entry.owedWei);
  };

  for (const { key, value } of store.getRange(RESULTS)) {
    try {
      remember(key, decodeEntry(value));
    } catch (error) {
      log.error("An outbox entry can't be read", { key }, error);
    }
  }

  return {
    put: async (entry) => {
      const key = entryKey(entry.reoffered.result);
      if (!entries.has(key) && entries.size >= entriesMax) {
        throw new MinerError({ code: "MINER_OUTBOX_FULL", entriesMax });
      }
      remember(key, entry);
      await store.put(key, encodeEntry(entry));
      await store.flushed;
    },
    markDelivered: (name) => {
      const key = entryKey(name);
      const entry = entries.get(key);
      if (entry !== undefined) entries.set(key, { ...entry, acknowledgedWei: entry.owedWei });
    },
    find: (name) => entries.get(entryKey(name)),
    ofTask: (taskId) => [...(keysOfTask.get(taskId) ?? [])].flatMap((key) => entries.get(key) ?? []),
    remove: async (name) => {
      const key = entryKey(name);
      forget(key);
      await store.remove(key);
    },
    owedWei: (operator) => owed.get(operator) ?? 0n,
    entries: () => [...entries.values()],
    get size() {
      return entries.size;
    },
    get isFull() {
      return entries.size >= entriesMax;
    },
    close: async () => {
      await store.flushed;
      await store.close();
    },
  };
}
