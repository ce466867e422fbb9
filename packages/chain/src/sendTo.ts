import type { ChainCall, ChainReceipt, ChainWriter } from "./chainWriter.js";
import type { NetworkProfile } from "./profile.js";
import { toReceipt } from "./toReceipt.js";

/** Sends a call of one of the network's contracts, of whose logs nothing is needed. Throws what `ChainWriter.send` does. */
export async function sendTo(
  chain: ChainWriter,
  contract: keyof NetworkProfile["addresses"],
  call: Required<Pick<ChainCall, "call" | "data">>,
): Promise<ChainReceipt> {
  return toReceipt(await chain.send({ ...call, to: chain.profile.addresses[contract] }));
}
