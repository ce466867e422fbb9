import { type LinkEnd, readBlock } from "@cortensor/chain";
import type { Bytes32, UnixSeconds } from "@cortensor/protocol";

/** A block that lies as deep as it has to. */
export type FinalBlock = { readonly number: number; readonly hash: Bytes32; readonly time: UnixSeconds };

/** The last block of an end's chain with so many on top of it. Undefined while the chain is shorter. */
export async function readFinalBlock(end: LinkEnd, finalityBlocks: number): Promise<FinalBlock | undefined> {
  const head = await readBlock(end, "latest");
  if (head === undefined || Number(head.number) < finalityBlocks) return undefined;
  return finalityBlocks === 0 ? toFinal(head) : readNumbered(end, Number(head.number) - finalityBlocks);
}

export async function readNumbered(end: LinkEnd, number: number): Promise<FinalBlock | undefined> {
  const block = await readBlock(end, BigInt(number));
  return block && toFinal(block);
}

function toFinal(block: { readonly number: bigint; readonly hash: Bytes32; readonly timestamp: number }): FinalBlock {
  return { number: Number(block.number), hash: block.hash, time: block.timestamp };
}
