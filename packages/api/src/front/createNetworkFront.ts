import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { ApiError } from "../apiError.js";
import { createHttpServer, type TlsTexts } from "../httpServer.js";
import { FRONT_IDLE_MS, NETWORK_EXCHANGES_MAX } from "../limits.js";
import { trackConnections } from "../trackConnections.js";
import { forwardRequest, forwardUpgrade } from "./forward.js";
import {
  CLIMBING,
  NETWORK_FULL,
  NO_LIST,
  NO_NETWORK,
  NO_ROOT,
  NO_UPGRADE,
  refusalBytes,
  refuse,
} from "./frontAnswer.js";
import { NETWORKS_PATH, type Place, readPlace } from "./readPlace.js";

/** One network behind the front. */
export type FrontNetwork = {
  /** Its segment of the path: `isNetworkSegment`. */
  readonly name: string;
  /** Where its router listens, on this machine alone. */
  readonly port: number;
  /** Named by `GET /networks`: a private one isn't. */
  readonly isPublic: boolean;
};

export type NetworkFrontParts = {
  readonly networks: readonly FrontNetwork[];
  /** The network whose router answers outside of `/networks`, too. */
  readonly root?: string;
  readonly tls?: TlsTexts;
};

export type NetworkFront = {
  /** Rejects when the address is taken. Resolves to its origin. */
  listen(at: { readonly host: string; readonly port: number }): Promise<string>;
  /** Takes nothing new; resolves when what is under way has ended. */
  close(): Promise<void>;
};

/** Requests and links of one network under way: a network that takes all of its own leaves the others theirs. */
type Known = FrontNetwork & { exchanges: number };
type Chosen = { readonly network: Known; readonly path: string } | { readonly error: ApiError; readonly path: string };

/**
 * One address for several networks, each with a router of its own behind it: `/networks/<name>/…` is that router's `/…`. It reads a
 * request's path and headers alone, keeps nothing of it, and holds no key.
 */
export function createNetworkFront({ networks, root, tls }: NetworkFrontParts): NetworkFront {
  const known = new Map(networks.map((network): [string, Known] => [network.name, { ...network, exchanges: 0 }]));
  const agent = new http.Agent({ keepAlive: true, timeout: FRONT_IDLE_MS });
  const list = JSON.stringify({
    networks: networks.flatMap(({ name, isPublic }) => (isPublic ? [{ name, path: `${NETWORKS_PATH}/${name}` }] : [])),
  });
  const choose = (place: Place): Chosen => {
    if (place.kind === "refused") return { error: CLIMBING, path: place.path };
    if (place.kind === "list") return { error: NO_LIST, path: NETWORKS_PATH };
    const { path } = place;
    const name = place.kind === "root" ? root : place.name;
    const network = name === undefined ? undefined : known.get(name);
    if (network === undefined) return { error: name === undefined ? NO_ROOT : NO_NETWORK, path };
    return network.exchanges < NETWORK_EXCHANGES_MAX ? { network, path } : { error: NETWORK_FULL, path };
  };

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const place = readPlace(request.url ?? "");
    const chosen = choose(place);
    if (place.kind === "list" && request.method === "GET") sendList(response, list);
    else if ("error" in chosen) refuse(response, chosen.path, chosen.error);
    else {
      response.once("close", enter(chosen.network));
      forwardRequest({ request, response }, { port: chosen.network.port, path: chosen.path, agent });
    }
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const isWebSocket = request.method === "GET" && request.headers.upgrade?.toLowerCase() === "websocket";
    const found = choose(readPlace(request.url ?? ""));
    const chosen = isWebSocket ? found : { error: NO_UPGRADE, path: found.path };
    if ("error" in chosen) {
      socket.on("error", () => socket.destroy());
      socket.end(refusalBytes(chosen.path, chosen.error));
      return;
    }
    const { network, path } = chosen;
    forwardUpgrade({ request, socket, head }, { port: network.port, path, onEnd: enter(network) });
  };

  const server = createHttpServer(onRequest, tls);
  const connections = trackConnections(server, { isTls: tls !== undefined });
  server.on("upgrade", onUpgrade);
  return {
    listen: (at) => listen(server, { ...at, scheme: tls === undefined ? "http" : "https" }),
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.close();
      return closed.finally(() => agent.destroy());
    },
  };
}

/** Counts one more exchange of a network; to be called once it is over. */
function enter(network: Known): () => void {
  network.exchanges += 1;
  return () => {
    network.exchanges -= 1;
  };
}

function sendList(response: ServerResponse, body: string): void {
  const headers = { "content-type": "application/json; charset=utf-8", "access-control-allow-origin": "*" };
  response.writeHead(200, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

function listen(
  server: http.Server,
  { host, port, scheme }: { readonly host: string; readonly port: number; readonly scheme: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const bound: string | AddressInfo | null = server.address();
      const at = typeof bound === "object" && bound !== null ? bound.port : port;
      resolve(`${scheme}://${host.includes(":") ? `[${host}]` : host}:${at}`);
    });
  });
}
