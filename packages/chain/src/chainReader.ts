import { createPublicClient, custom, type PublicClient } from "viem";
import { type HomeProfile, homeOf } from "./homeOf.js";
import type { NetworkProfile } from "./profile.js";
import type { RpcRequest } from "./rpcEndpoint.js";
import { type RpcNotice, RpcPool } from "./rpcPool.js";

/** Pause between two looks for a transaction's block. */
export const POLL_MS = 100;

/** Reads a network's home: the serving layer's own chain, or another one. */
export type HomeReader = {
  readonly profile: HomeProfile;
  readonly client: PublicClient;
  /** Looks at every RPC URL of home now. */
  checkRpcs(): Promise<readonly RpcNotice[]>;
};

/** Reads one network. Safe to share: what it remembers is which of the profile's RPC URLs serve. */
export type ChainReader = {
  readonly profile: NetworkProfile;
  /** Where COR, nodes and stake have their home. */
  readonly home: HomeReader;
  readonly client: PublicClient;
  /** Looks at every RPC URL of the profile now. */
  checkRpcs(): Promise<readonly RpcNotice[]>;
};

/** How a reader or a writer tells what it sees of its RPC URLs. */
export type RpcWatch = {
  /** Told whenever an RPC URL fails, falls behind, turns out to be of another chain, or is healthy again. */
  readonly onRpc?: (notice: RpcNotice) => void;
};

/** A reader over a profile's RPC URLs. Opens nothing until it is asked something. */
export function createChainReader(request: { readonly profile: NetworkProfile } & RpcWatch): ChainReader {
  const { profile, onRpc } = request;
  const watch = onRpc && { onRpc };
  const serving = createRpcClient({ ...profile, ...watch });
  const home = homeOf(profile);
  const atHome = profile.home === undefined ? serving : createRpcClient({ ...home, of: "home.", ...watch });
  return { profile, ...serving, home: { profile: home, ...atHome } };
}

/** viem's client over the RPC URLs of one chain, asking only those that are healthy. */
export function createRpcClient(
  parts: {
    readonly rpcUrls: readonly string[];
    readonly chainId: number;
    readonly of?: "home.";
    readonly nowMs?: () => number;
  } & RpcWatch,
): Pick<ChainReader, "client" | "checkRpcs"> {
  const { rpcUrls, chainId, of, nowMs = Date.now, onRpc = () => undefined } = parts;
  const pool = new RpcPool({ rpcUrls, chainId, nowMs, onRpc, ...(of && { of }) });
  const transport = custom({ request: (asked: RpcRequest) => pool.request(asked) }, { retryCount: 0 });
  const client = createPublicClient({ transport, pollingInterval: POLL_MS, cacheTime: 0 });
  return { client, checkRpcs: () => pool.check() };
}
