import type { Address } from "@cortensor/protocol";
import type { ChainCall, ChainReceipt, ChainWriter } from "./chainWriter.js";
import { toReceipt } from "./toReceipt.js";

/** Sends a call of one of a chain's contracts, of whose logs nothing is needed. Throws what `ChainWriter.send` does. */
export async function sendTo<Contract extends string>(
  chain: Pick<ChainWriter, "send"> & {
    readonly profile: { readonly addresses: { readonly [Name in NoInfer<Contract>]: Address } };
  },
  contract: Contract,
  call: Required<Pick<ChainCall, "call" | "data">>,
): Promise<ChainReceipt> {
  return toReceipt(await chain.send({ ...call, to: chain.profile.addresses[contract] }));
}
