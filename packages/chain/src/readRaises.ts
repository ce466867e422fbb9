import { type Address, parseAddress } from "@cortensor/protocol";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";

/** Which lanes' counters for a payee somebody raised by paying in, and how far, in an inclusive block range, in the order of the chain. */
export async function readRaises(
  chain: ChainReader,
  range: { readonly fromBlock: bigint; readonly toBlock: bigint; readonly payee: Address },
): Promise<readonly { readonly lane: Address; readonly creditedWei: bigint }[]> {
  const { fromBlock, toBlock, payee } = range;
  const raises: { readonly lane: Address; readonly creditedWei: bigint }[] = [];
  for (const piece of blockRanges(fromBlock, toBlock)) {
    const query = chain.client.getContractEvents({
      address: chain.profile.addresses.sessionPayment,
      abi: sessionPaymentAbi,
      eventName: "CreditRaised",
      args: { payee },
      strict: true,
      ...piece,
    });
    for (const { args } of await chainCall("readRaises", query)) {
      raises.push({ lane: parseAddress(args.lane), creditedWei: args.creditedWei });
    }
  }
  return raises;
}
