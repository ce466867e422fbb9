import type { Bytes32, UnixSeconds } from "@cortensor/protocol";
import { BlockNotFoundError } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { findCause } from "./findCause.js";

/** A block's own facts. */
export type BlockRecord = {
  readonly number: bigint;
  readonly timestamp: UnixSeconds;
  readonly hash: Bytes32;
  readonly stateRoot: Bytes32;
};

/** One block by its number, or the newest. Undefined for one that isn't there. */
export async function readBlock(
  chain: Pick<ChainReader, "client">,
  which: bigint | "latest",
): Promise<BlockRecord | undefined> {
  const read = chain.client.getBlock(which === "latest" ? { blockTag: "latest" } : { blockNumber: which });
  const block = await chainCall("readBlock", read.catch(toUndefined));
  if (block === undefined) return undefined;
  const { number, timestamp, hash, stateRoot } = block;
  return { number, timestamp: Number(timestamp), hash, stateRoot };
}

function toUndefined(error: unknown): undefined {
  if (findCause(error, (inner) => inner instanceof BlockNotFoundError) !== undefined) return undefined;
  throw error;
}
