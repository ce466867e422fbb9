import type { Address, UnixSeconds } from "@cortensor/protocol";
import { encodeFunctionData, parseEventLogs } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { ensureAllowance } from "./cor.js";
import { stakeVaultAbi } from "./generated/StakeVault.js";
import { stakeViewAbi } from "./generated/StakeView.js";
import { requireEvent } from "./requireEvent.js";
import { sendTo } from "./sendTo.js";
import { toReceipt } from "./toReceipt.js";

/** What is staked for an operator, by itself and by those who delegate to it. */
export type StakeRecord = {
  /** What counts. */
  readonly stakedWei: bigint;
  /** On its way out, still slashable. */
  readonly unstakingWei: bigint;
  /** `stakedWei` as the serving layer last heard of it. */
  readonly viewWei: bigint;
};

/** What one holder has of an operator's stake, as slashes have left it. */
export type StakePosition = {
  readonly stakedWei: bigint;
  /** On its way out, still slashable. */
  readonly unstakingWei: bigint;
  /** From when it may be withdrawn; 0 when nothing is on its way. */
  readonly unstakeAt: UnixSeconds;
};

/** Whose stake: an operator's, by default the writer's own. */
type OfOperator = { readonly operator?: Address };

/** Stakes COR of the writer for an operator, at home: it is the operator's own from then on. Approves first where needed. */
export async function stake(chain: ChainWriter, request: OfOperator & { readonly wei: bigint }): Promise<ChainReceipt> {
  return enterVault(chain, { call: "stake", operator: request.operator ?? chain.account, wei: request.wei });
}

/** Stakes COR of the writer for an operator and keeps it the writer's: slashed with the operator's, leaving when the writer asks. */
export async function delegateStake(
  chain: ChainWriter,
  { operator, wei }: { readonly operator: Address; readonly wei: bigint },
): Promise<ChainReceipt> {
  return enterVault(chain, { call: "delegate", operator, wei });
}

async function enterVault(
  chain: ChainWriter,
  request: { readonly call: "stake" | "delegate"; readonly operator: Address; readonly wei: bigint },
): Promise<ChainReceipt> {
  const { call, operator, wei } = request;
  const { stakeVault } = chain.home.profile.addresses;
  await ensureAllowance(chain.home, { spender: stakeVault, wei });
  const data = encodeFunctionData({ abi: stakeVaultAbi, functionName: call, args: [operator, wei] });
  return sendTo(chain.home, "stakeVault", { call, data });
}

/** Starts the way out of a part of the writer's position: 14 days, anew for all of it that is on its way. */
export async function requestUnstake(
  chain: ChainWriter,
  request: OfOperator & { readonly wei: bigint },
): Promise<ChainReceipt> {
  const args = [request.operator ?? chain.account, request.wei] as const;
  const data = encodeFunctionData({ abi: stakeVaultAbi, functionName: "requestUnstake", args });
  return sendTo(chain.home, "stakeVault", { call: "requestUnstake", data });
}

/** Withdraws all of the writer's position that has waited long enough: as much as slashes have left of it. */
export async function withdrawUnstaked(
  chain: ChainWriter,
  request: OfOperator & { readonly to?: Address } = {},
): Promise<ChainReceipt & { readonly wei: bigint }> {
  const args = [request.operator ?? chain.account, request.to ?? chain.account] as const;
  const data = encodeFunctionData({ abi: stakeVaultAbi, functionName: "withdrawUnstaked", args });
  const { home } = chain;
  const sent = await home.send({ call: "withdrawUnstaked", to: home.profile.addresses.stakeVault, data });
  const logs = parseEventLogs({ abi: stakeVaultAbi, eventName: "Unstaked", logs: [...sent.logs] });
  return { ...toReceipt(sent), wei: requireEvent("Unstaked", sent, logs).args.amountWei };
}

/** An operator's whole stake, in the vault and as the view shows it. */
export async function readStake(chain: ChainReader, operator: Address): Promise<StakeRecord> {
  const { stakeVault } = chain.home.profile.addresses;
  const { stakeView } = chain.profile.addresses;
  const of = { functionName: "stakeOf", args: [operator] } as const;
  const [held, viewWei] = await chainCall(
    "readStake",
    Promise.all([
      chain.home.client.readContract({ address: stakeVault, abi: stakeVaultAbi, ...of }),
      chain.client.readContract({ address: stakeView, abi: stakeViewAbi, ...of }),
    ]),
  );
  return { stakedWei: held.stakedWei, unstakingWei: held.unstakingWei, viewWei };
}

/** What counts of an operator's stake as the serving layer last heard of it, in wei: that is what work is shared out by. */
export async function readServedStake(chain: ChainReader, operator: Address): Promise<bigint> {
  const view = { address: chain.profile.addresses.stakeView, abi: stakeViewAbi } as const;
  const read = chain.client.readContract({ ...view, functionName: "stakeOf", args: [operator] });
  return chainCall("readServedStake", read);
}

/** What one holder, the operator itself or one who delegates, has of an operator's stake. */
export async function readStakePosition(
  chain: ChainReader,
  { operator, holder }: { readonly operator: Address; readonly holder: Address },
): Promise<StakePosition> {
  const { client, profile } = chain.home;
  const vault = { address: profile.addresses.stakeVault, abi: stakeVaultAbi } as const;
  const read = client.readContract({ ...vault, functionName: "positionOf", args: [operator, holder] });
  const { stakedWei, unstakingWei, unstakeAt } = await chainCall("readStakePosition", read);
  return { stakedWei, unstakingWei, unstakeAt: Number(unstakeAt) };
}
