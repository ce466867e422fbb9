import type { Address, UnixSeconds } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { ensureAllowance } from "./cor.js";
import { routerBondAbi } from "./generated/RouterBond.js";
import { sendTo } from "./sendTo.js";

export type BondRecord = {
  readonly bondWei: bigint;
  /** On its way out, still slashable. */
  readonly exitingWei: bigint;
  /** From when it may be withdrawn; 0 when nothing is on its way. */
  readonly exitAt: UnixSeconds;
};

/** What an operator has put up behind its receipts. */
export async function readBond(chain: ChainReader, operator: Address): Promise<BondRecord> {
  const bond = { address: chain.profile.addresses.routerBond, abi: routerBondAbi } as const;
  const read = chain.client.readContract({ ...bond, functionName: "bondOf", args: [operator] });
  const { bondWei, exitingWei, exitAt } = await chainCall("readBond", read);
  return { bondWei, exitingWei, exitAt: Number(exitAt) };
}

/** Adds COR of the writer to an operator's bond, by default its own. Approves first where needed. */
export async function depositBond(
  chain: ChainWriter,
  request: { readonly wei: bigint; readonly operator?: Address },
): Promise<ChainReceipt> {
  const { routerBond } = chain.profile.addresses;
  await ensureAllowance(chain, { spender: routerBond, wei: request.wei });
  const args = [request.operator ?? chain.account, request.wei] as const;
  const data = encodeFunctionData({ abi: routerBondAbi, functionName: "deposit", args });
  return sendTo(chain, "routerBond", { call: "depositBond", data });
}

/** Starts the way out of a part of the writer's bond: 7 days. */
export async function requestBondExit(chain: ChainWriter, wei: bigint): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: routerBondAbi, functionName: "requestExit", args: [wei] });
  return sendTo(chain, "routerBond", { call: "requestBondExit", data });
}

/** Withdraws all of the writer's bond that has waited long enough. */
export async function withdrawBond(chain: ChainWriter, request: { readonly to?: Address } = {}): Promise<ChainReceipt> {
  const data = encodeFunctionData({
    abi: routerBondAbi,
    functionName: "withdraw",
    args: [request.to ?? chain.account],
  });
  return sendTo(chain, "routerBond", { call: "withdrawBond", data });
}
