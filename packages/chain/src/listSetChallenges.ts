import { type Address, parseAddress } from "@cortensor/protocol";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { setChallengesAbi } from "./generated/SetChallenges.js";
import { readHead } from "./readHead.js";
import type { SetChallenge } from "./setChallenges.js";

/** A challenge as it was opened. What became of it `readSetChallenge` says. */
export type OpenedSetChallenge = Pick<SetChallenge, "id" | "lane" | "settlementId" | "index" | "deadline">;

/** Challenges of a lane's sets that were opened from a block on, in the order of their opening. */
export async function listSetChallenges(
  chain: ChainReader,
  { lane, fromBlock }: { readonly lane: Address; readonly fromBlock: bigint },
): Promise<readonly OpenedSetChallenge[]> {
  const opened: OpenedSetChallenge[] = [];
  const toBlock = (await readHead(chain)).blockNumber;
  for (const piece of blockRanges(fromBlock, toBlock)) {
    const query = chain.client.getContractEvents({
      address: chain.profile.addresses.setChallenges,
      abi: setChallengesAbi,
      eventName: "ChallengeOpened",
      args: { lane },
      strict: true,
      ...piece,
    });
    for (const { args } of await chainCall("listSetChallenges", query)) {
      opened.push({ ...args, lane: parseAddress(args.lane), deadline: Number(args.deadline) });
    }
  }
  return opened;
}
