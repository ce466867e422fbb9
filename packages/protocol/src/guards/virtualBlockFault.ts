import { ZERO_BYTES32 } from "../primitives.js";
import { type ChainRange, type VirtualBlock, virtualBlockHash } from "./virtualBlock.js";

export type VirtualBlockFault =
  | "otherParent"
  | "otherNetwork"
  /** It covers an epoch that its parent covers. */
  | "epochsOverlap"
  /** It leaves out an epoch after its parent's. */
  | "epochsUncovered"
  /** It leaves out a chain that its parent has. */
  | "chainMissing"
  | "blocksOverlap"
  | "blocksUncovered"
  /** A chain without new blocks is elsewhere than it was. */
  | "chainMoved";

/**
 * What is wrong with a virtual block as the one after its parent; undefined if nothing is. Every epoch, and every block of every chain, is
 * covered once: what had no virtual block of its own is in the next. The first one has no parent, and may begin anywhere.
 */
export function virtualBlockFault(
  block: VirtualBlock,
  parent: VirtualBlock | undefined,
): VirtualBlockFault | undefined {
  if (parent === undefined) return block.parentHash === ZERO_BYTES32 ? undefined : "otherParent";
  if (block.chainId !== parent.chainId) return "otherNetwork";
  if (block.parentHash !== virtualBlockHash(parent)) return "otherParent";
  if (block.fromEpoch <= parent.epoch) return "epochsOverlap";
  if (block.fromEpoch > parent.epoch + 1) return "epochsUncovered";
  const ranges = new Map(block.chains.map((range) => [range.chainId, range]));
  for (const before of parent.chains) {
    const fault = chainFault(ranges.get(before.chainId), before);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function chainFault(range: ChainRange | undefined, before: ChainRange): VirtualBlockFault | undefined {
  if (range === undefined) return "chainMissing";
  if (range.fromBlock <= before.toBlock) return "blocksOverlap";
  if (range.fromBlock > before.toBlock + 1) return "blocksUncovered";
  const isSame = range.blockHash === before.blockHash && range.stateRoot === before.stateRoot;
  return range.toBlock < range.fromBlock && !isSame ? "chainMoved" : undefined;
}
