import type { Address } from "@cortensor/protocol";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { registryAbi } from "./generated/Registry.js";
import { type NodeRecord, toNodeRecord } from "./nodeRecord.js";

/** The node of a signing address, also after it left. Undefined: no node ever had it. */
export async function readNode(chain: ChainReader, signer: Address): Promise<NodeRecord | undefined> {
  const registry = { address: chain.profile.addresses.registry, abi: registryAbi } as const;
  const read = chain.client.readContract({ ...registry, functionName: "nodeOf", args: [signer] });
  return toNodeRecord(signer, await chainCall("readNode", read));
}
