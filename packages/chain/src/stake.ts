import type { Address, UnixSeconds } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { ensureAllowance } from "./cor.js";
import { stakeVaultAbi } from "./generated/StakeVault.js";
import { stakeViewAbi } from "./generated/StakeView.js";
import { toReceipt } from "./toReceipt.js";

export type StakeRecord = {
  readonly stakedWei: bigint;
  /** On its way out, still slashable. */
  readonly unstakingWei: bigint;
  /** From when it may be withdrawn; 0 when nothing is on its way. */
  readonly unstakeAt: UnixSeconds;
  /** `stakedWei` as L2 last heard of it. */
  readonly viewWei: bigint;
};

/** Stakes COR of the writer for an operator, by default itself. Approves first where needed. */
export async function stake(
  chain: ChainWriter,
  request: { readonly wei: bigint; readonly operator?: Address },
): Promise<ChainReceipt> {
  const { stakeVault } = chain.profile.addresses;
  await ensureAllowance(chain, { spender: stakeVault, wei: request.wei });
  const args = [request.operator ?? chain.account, request.wei] as const;
  const data = encodeFunctionData({ abi: stakeVaultAbi, functionName: "stake", args });
  return toReceipt(await chain.send({ call: "stake", to: stakeVault, data }));
}

/** Starts the way out of a part of the writer's stake: 14 days. */
export async function requestUnstake(chain: ChainWriter, wei: bigint): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: stakeVaultAbi, functionName: "requestUnstake", args: [wei] });
  return toReceipt(await chain.send({ call: "requestUnstake", to: chain.profile.addresses.stakeVault, data }));
}

/** Withdraws all of the writer's stake that has waited long enough. */
export async function withdrawUnstaked(
  chain: ChainWriter,
  request: { readonly to?: Address } = {},
): Promise<ChainReceipt> {
  const args = [request.to ?? chain.account] as const;
  const data = encodeFunctionData({ abi: stakeVaultAbi, functionName: "withdrawUnstaked", args });
  return toReceipt(await chain.send({ call: "withdrawUnstaked", to: chain.profile.addresses.stakeVault, data }));
}

/** An operator's stake, in the vault and as the view shows it. */
export async function readStake(chain: ChainReader, operator: Address): Promise<StakeRecord> {
  const { stakeVault, stakeView } = chain.profile.addresses;
  const of = { functionName: "stakeOf", args: [operator] } as const;
  const [held, viewWei] = await chainCall(
    "readStake",
    Promise.all([
      chain.client.readContract({ address: stakeVault, abi: stakeVaultAbi, ...of }),
      chain.client.readContract({ address: stakeView, abi: stakeViewAbi, ...of }),
    ]),
  );
  const { stakedWei, unstakingWei, unstakeAt } = held;
  return { stakedWei, unstakingWei, unstakeAt: Number(unstakeAt), viewWei };
}
