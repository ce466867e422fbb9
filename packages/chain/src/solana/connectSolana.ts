import type { Bytes32, UnixSeconds } from "@cortensor/protocol";
import { createSolanaRpc, type Rpc, type SolanaRpcApi } from "@solana/kit";
import { SOLANA_TIMEOUT_MS } from "./limits.js";
import { SolanaError, solanaCall } from "./solanaError.js";
import { parseSolanaKey } from "./solanaKeys.js";

/** One cluster, by one RPC that has shown its genesis. */
export type SolanaCluster = {
  readonly rpc: Rpc<SolanaRpcApi>;
  readonly genesisHash: Bytes32;
};

/** The last final slot, and its time. */
export type SolanaHead = { readonly slot: number; readonly time: UnixSeconds };

/**
 * Looks which cluster an RPC serves. With `genesisHash`, throws SOLANA_WRONG_CLUSTER for another. Throws SOLANA_UNREACHABLE.
 */
export async function connectSolana(parts: {
  readonly url: string;
  readonly genesisHash?: Bytes32;
}): Promise<SolanaCluster> {
  const rpc = createSolanaRpc(parts.url);
  const said = await solanaCall("getGenesisHash", rpc.getGenesisHash().send(solanaBounds()));
  const genesisHash = parseSolanaKey(said);
  if (parts.genesisHash !== undefined && parts.genesisHash !== genesisHash) {
    throw new SolanaError({ code: "SOLANA_WRONG_CLUSTER", expected: parts.genesisHash, actual: genesisHash });
  }
  return { rpc, genesisHash };
}

/** Where the cluster's final slots end. */
export async function readSolanaHead({ rpc }: SolanaCluster): Promise<SolanaHead> {
  const slot = await solanaCall("getSlot", rpc.getSlot({ commitment: "finalized" }).send(solanaBounds()));
  const time = await solanaCall("getBlockTime", rpc.getBlockTime(slot).send(solanaBounds()));
  return { slot: Number(slot), time: Number(time) };
}

/** No question to an RPC hangs. */
export function solanaBounds(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(SOLANA_TIMEOUT_MS) };
}
