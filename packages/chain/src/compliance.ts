import type { Address } from "@cortensor/protocol";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { noComplianceAbi } from "./generated/NoCompliance.js";

type GatedReader = Pick<ChainReader, "client"> & {
  readonly profile: { readonly addresses: { readonly compliance: Address } };
};

/** Whether the network's compliance hook denies an account new business: the serving layer's, or that of home. */
export async function readIsDenied(chain: GatedReader, account: Address): Promise<boolean> {
  // Every such hook has the one function.
  const hook = { address: chain.profile.addresses.compliance, abi: noComplianceAbi } as const;
  return chainCall("readIsDenied", chain.client.readContract({ ...hook, functionName: "isDenied", args: [account] }));
}
