import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { DOOR_CONNECTIONS_MAX, DOOR_REQUEST_BYTES_MAX, DOOR_TIMEOUT_MS } from "./limits.js";

export type DoorRequest = { readonly bearer: string | undefined; readonly body: string };
export type DoorServer = { readonly url: string; close(): Promise<void> };

/** HTTP that takes JSON-RPC by POST, within bounds, and hands bearer and body on. */
export async function serveDoor(parts: {
  readonly host: string;
  readonly port: number;
  readonly answer: (request: DoorRequest) => Promise<{ readonly status: number; readonly body: string }>;
  readonly onError: (error: unknown) => void;
}): Promise<DoorServer> {
  const { host, port, answer, onError } = parts;
  const server = createServer({ requestTimeout: DOOR_TIMEOUT_MS }, (request, response) => {
    respond(request, response, answer).catch((error: unknown) => {
      onError(error);
      send(response, 500, "");
    });
  });
  server.maxConnections = DOOR_CONNECTIONS_MAX;
  const at = await listen(server, { host, port });
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${at}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: DoorRequest) => Promise<{ readonly status: number; readonly body: string }>,
): Promise<void> {
  // A page of another origin may not speak to a member's agent with the member's key.
  if (request.headers.origin !== undefined) return send(response, 403, "");
  if (request.method !== "POST") return send(response, 405, "");
  const body = await readBody(request);
  if (body === undefined) return send(response, 413, "");
  const [, bearer] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "") ?? [];
  const said = await answer({ bearer, body });
  send(response, said.status, said.body);
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) return undefined;
    bytes += part.length;
    if (bytes > DOOR_REQUEST_BYTES_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function send(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

function listen(server: Server, at: { readonly host: string; readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port, at.host, () => {
      const bound = server.address();
      if (bound === null || typeof bound === "string") reject(new Error("The door has no port"));
      else resolve(bound.port);
    });
  });
}
