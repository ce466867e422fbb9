import { type ChainWriter, commitPlant, openPlant, readPlant } from "@cortensor/chain";
import type { Address, Bytes32, EpochTimes } from "@cortensor/protocol";

/** What a planter asks of its chain, and what it sends there. */
export type PlanterChain = {
  readonly chainId: number;
  readonly times: EpochTimes;
  /** Where it is committed to. */
  readonly duties: Address;
  /** Who opens: the owner of the miner and of the session. */
  readonly planter: Address;
  /** What became of a commitment, and in which epoch it came into a block. */
  readPlant(
    commitment: Bytes32,
  ): Promise<{ readonly isKnown: boolean; readonly epoch: number; readonly isOpened: boolean }>;
  commitPlant(commitment: Bytes32): Promise<void>;
  openPlant(opening: { readonly salt: Bytes32; readonly proof: Uint8Array }): Promise<void>;
};

/** A planter's chain: commitments are sent by an account that says nothing of it. */
export function createPlanterChain(owner: ChainWriter, committer: ChainWriter): PlanterChain {
  const { chainId, addresses, t0, epochSeconds } = owner.profile;
  return {
    ...{ chainId, times: { t0, epochSeconds }, duties: addresses.duties, planter: owner.account },
    readPlant: (commitment) => readPlant(owner, commitment),
    commitPlant: async (commitment) => void (await commitPlant(committer, commitment)),
    openPlant: async (opening) => void (await openPlant(owner, opening)),
  };
}
