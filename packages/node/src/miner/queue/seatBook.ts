import { type Address, addressField, type Bytes32, bytes32Field, type Result } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { decodeStreamMessage, encodeStreamMessage } from "@cortensor/wire";
import { z } from "zod";
import type { MinerStore } from "../store.js";

/** Seats kept at most: a day of one every twenty seconds. No further one is taken. */
export const SEATS_MAX = 4_096;
/** The dispute window: until then an answer may be asked for. */
export const SEAT_KEPT_MS = 48 * 3_600_000;
/** Keys of the store from `seat.` up to the next letter, and so on. */
const SEATS = { start: "seat.", end: "seat/" };
const ANSWERS = "seatAnswer.";

const header = z.strictObject({
  operator: addressField,
  takenAtMs: z.number().nonnegative(),
  isOver: z.boolean(),
  bound: z.strictObject({ salt: bytes32Field, resultHash: bytes32Field }).optional(),
});

/** What a miner said to a task, whole. */
export type SeatAnswer = { readonly result: Result; readonly text: string };

/** A seat in a task of the session queue. */
export type SeatEntry = {
  /** Whose router gave it. */
  readonly operator: Address;
  readonly takenAtMs: number;
  /** Nothing is left to do for it; its answer is still kept. */
  readonly isOver: boolean;
  /** What a precommit binds to, from before it is sent: without the salt it could never be opened. */
  readonly bound?: { readonly salt: Bytes32; readonly resultHash: Bytes32 };
};

/** The seats of a miner and its answers to them: what it must not forget between a precommit and its commit. */
export type SeatBook = {
  /** Resolves when it is on the disk. */
  put(taskId: Bytes32, entry: SeatEntry): Promise<void>;
  find(taskId: Bytes32): SeatEntry | undefined;
  putAnswer(answer: SeatAnswer): Promise<void>;
  findAnswer(taskId: Bytes32): SeatAnswer | undefined;
  /** Seats that something is left to do for. */
  open(): readonly Bytes32[];
  /** Lets go of what is older than the dispute window. */
  sweep(nowMs: number): Promise<void>;
  readonly isFull: boolean;
};

/** Opens the book in a miner's store. A record that can't be read is logged and left alone. */
export function openSeatBook({ store, log }: { readonly store: MinerStore; readonly log: Logger }): SeatBook {
  const entries = new Map<Bytes32, SeatEntry>();
  for (const { key, value } of store.getRange(SEATS)) {
    try {
      entries.set(`0x${key.slice(SEATS.start.length + 2)}`, toEntry(value));
    } catch (error) {
      log.error("A seat's record can't be read", { key }, error);
    }
  }
  return {
    put: async (taskId, entry) => {
      entries.set(taskId, entry);
      await store.put(`${SEATS.start}${taskId}`, Buffer.from(JSON.stringify(entry), "utf8"));
      await store.flushed;
    },
    find: (taskId) => entries.get(taskId),
    putAnswer: async ({ result, text }) => {
      await store.put(`${ANSWERS}${result.taskId}`, encodeStreamMessage({ kind: "answer", result, text }, "miner"));
      await store.flushed;
    },
    findAnswer: (taskId) => {
      const value = store.get(`${ANSWERS}${taskId}`);
      const message = value === undefined ? undefined : decodeStreamMessage(Buffer.from(value), "miner");
      return message?.kind === "answer" ? { result: message.result, text: message.text } : undefined;
    },
    open: () => [...entries].filter(([, { isOver }]) => !isOver).map(([taskId]) => taskId),
    sweep: async (nowMs) => {
      for (const [taskId, { takenAtMs }] of entries) {
        if (takenAtMs + SEAT_KEPT_MS > nowMs) continue;
        entries.delete(taskId);
        await Promise.all([store.remove(`${SEATS.start}${taskId}`), store.remove(`${ANSWERS}${taskId}`)]);
      }
    },
    get isFull() {
      return entries.size >= SEATS_MAX;
    },
  };
}

function toEntry(value: Buffer): SeatEntry {
  const { bound, ...entry } = header.parse(JSON.parse(value.toString("utf8")));
  return { ...entry, ...(bound === undefined ? {} : { bound }) };
}
