import type { Address, MessageWay } from "@cortensor/protocol";
import type { PublicClient } from "viem";
import { createRpcClient, type RpcWatch } from "../chainReader.js";

/** One end of a link: a messenger on a chain, and the first block in which it may have said anything. */
export type LinkEnd = {
  readonly chainId: number;
  readonly client: PublicClient;
  readonly messenger: Address;
  readonly fromBlock: number;
};

/** One way of a link: what the one end sends and the other takes. */
export type Link = { readonly src: LinkEnd; readonly dst: LinkEnd };

/** How an end is named before anything was asked. */
export type LinkEndPlace = Omit<LinkEnd, "client"> & { readonly rpcUrls: readonly string[] };

/** An end over its chain's RPC URLs, of which only those are asked that serve this very chain and keep up with the others. */
export function openLinkEnd({ rpcUrls, ...place }: LinkEndPlace, watch: RpcWatch = {}): LinkEnd {
  const { client } = createRpcClient({ rpcUrls, chainId: place.chainId, ...watch });
  return { ...place, client };
}

export function wayOf({ src, dst }: Link): MessageWay {
  return { src: src.chainId, srcMessenger: src.messenger, dst: dst.chainId, dstMessenger: dst.messenger };
}
