import { decodeVirtualBlock, encodeVirtualBlock, type VirtualBlock } from "@cortensor/protocol";
import { keyNumber, type RecordStore } from "../host/index.js";

/** Virtual blocks, each under its epoch. */
export type BlockShelf = {
  find(epoch: number): Uint8Array | undefined;
  last(): VirtualBlock | undefined;
  put(block: VirtualBlock): Promise<void>;
};

/** Opens the shelf of a network, named by its chain and a contract of it, in a guard's store. */
export function openBlockShelf(store: RecordStore, network: string): BlockShelf {
  const prefix = `block.${network}.`;
  const range = { start: `${prefix}~`, end: prefix, reverse: true, limit: 1 };
  return {
    find: (epoch) => store.get(`${prefix}${keyNumber(epoch)}`),
    last: () => {
      const [found] = [...store.getRange(range)];
      return found === undefined ? undefined : decodeVirtualBlock(found.value);
    },
    put: async (block) => {
      await store.put(`${prefix}${keyNumber(block.epoch)}`, Buffer.from(encodeVirtualBlock(block)));
      await store.flushed;
    },
  };
}
