import { type Address, type Bytes32, hashResult, type SegmentBody } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { decodeSegmentBody, encodeSegmentBody } from "@cortensor/wire";
import { DISPUTE_WINDOW_SECONDS } from "../host/index.js";
import type { MinerStore } from "./store.js";

/** Bodies in all: some 30,000 answers of 512 tokens. The oldest go first. */
export const BODIES_BYTES_MAX = 512 * 1024 * 1024;
/** The dispute window. */
export const BODY_KEPT_MS = DISPUTE_WINDOW_SECONDS * 1_000;
/** Bodies let go of in one put: room for a large one, and those whose time is over, without a pause. */
const DROPPED_AT_ONCE_MAX = 1_024;
/** Keys of the store from `body.` up to the next letter. */
const BODIES = { start: "body.", end: "body/" };
const MS_DIGITS = 15;
const ADDRESS_BYTES = 20;

/**
 * What a checker needs of the segments that this miner made, each under its result's struct hash, for the dispute window. A body is shown to
 * routers of the operator whose task it was, and to nobody else: it holds the prompt.
 */
export type BodyShelf = {
  /** Written in the turn of the call, together with what else is. A body beyond the bounds pushes the oldest out. */
  put(operator: Address, body: SegmentBody): Promise<void>;
  /** Undefined when there is none of that address, or when it isn't the operator's. */
  find(operator: Address, address: Bytes32): SegmentBody | undefined;
  /** For the miner itself, whosever task it was. */
  findOwn(address: Bytes32): SegmentBody | undefined;
  readonly size: number;
  readonly bytes: number;
};

type Kept = { readonly key: string; readonly storedAtMs: number; readonly bytes: number };

/** Opens the shelf in a miner's store. Only keys are read: they say age and size. */
export function openBodyShelf(parts: {
  readonly store: MinerStore;
  readonly nowMs: () => number;
  readonly log: Logger;
  readonly bytesMax?: number;
  readonly keptMs?: number;
}): BodyShelf {
  const { store, nowMs, log, bytesMax = BODIES_BYTES_MAX, keptMs = BODY_KEPT_MS } = parts;
  /** Oldest first: keys begin with the time. */
  const kept = new Map<Bytes32, Kept>();
  let bytes = 0;
  const forget = (address: Bytes32): Kept | undefined => {
    const one = kept.get(address);
    kept.delete(address);
    bytes -= one?.bytes ?? 0;
    return one;
  };
  for (const key of store.getKeys(BODIES)) {
    const { address, ...one } = readKey(key);
    kept.set(address, { key, ...one });
    bytes += one.bytes;
  }
  /** Those whose time is over, and the oldest while there are too many bytes. */
  const drop = (): Promise<boolean>[] => {
    const removed: Promise<boolean>[] = [];
    for (const [address, one] of kept) {
      const isOld = one.storedAtMs + keptMs <= nowMs();
      if ((!isOld && bytes <= bytesMax) || removed.length >= DROPPED_AT_ONCE_MAX) break;
      forget(address);
      removed.push(store.remove(one.key));
    }
    return removed;
  };

  const recordOf = (address: Bytes32): Buffer | undefined => {
    const one = kept.get(address);
    return one === undefined || one.storedAtMs + keptMs <= nowMs() ? undefined : store.get(one.key);
  };
  const bodyIn = (address: Bytes32, value: Buffer): SegmentBody | undefined => {
    try {
      return decodeSegmentBody(Buffer.from(value.subarray(ADDRESS_BYTES)));
    } catch (error) {
      log.error("A body can't be read", { address }, error);
      return undefined;
    }
  };

  return {
    put: async (operator, body) => {
      const address = hashResult(body.result);
      const value = Buffer.concat([Buffer.from(operator.slice(2), "hex"), encodeSegmentBody(body)]);
      const storedAtMs = nowMs();
      const key = writeKey({ storedAtMs, bytes: value.length, address });
      const before = forget(address);
      kept.set(address, { key, storedAtMs, bytes: value.length });
      bytes += value.length;
      const removed = before === undefined || before.key === key ? [] : [store.remove(before.key)];
      await Promise.all([...removed, store.put(key, value), ...drop()]);
    },
    find: (operator, address) => {
      const value = recordOf(address);
      const isOperators = value !== undefined && `0x${value.toString("hex", 0, ADDRESS_BYTES)}` === operator;
      return isOperators ? bodyIn(address, value) : undefined;
    },
    findOwn: (address) => {
      const value = recordOf(address);
      return value && bodyIn(address, value);
    },
    get size() {
      return kept.size;
    },
    get bytes() {
      return bytes;
    },
  };
}

/** `body.<15 digits of ms>.<bytes>.<address>`. */
function writeKey(one: { readonly storedAtMs: number; readonly bytes: number; readonly address: Bytes32 }): string {
  const ms = Math.floor(one.storedAtMs).toString().padStart(MS_DIGITS, "0");
  return `${BODIES.start}${ms}.${one.bytes}.${one.address}`;
}

function readKey(key: string): { readonly storedAtMs: number; readonly bytes: number; readonly address: Bytes32 } {
  const [, ms, bytes, address = ""] = key.split(".");
  return { storedAtMs: Number(ms), bytes: Number(bytes), address: `0x${address.slice(2)}` };
}
