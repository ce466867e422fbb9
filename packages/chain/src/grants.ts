import type { Address, Bytes32 } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { grantsAbi } from "./generated/Grants.js";
import { sendTo } from "./sendTo.js";

/** A grant as the chain knows it: who signed it, its struct hash, and the hash of its object's kept half. */
export type GrantOnChain = { readonly owner: Address; readonly grantHash: Bytes32; readonly keptHash: Bytes32 };

/** Since when a grant, or all of its object, is taken back, in seconds of chain time; undefined where it isn't. */
export async function readGrantRevokedAt(
  { client, profile }: ChainReader,
  { owner, grantHash, keptHash }: GrantOnChain,
): Promise<number | undefined> {
  const grants = { address: profile.addresses.grants, abi: grantsAbi } as const;
  const read = client.readContract({ ...grants, functionName: "revokedAt", args: [owner, grantHash, keptHash] });
  const at = await chainCall("readGrantRevokedAt", read);
  return at === 0n ? undefined : Number(at);
}

/** Takes one grant of the writer's back, once and for good. */
export async function revokeGrant(chain: ChainWriter, grantHash: Bytes32): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: grantsAbi, functionName: "revoke", args: [grantHash] });
  return sendTo(chain, "grants", { call: "revokeGrant", data });
}

/** Takes every grant of the writer's on one object back, once and for good: its grant to itself too, and such as are signed later. */
export async function revokeObjectGrants(chain: ChainWriter, keptHash: Bytes32): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: grantsAbi, functionName: "revokeObject", args: [keptHash] });
  return sendTo(chain, "grants", { call: "revokeObjectGrants", data });
}
