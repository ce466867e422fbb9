import { type Address, assert, type Bytes32 } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { grantsAbi, grantsBytecode } from "./generated/Grants.js";
import { toReceipt } from "./toReceipt.js";

/** A grant as the chain knows it: who signed it, its struct hash, and the hash of its object's kept half. */
export type GrantOnChain = { readonly owner: Address; readonly grantHash: Bytes32; readonly keptHash: Bytes32 };

/** Since when a grant, or all of its object, is taken back, in seconds of chain time; undefined where it isn't. `contract` is the network's Grants. */
export async function readGrantRevokedAt(
  chain: Pick<ChainReader, "client">,
  { contract, owner, grantHash, keptHash }: GrantOnChain & { readonly contract: Address },
): Promise<number | undefined> {
  const args = [owner, grantHash, keptHash] as const;
  const read = chain.client.readContract({ address: contract, abi: grantsAbi, functionName: "revokedAt", args });
  const at = await chainCall("readGrantRevokedAt", read);
  return at === 0n ? undefined : Number(at);
}

/** Takes one grant of the writer's back, once and for good. */
export async function revokeGrant(
  chain: ChainWriter,
  { contract, grantHash }: { readonly contract: Address; readonly grantHash: Bytes32 },
): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: grantsAbi, functionName: "revoke", args: [grantHash] });
  return toReceipt(await chain.send({ call: "revokeGrant", to: contract, data }));
}

/** Takes every grant of the writer's on one object back, once and for good. */
export async function revokeObjectGrants(
  chain: ChainWriter,
  { contract, keptHash }: { readonly contract: Address; readonly keptHash: Bytes32 },
): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: grantsAbi, functionName: "revokeObject", args: [keptHash] });
  return toReceipt(await chain.send({ call: "revokeObjectGrants", to: contract, data }));
}

/** Puts a Grants contract on a chain. It has no parameters, and nobody owns it. */
export async function deployGrants(chain: Pick<ChainWriter, "send">): Promise<Address> {
  const { contractAddress } = await chain.send({ call: "deployGrants", data: grantsBytecode });
  assert(contractAddress !== undefined, "a deployment's receipt names the contract");
  return contractAddress;
}
