import type { UnixSeconds } from "@cortensor/protocol";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";

/** The newest block: its number, and the chain's time in seconds. */
export async function readHead(
  chain: Pick<ChainReader, "client">,
): Promise<{ readonly blockNumber: bigint; readonly timestamp: UnixSeconds }> {
  const block = await chainCall("readHead", chain.client.getBlock({ blockTag: "latest" }));
  return { blockNumber: block.number, timestamp: Number(block.timestamp) };
}
