import { type Address, type Bytes32, bytesToHex, hexToBytes } from "@cortensor/protocol";
import type { MinerStore } from "../store.js";

const WORD_BYTES = 32;
/** Keys of the store from `networkResult.` up to the next letter. */
const PREFIX = "networkResult.";
/** Results kept: of more tasks than a node can be drawn for in a day. */
const KEPT_MAX = 128;

/** What a solver binds itself to. Without it on the disk it couldn't show what it was bound to, after a crash. */
export type KeptResult = { readonly salt: Bytes32; readonly resultHash: Bytes32 };

export type ResultShelf = {
  find(taskId: Bytes32): KeptResult | undefined;
  /** On the disk when it resolves. The oldest make room. */
  put(taskId: Bytes32, result: KeptResult): Promise<void>;
};

/** The results of one contract's tasks, in a miner's store. */
export function openResultShelf(parts: {
  readonly store: MinerStore;
  readonly chainId: number;
  readonly networkTasks: Address;
  readonly nowMs: () => number;
}): ResultShelf {
  const { store, chainId, networkTasks, nowMs } = parts;
  const prefix = `${PREFIX}${chainId}.${networkTasks}.`;
  const kept = new Map<Bytes32, string>();
  for (const key of store.getKeys({ start: prefix, end: `${prefix}~` })) {
    const [, taskId = ""] = key.slice(prefix.length).split(".");
    kept.set(`0x${taskId.slice(2)}`, key);
  }
  return {
    find: (taskId) => {
      const key = kept.get(taskId);
      const value = key === undefined ? undefined : store.get(key);
      if (value?.length !== 2 * WORD_BYTES) return undefined;
      return {
        salt: bytesToHex(value.subarray(0, WORD_BYTES)),
        resultHash: bytesToHex(value.subarray(WORD_BYTES)),
      };
    },
    put: async (taskId, { salt, resultHash }) => {
      const key = `${prefix}${String(Math.floor(nowMs())).padStart(15, "0")}.${taskId}`;
      const before = kept.get(taskId);
      if (before !== undefined) await store.remove(before);
      kept.delete(taskId);
      kept.set(taskId, key);
      await store.put(key, Buffer.concat([hexToBytes(salt), hexToBytes(resultHash)]));
      for (const [oldTask, oldKey] of kept) {
        if (kept.size <= KEPT_MAX) break;
        kept.delete(oldTask);
        await store.remove(oldKey);
      }
      await store.flushed;
    },
  };
}
