import { type ChainWriter, createSender } from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import { createPublicClient, http, type PublicClient } from "viem";
import { FAUCET_KEY } from "../../startChain.js";

/** Between two looks for a receipt. A chain of this machine has it within milliseconds. */
const RECEIPT_POLL_MS = 25;

/** The faucet on one chain, before there is a network. */
export type LayerSender = Pick<ChainWriter, "account" | "send"> & { readonly client: PublicClient };

export function openLayerSender({ url, chainId }: { readonly url: string; readonly chainId: number }): LayerSender {
  const client = createPublicClient({ transport: http(url), pollingInterval: RECEIPT_POLL_MS, cacheTime: 0 });
  return { client, ...createSender({ client, chainId, privateKey: FAUCET_KEY }) };
}

/** Gives an account coins of the chain, unless it has enough. */
export async function giveCoins(from: LayerSender, to: Address, wei: bigint): Promise<void> {
  if ((await from.client.getBalance({ address: to })) >= wei / 2n) return;
  await from.send({ call: "transferNative", to, value: wei });
}
