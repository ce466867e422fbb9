import type { Address } from "@cortensor/protocol";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { registryAbi } from "./generated/Registry.js";
import { type NodeRecord, toNodeRecord } from "./nodeRecord.js";

/** A chain on which there is a registry or a mirror of it: the serving layer, or home. */
export type RegistryReader = Pick<ChainReader, "client"> & {
  readonly profile: { readonly addresses: { readonly registry: Address } };
};

/** The node of a signing address, also after it left. Undefined: no node ever had it. */
export async function readNode(chain: RegistryReader, signer: Address): Promise<NodeRecord | undefined> {
  const registry = { address: chain.profile.addresses.registry, abi: registryAbi } as const;
  const read = chain.client.readContract({ ...registry, functionName: "nodeOf", args: [signer] });
  return toNodeRecord(signer, await chainCall("readNode", read));
}
