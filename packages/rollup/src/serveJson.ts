import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** JSON over HTTP POST on this machine alone. */
export type JsonServer = { readonly url: string; close(): Promise<void> };

export type JsonServerParts = {
  readonly port: number;
  /** From a request's body to the answer's. What it throws is answered as an internal error. */
  readonly answer: (body: string) => Promise<string>;
  readonly onError: (error: unknown) => void;
  readonly requestBytesMax: number;
  readonly connectionsMax: number;
  /** A request that isn't whole by then is dropped, so that a silent socket holds nothing. */
  readonly requestTimeoutMs: number;
};

const INTERNAL = '{"jsonrpc":"2.0","id":null,"error":{"code":-32603,"message":"Internal error"}}';

export async function serveJson(parts: JsonServerParts): Promise<JsonServer> {
  const server = createServer({ requestTimeout: parts.requestTimeoutMs }, (request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      parts.onError(error);
      send(response, 500, INTERNAL);
    });
  });
  server.maxConnections = parts.connectionsMax;
  const at = await listen(server, parts.port);
  return {
    url: `http://127.0.0.1:${at}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(parts: JsonServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { host = "" } = request.headers;
  // A page in a browser may not be led here by a name that resolves to this machine.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return send(response, 403, "");
  if (request.method !== "POST") return send(response, 405, "");
  const body = await readBody(request, parts.requestBytesMax);
  if (body === undefined) return send(response, 413, "");
  send(response, 200, await parts.answer(body));
}

async function readBody(request: IncomingMessage, bytesMax: number): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) return undefined;
    bytes += part.length;
    if (bytes > bytesMax) return undefined;
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
