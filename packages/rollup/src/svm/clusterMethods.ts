import { z } from "zod";
import { address } from "./accountMethods.js";
import { AIRDROP_LAMPORTS_MAX, BLOCKHASH_SLOTS } from "./limits.js";
import { type RpcMethod, rpcMethod, withContext } from "./rpcMethod.js";
import { RPC_CODES, RpcRefusal } from "./rpcRefusal.js";

const SLOTS_IN_EPOCH = 432_000;

/** Where the cluster is. Every slot has a block, so that its height is its slot. */
export const clusterMethods: Readonly<Record<string, RpcMethod>> = {
  getHealth: rpcMethod(z.tuple([]), {}, () => "ok"),
  getVersion: rpcMethod(z.tuple([]), {}, () => ({ "solana-core": "2.3.0", "feature-set": 0 })),
  getGenesisHash: rpcMethod(z.tuple([]), {}, ({ cluster }) => cluster.genesisHash),
  getSlot: rpcMethod(z.tuple([]), {}, ({ cluster, commitment }) => cluster.slotAt(commitment)),
  getBlockHeight: rpcMethod(z.tuple([]), {}, ({ cluster, commitment }) => cluster.slotAt(commitment)),
  getBlockTime: rpcMethod(z.tuple([z.int().min(0)]), {}, ({ cluster }, [slot]) => {
    if (slot <= cluster.slot) return cluster.timeOf(slot);
    throw new RpcRefusal(RPC_CODES.params, `Block not available for slot ${slot}`);
  }),
  getEpochInfo: rpcMethod(z.tuple([]), {}, ({ cluster, commitment }) => {
    const absoluteSlot = cluster.slotAt(commitment);
    return {
      absoluteSlot,
      blockHeight: absoluteSlot,
      epoch: Math.floor(absoluteSlot / SLOTS_IN_EPOCH),
      slotIndex: absoluteSlot % SLOTS_IN_EPOCH,
      slotsInEpoch: SLOTS_IN_EPOCH,
      transactionCount: cluster.transactionCount,
    };
  }),
  getLatestBlockhash: rpcMethod(z.tuple([]), {}, ({ cluster, commitment }) => {
    const { hash, slot } = cluster.latestBlockhash(commitment);
    return withContext(cluster, commitment, { blockhash: hash, lastValidBlockHeight: slot + BLOCKHASH_SLOTS });
  }),
  isBlockhashValid: rpcMethod(z.tuple([z.string().max(44)]), {}, ({ cluster, commitment }, [hash]) =>
    withContext(cluster, commitment, cluster.isBlockhashValid(hash)),
  ),
  requestAirdrop: rpcMethod(
    z.tuple([address, z.int().min(1).max(AIRDROP_LAMPORTS_MAX)]),
    {},
    ({ airdrop }, [to, amount]) => {
      if (airdrop === undefined) throw new RpcRefusal(RPC_CODES.method, "airdrops are off: serve with --airdrops");
      return airdrop(to, BigInt(amount));
    },
  ),
};
