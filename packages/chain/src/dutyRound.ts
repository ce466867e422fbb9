import {
  type Address,
  type Bytes32,
  type DutyPledge,
  type DutyRound,
  type DutyShow,
  hexToBytes,
  parseAddress,
} from "@cortensor/protocol";
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

/** Who committed to verdicts on an epoch's duties, and to what, in a range of blocks (inclusive), in the order of the chain. */
export async function readCommittedVerdicts(
  chain: ChainReader,
  query: { readonly epoch: number; readonly fromBlock: bigint; readonly toBlock: bigint },
): Promise<readonly { readonly validator: Address; readonly commitment: Bytes32 }[]> {
  const event = { address: chain.profile.addresses.duties, abi: dutiesAbi, eventName: "VerdictsCommitted" } as const;
  const args = { epoch: BigInt(query.epoch) };
  const found: { readonly validator: Address; readonly commitment: Bytes32 }[] = [];
  for (const piece of blockRanges(query.fromBlock, query.toBlock)) {
    const logs = chain.client.getContractEvents({ ...event, strict: true, args, ...piece });
    for (const { args: one } of await chainCall("readCommittedVerdicts", logs))
      found.push({ validator: parseAddress(one.validator), commitment: one.commitment });
  }
  return found;
}
