import type { RpcWatch } from "@cortensor/chain";
import type { Logger } from "@cortensor/runtime";

/** Logs what becomes of a profile's RPC URLs. One of another chain is for a person to mend; the others may come back. */
export function logRpcs(log: Logger): RpcWatch {
  return {
    onRpc({ rpc, verdict }) {
      switch (verdict.kind) {
        case "healthy":
          log.info("An RPC URL is healthy again", { rpc });
          return;
        case "failed":
          log.warn("An RPC URL doesn't answer; others are asked", { rpc, reason: verdict.reason });
          return;
        case "behind":
          log.warn("An RPC URL is behind; others are asked", { rpc, blocks: verdict.blocks.toString() });
          return;
        case "wrongChain":
          log.error("An RPC URL serves another chain; it is not used", { rpc, chainId: verdict.actual });
          return;
      }
    },
  };
}
