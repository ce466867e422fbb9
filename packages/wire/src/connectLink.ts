import type { Address } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import { WebSocket } from "ws";
import { openHandshake } from "./handshake.js";
import type { NodeIdentity } from "./identity.js";
import { Inbox } from "./inbox.js";
import { LINK_LIMITS, type LinkLimits, socketBytesMax } from "./limits.js";
import type { Authorise, Link, LinkRole } from "./link.js";
import { LinkSession } from "./linkSession.js";
import { runHandshake } from "./runHandshake.js";
import { webSocketTransport } from "./webSocketTransport.js";
import { WireError } from "./wireError.js";

export type ConnectOptions = {
  /** `ws://host:port/wire` or `wss://…`. A TLS certificate is not checked: the handshake inside proves the peer. */
  readonly url: string;
  readonly identity: NodeIdentity;
  readonly expectPeer: { readonly role: LinkRole; readonly address?: Address };
  readonly authorise: Authorise;
  /** Gives up the attempt. A link that stands is closed by `Link.close`. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: Partial<LinkLimits>;
};

/**
 * Opens a link. Set its handlers in the same turn of the event loop: it begins to read in the next.
 * Rejects with WIRE_LINK_REFUSED and the close reason, or WIRE_CONNECT_FAILED when nothing answers.
 */
export async function connectLink(options: ConnectOptions): Promise<Link> {
  const { identity, expectPeer, authorise, clock, log } = options;
  const limits = { ...LINK_LIMITS, ...options.limits };
  const socket = new WebSocket(options.url, {
    maxPayload: socketBytesMax(limits),
    perMessageDeflate: false,
    rejectUnauthorized: false,
    handshakeTimeout: limits.handshakeTimeoutMs,
    // Masking keeps a page's script from forging HTTP to a proxy; these bytes are ciphertext. All zeros costs nothing.
    generateMask: (mask) => mask.fill(0),
  });
  const transport = webSocketTransport(socket);
  const inbox = new Inbox(transport, limits.handshakeBytesMax);
  await opened(socket, options);
  const handshaken = await runHandshake({
    transport,
    inbox,
    clock,
    timeoutMs: limits.handshakeTimeoutMs,
    signal: options.signal,
    run: (signal) =>
      openHandshake({
        identity,
        transport,
        inbox,
        expectPeer,
        authorise,
        nowSeconds: () => Math.floor(clock.nowMs() / 1000),
        signal,
      }),
  });
  const session = new LinkSession({
    handshaken,
    transport,
    ownRole: identity.role,
    isOpener: true,
    limits,
    clock,
    log,
  });
  setImmediate(() => session.start(inbox));
  return session;
}

function opened(socket: WebSocket, { url, signal }: ConnectOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      signal.removeEventListener("abort", onAbort);
      reject(new WireError({ code: "WIRE_CONNECT_FAILED", url }, { cause, isRetryable: !signal.aborted }));
    };
    const onAbort = (): void => {
      fail(signal.reason);
      socket.terminate();
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", fail);
    socket.once("open", () => {
      signal.removeEventListener("abort", onAbort);
      socket.off("error", fail);
      resolve();
    });
  });
}
