import type { Batch } from "./batch.js";
import type { Derivation } from "./derivation.js";
import type { JsonRpc } from "./jsonRpc.js";
import type { OpChain } from "./opChain.js";
import { PARENT_BLOCKS_AT_ONCE, PARENT_READS_AT_ONCE } from "./opLimits.js";
import { checkStillThere, moved, type ParentBlock, readDeepNumber, readParentBlock } from "./parentBlocks.js";

/**
 * Takes in what the parent has that counts and wasn't read, hands on each batch, and behind its batches each block. True when there is more at once.
 * Throws ROLLUP_PARENT_REORGANISED where the parent no longer has what was read before.
 */
export async function followParent(parts: {
  readonly rpc: JsonRpc;
  readonly chain: OpChain;
  readonly derivation: Derivation;
  readonly onBatch: (batch: Batch, block: ParentBlock) => Promise<void>;
  readonly onBlock?: (block: ParentBlock) => void;
}): Promise<boolean> {
  const { rpc, chain, derivation, onBatch, onBlock } = parts;
  const deep = await readDeepNumber(rpc, chain);
  const known = derivation.parent;
  if (deep <= known.number) {
    // Looked for even where nothing is new: a parent of the same height may be another.
    await checkStillThere(rpc, known);
    return false;
  }
  const last = Math.min(deep, known.number + PARENT_BLOCKS_AT_ONCE);
  for (let first = known.number + 1; first <= last; first += PARENT_READS_AT_ONCE) {
    const count = Math.min(PARENT_READS_AT_ONCE, last - first + 1);
    const reads = Array.from({ length: count }, (_, index) => readParentBlock(rpc, chain, first + index));
    for (const block of await Promise.all(reads)) {
      const { parent } = derivation;
      if (block.parentHash !== parent.hash) throw moved(parent.number, parent.hash, block.parentHash);
      derivation.addParent(block);
      for (const batch of block.batches) await onBatch(batch, block);
      onBlock?.(block);
    }
  }
  return last < deep;
}
