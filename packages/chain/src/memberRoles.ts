import { type Address, MEMBER_ROLES, type MemberRole } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { privateNetworkAbi } from "./generated/PrivateNetwork.js";
import { sendTo } from "./sendTo.js";

/** An account's role in a private network now: `none` for who isn't a member. */
export async function readMemberRole(chain: ChainReader, account: Address): Promise<MemberRole> {
  const gate = { address: chain.profile.addresses.compliance, abi: privateNetworkAbi } as const;
  const read = chain.client.readContract({ ...gate, functionName: "roleOf", args: [account] });
  return MEMBER_ROLES[await chainCall("roleOf", read)] ?? "none";
}

/** What stands behind an account in a private network: its role, its team (0 for none) and what that may still deposit in this period. */
export async function readMember(
  chain: ChainReader,
  account: Address,
): Promise<{ readonly role: MemberRole; readonly team: number; readonly budgetLeftWei: bigint }> {
  const gate = { address: chain.profile.addresses.compliance, abi: privateNetworkAbi } as const;
  const team = await chainCall(
    "teamOf",
    chain.client.readContract({ ...gate, functionName: "teamOf", args: [account] }),
  );
  const left = chain.client.readContract({ ...gate, functionName: "budgetLeftWei", args: [team] });
  return { role: await readMemberRole(chain, account), team, budgetLeftWei: await chainCall("budgetLeftWei", left) };
}

/** Off-boards an account at once, as a steward. */
export async function revokeMember(chain: ChainWriter, account: Address): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: privateNetworkAbi, functionName: "revoke", args: [account] });
  return sendTo(chain, "compliance", { call: "revokeMember", data });
}

/** Moves a member's standing to another key, as that member or a steward. */
export async function rotateMember(
  chain: ChainWriter,
  { from, to }: { readonly from: Address; readonly to: Address },
): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: privateNetworkAbi, functionName: "rotate", args: [from, to] });
  return sendTo(chain, "compliance", { call: "rotateMember", data });
}
