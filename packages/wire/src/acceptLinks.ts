import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { hasCode } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import { type WebSocket, WebSocketServer } from "ws";
import type { CloseReason } from "./closeReason.js";
import { acceptHandshake } from "./handshake.js";
import type { NodeIdentity } from "./identity.js";
import { Inbox } from "./inbox.js";
import { LINK_LIMITS, type LinkLimits, socketBytesMax } from "./limits.js";
import type { Authorise, Link, LinkRole } from "./link.js";
import { LinkSession } from "./linkSession.js";
import { runHandshake } from "./runHandshake.js";
import { webSocketTransport } from "./webSocketTransport.js";

/** Where routers accept links on their HTTP server. */
export const WIRE_PATH = "/wire";

export type AcceptOptions = {
  /** Upgrades on `WIRE_PATH` become links; other upgrades are left to other listeners. An `https` server does as well. */
  readonly server: Pick<Server, "on" | "off">;
  readonly identity: NodeIdentity;
  /** Role that a peer must have. */
  readonly expectRole: LinkRole;
  readonly authorise: Authorise;
  /** Sets the link's handlers in this call: it begins to read afterwards. */
  readonly onLink: (link: Link) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: Partial<LinkLimits>;
};

export type LinkAcceptor = {
  links(): number;
  /** Refuses new links, closes those there are, and resolves when all are gone. */
  close(reason: CloseReason): Promise<void>;
};

/** Accepts links on an HTTP server. */
export function acceptLinks(options: AcceptOptions): LinkAcceptor {
  const limits = { ...LINK_LIMITS, ...options.limits };
  const upgrader = new WebSocketServer({
    noServer: true,
    maxPayload: socketBytesMax(limits),
    perMessageDeflate: false,
  });
  const links = new Set<Link>();
  const handshakes = new Set<Promise<void>>();
  const stop = new AbortController();

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (pathOf(request) !== WIRE_PATH) return;
    if (links.size + handshakes.size >= limits.linksMax || handshakes.size >= limits.handshakesMax) {
      socket.end("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n\r\n");
      return;
    }
    upgrader.handleUpgrade(request, socket, head, (webSocket) => {
      const handshake = stand({ options, limits, webSocket, links, signal: stop.signal }).finally(() => {
        handshakes.delete(handshake);
      });
      handshakes.add(handshake);
    });
  };
  options.server.on("upgrade", onUpgrade);

  return {
    links: () => links.size,
    close: async (reason) => {
      options.server.off("upgrade", onUpgrade);
      stop.abort();
      for (const link of links) link.close(reason);
      await Promise.all([...handshakes, ...[...links].map((link) => link.closed)]);
    },
  };
}

type Standing = {
  readonly options: AcceptOptions;
  readonly limits: LinkLimits;
  readonly webSocket: WebSocket;
  readonly links: Set<Link>;
  readonly signal: AbortSignal;
};

/** Proves the peer and hands the link over. Never rejects: a refusal is logged and told to the peer. */
async function stand({ options, limits, webSocket, links, signal }: Standing): Promise<void> {
  const { identity, clock, log } = options;
  const transport = webSocketTransport(webSocket);
  const inbox = new Inbox(transport, limits.handshakeBytesMax);
  try {
    const handshaken = await runHandshake({
      transport,
      inbox,
      clock,
      timeoutMs: limits.handshakeTimeoutMs,
      signal,
      run: (handshakeSignal) =>
        acceptHandshake({
          identity,
          transport,
          inbox,
          expectPeer: { role: options.expectRole },
          authorise: options.authorise,
          nowSeconds: () => Math.floor(clock.nowMs() / 1000),
          signal: handshakeSignal,
        }),
    });
    const link = new LinkSession({
      handshaken,
      transport,
      ownRole: identity.role,
      isOpener: false,
      limits,
      clock,
      log,
    });
    links.add(link);
    transport.onClose(() => links.delete(link));
    options.onLink(link);
    link.start(inbox);
  } catch (error) {
    if (hasCode(error, "WIRE_LINK_REFUSED")) log.info("Link refused", { detail: error.message });
    else log.error("Link failed", {}, error);
    webSocket.close();
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "").split("?", 1)[0] ?? "";
}
