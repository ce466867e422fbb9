import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerRpc } from "./answerRpc.js";
import { CONNECTIONS_MAX, REQUEST_BYTES_MAX, REQUEST_TIMEOUT_MS } from "./limits.js";
import type { RpcWorld } from "./rpcMethod.js";
import { RPC_CODES } from "./rpcRefusal.js";

/** The RPC over HTTP on this machine alone. Asks are answered one after another: the cluster is one. */
export type RpcServer = { readonly url: string; close(): Promise<void> };

export async function serveRpc(
  world: RpcWorld,
  { port, onError }: { readonly port: number; readonly onError: (error: unknown) => void },
): Promise<RpcServer> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    answer(world, request, response).catch((error: unknown) => {
      onError(error);
      send(
        response,
        500,
        `{"jsonrpc":"2.0","id":null,"error":{"code":${RPC_CODES.internal},"message":"Internal error"}}`,
      );
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  const at = await listen(server, port);
  return {
    url: `http://127.0.0.1:${at}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(world: RpcWorld, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { host = "" } = request.headers;
  // A page in a browser may not be led here by a name that resolves to this machine.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return send(response, 403, "");
  if (request.method !== "POST") return send(response, 405, "");
  const body = await readBody(request);
  if (body === undefined) return send(response, 413, "");
  send(response, 200, await answerRpc(world, body));
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) return undefined;
    bytes += part.length;
    if (bytes > REQUEST_BYTES_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function send(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const at = server.address();
      if (at === null || typeof at === "string") reject(new Error("The server has no port"));
      else resolve(at.port);
    });
  });
}
