import type { Address, Bytes32 } from "@cortensor/protocol";
import { blockRanges } from "./blockRanges.js";
import type { ChainReader } from "./chainReader.js";
import { readHead } from "./readHead.js";
import { readSettlements } from "./readSettlements.js";

/**
 * Under which the set of a lane's settlement was to be published. Undefined when the chain has no such settlement. Looks at the newest
 * blocks first: what may be challenged is less than a day old.
 */
export async function findSetCid(
  chain: ChainReader,
  wanted: { readonly lane: Address; readonly settlementId: Bytes32 },
): Promise<Bytes32 | undefined> {
  const toBlock = (await readHead(chain)).blockNumber;
  for (const piece of [...blockRanges(chain.profile.deployBlock, toBlock)].reverse()) {
    const [found] = await readSettlements(chain, { ...piece, ...wanted });
    if (found !== undefined) return found.setCid;
  }
  return undefined;
}
