import type { UnixSeconds } from "@cortensor/protocol";
import type { ChainReader } from "./chainReader.js";
import { type BlockRecord, readBlock } from "./readBlock.js";

/** The network's last block before a time. Undefined when it has none. By halves: a chain's times never run backwards. */
export async function lastBlockBefore(chain: ChainReader, time: UnixSeconds): Promise<BlockRecord | undefined> {
  const head = await readBlock(chain, "latest");
  if (head === undefined || head.timestamp < time) return head;
  let found: BlockRecord | undefined;
  let [from, to] = [chain.profile.deployBlock, head.number - 1n];
  while (from <= to) {
    const middle = (from + to) / 2n;
    const block = await readBlock(chain, middle);
    if (block !== undefined && block.timestamp < time) {
      found = block;
      from = middle + 1n;
    } else {
      to = middle - 1n;
    }
  }
  return found;
}
