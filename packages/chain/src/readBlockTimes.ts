import type { UnixSeconds } from "@cortensor/protocol";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";

/** Blocks asked for at once. */
const BLOCKS_AT_ONCE = 16;

/** The times of blocks, each read once. */
export async function readBlockTimes(
  chain: ChainReader,
  blocks: readonly bigint[],
): Promise<ReadonlyMap<bigint, UnixSeconds>> {
  const times = new Map<bigint, UnixSeconds>();
  const wanted = [...new Set(blocks)];
  for (let from = 0; from < wanted.length; from += BLOCKS_AT_ONCE) {
    const some = wanted.slice(from, from + BLOCKS_AT_ONCE);
    const read = Promise.all(some.map((blockNumber) => chain.client.getBlock({ blockNumber })));
    for (const block of await chainCall("readBlockTimes", read)) times.set(block.number, Number(block.timestamp));
  }
  return times;
}
