import type { Clock } from "@cortensor/runtime";
import type { CloseReason } from "./closeReason.js";
import type { Handshaken } from "./handshake.js";
import type { Inbox } from "./inbox.js";
import type { Transport } from "./transport.js";
import { refuse, WireError } from "./wireError.js";

export type HandshakeRun = {
  readonly transport: Transport;
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Aborts the handshake from outside. */
  readonly signal: AbortSignal;
  readonly run: (signal: AbortSignal) => Promise<Handshaken>;
};

/** Bounds a handshake in time. When it fails, closes the transport with the reason and rejects with WIRE_LINK_REFUSED. */
export async function runHandshake(parts: HandshakeRun): Promise<Handshaken> {
  const { transport, inbox, clock } = parts;
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, parts.signal]);
  const timeout = clock.sleep(parts.timeoutMs, signal).then(
    () => Promise.reject(refuse("handshakeTimeout", `not done within ${parts.timeoutMs} ms`)),
    () => Promise.reject(refuse("shutdown", "given up")),
  );
  transport.onClose((reason) => inbox.fail(reason, "the peer closed the link"));
  try {
    return await Promise.race([parts.run(signal), timeout]);
  } catch (error) {
    transport.close(reasonOf(error));
    throw error;
  } finally {
    over.abort();
  }
}

function reasonOf(error: unknown): CloseReason {
  if (error instanceof WireError && error.data.code === "WIRE_LINK_REFUSED") return error.data.reason;
  // Anything else is this side's own failure: a registry that can't be asked, a key that can't sign.
  return "unauthorised";
}
