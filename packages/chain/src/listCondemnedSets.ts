import type { Bytes32 } from "@cortensor/protocol";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { setChallengesAbi } from "./generated/SetChallenges.js";

/** Settlements whose sets were condemned in a range of blocks (inclusive), because nobody showed a piece of them. */
export async function listCondemnedSets(
  chain: ChainReader,
  range: { readonly fromBlock: bigint; readonly toBlock: bigint },
): Promise<readonly Bytes32[]> {
  const condemned: Bytes32[] = [];
  for (const piece of blockRanges(range.fromBlock, range.toBlock)) {
    const query = chain.client.getContractEvents({
      address: chain.profile.addresses.setChallenges,
      abi: setChallengesAbi,
      eventName: "SetCondemned",
      strict: true,
      ...piece,
    });
    for (const { args } of await chainCall("listCondemnedSets", query)) condemned.push(args.settlementId);
  }
  return condemned;
}
