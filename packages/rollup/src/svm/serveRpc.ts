import { type JsonServer, serveJson } from "../serveJson.js";
import { answerRpc } from "./answerRpc.js";
import { CONNECTIONS_MAX, REQUEST_BYTES_MAX, REQUEST_TIMEOUT_MS } from "./limits.js";
import type { RpcWorld } from "./rpcMethod.js";

/** The RPC over HTTP on this machine alone. Asks are answered one after another: the cluster is one. */
export function serveRpc(
  world: RpcWorld,
  { port, onError }: { readonly port: number; readonly onError: (error: unknown) => void },
): Promise<JsonServer> {
  return serveJson({
    port,
    answer: (body) => answerRpc(world, body),
    onError,
    requestBytesMax: REQUEST_BYTES_MAX,
    connectionsMax: CONNECTIONS_MAX,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  });
}
