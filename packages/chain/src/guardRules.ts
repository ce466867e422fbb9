import type { Address, UnixSeconds } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReceipt } from "./chainWriter.js";
import { guardSetsAbi } from "./generated/GuardSets.js";
import type { GuardSetsReader, GuardSetsWriter } from "./guardSet.js";
import { sendTo } from "./sendTo.js";

/** Who may be a guard of this network. */
export type ChainGuardRules = {
  readonly stakeMinWei: bigint;
  /** End of the hosted phase. */
  readonly hostedUntil: UnixSeconds;
  /** First epoch after it. */
  readonly openFromEpoch: number;
};

export async function readGuardRules(chain: GuardSetsReader): Promise<ChainGuardRules> {
  const sets = { address: chain.profile.addresses.guardSets, abi: guardSetsAbi } as const;
  const [stakeMinWei, hostedUntil, openFromEpoch] = await chainCall(
    "readGuardRules",
    Promise.all([
      chain.client.readContract({ ...sets, functionName: "stakeMinWei" }),
      chain.client.readContract({ ...sets, functionName: "hostedUntil" }),
      chain.client.readContract({ ...sets, functionName: "openFromEpoch" }),
    ]),
  );
  return { stakeMinWei, hostedUntil: Number(hostedUntil), openFromEpoch: Number(openFromEpoch) };
}

/** Lists a guard of the hosted phase. The writer must own the sets. */
export async function listHostedGuard(chain: GuardSetsWriter, guard: Address): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: guardSetsAbi, functionName: "list", args: [guard] });
  return sendTo(chain, "guardSets", { call: "listHostedGuard", data });
}

/** Strikes a guard off that list. The writer must own the sets. */
export async function unlistHostedGuard(chain: GuardSetsWriter, guard: Address): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: guardSetsAbi, functionName: "unlist", args: [guard] });
  return sendTo(chain, "guardSets", { call: "unlistHostedGuard", data });
}
