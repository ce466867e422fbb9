import { createPublicClient, type FallbackTransport, fallback, http, type PublicClient } from "viem";
import type { NetworkProfile } from "./profile.js";

/** An RPC that hasn't answered by then is passed over for the next one. */
const RPC_TIMEOUT_MS = 10_000;
/** Tries of one URL after the first, with growing pauses from `RPC_RETRY_DELAY_MS`: a restart is survived, an outage told. */
const RPC_RETRIES = 2;
const RPC_RETRY_DELAY_MS = 150;
/** Rounds over all URLs after the first. */
const FALLBACK_RETRIES = 1;
/** Pause between two looks for a transaction's block. */
export const POLL_MS = 100;

/** Reads one network. Stateless; safe to share. */
export type ChainReader = { readonly profile: NetworkProfile; readonly client: PublicClient };

/** A reader over a profile's RPC URLs, tried in order. Opens nothing until it is asked something. */
export function createChainReader(request: { readonly profile: NetworkProfile }): ChainReader {
  return { profile: request.profile, client: createRpcClient(request.profile.rpcUrls) };
}

/** viem's client over several URLs of one chain. */
export function createRpcClient(rpcUrls: readonly string[]): PublicClient {
  return createPublicClient({ transport: rpcTransport(rpcUrls), pollingInterval: POLL_MS, cacheTime: 0 });
}

function rpcTransport(rpcUrls: readonly string[]): FallbackTransport {
  const transports = rpcUrls.map((url) =>
    http(url, { timeout: RPC_TIMEOUT_MS, retryCount: RPC_RETRIES, retryDelay: RPC_RETRY_DELAY_MS }),
  );
  return fallback(transports, { retryCount: FALLBACK_RETRIES, retryDelay: RPC_RETRY_DELAY_MS });
}
