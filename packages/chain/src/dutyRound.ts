import { type DutyPledge, type DutyRound, type DutyShow, hexToBytes, parseAddress } from "@cortensor/protocol";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { dutiesAbi } from "./generated/Duties.js";

/** Commitments to secrets of one epoch's duties, and what was shown of them, in a range of blocks (inclusive), in the order of the chain. */
export async function readDutyRound(
  chain: ChainReader,
  query: { readonly epoch: number; readonly fromBlock: bigint; readonly toBlock: bigint },
): Promise<DutyRound> {
  const duties = { address: chain.profile.addresses.duties, abi: dutiesAbi, strict: true } as const;
  const args = { epoch: BigInt(query.epoch) };
  const pledges: DutyPledge[] = [];
  const shows: DutyShow[] = [];
  for (const piece of blockRanges(query.fromBlock, query.toBlock)) {
    const [committed, shown] = await chainCall(
      "readDutyRound",
      Promise.all([
        chain.client.getContractEvents({ ...duties, eventName: "DutyCommitted", args, ...piece }),
        chain.client.getContractEvents({ ...duties, eventName: "DutiesShown", args, ...piece }),
      ]),
    );
    for (const { args: one } of committed) {
      const { validator, owner, stakeWei, isGuard, level, commitment } = one;
      const who = { validator: parseAddress(validator), owner: parseAddress(owner) };
      pledges.push({ ...who, stakeWei, commitment, ...(isGuard ? {} : { level }) });
    }
    for (const { args: one } of shown) {
      const { validator, secret, documentCid, outcomes } = one;
      shows.push({ validator: parseAddress(validator), secret, documentCid, outcomes: hexToBytes(outcomes) });
    }
  }
  return { pledges, shows };
}
