import { backoffMs, type Clock, type Logger } from "@cortensor/runtime";
import type { Link } from "./link.js";

export type KeepLinkOptions = {
  /** One attempt, e.g. `(signal) => connectLink({ …, signal })`. */
  readonly connect: (signal: AbortSignal) => Promise<Link>;
  /** Called for each link that stands, in the turn in which it does; the next attempt begins when it is closed. */
  readonly onLink: (link: Link) => void;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Uniform in [0, 1): jitter, so that a router's restart is not met by all miners at once. */
  readonly random: () => number;
  readonly log: Logger;
};

/** First pause at most, doubling … */
export const RECONNECT_BASE_MS = 500;
/** … up to this: a router that comes back is found again within half a minute. */
export const RECONNECT_CAP_MS = 30_000;
/** A link that stood this long starts the count anew. */
export const STABLE_MS = 30_000;

/** Keeps one link open until the signal aborts, then closes it. Resolves when it is gone. Never rejects. */
export async function keepLink(options: KeepLinkOptions): Promise<void> {
  const { signal, clock, random, log } = options;
  let failures = 0;
  while (!signal.aborted) {
    const startedMs = clock.nowMs();
    try {
      const link = await options.connect(signal);
      options.onLink(link);
      const reason = await closedOrAborted(link, signal);
      log.info("Link closed", { reason, peer: link.peer.address });
    } catch (error) {
      if (!signal.aborted) log.warn("Link could not be opened", { failures }, error);
    }
    failures = clock.nowMs() - startedMs >= STABLE_MS ? 1 : failures + 1;
    const pauseMs = backoffMs({ baseMs: RECONNECT_BASE_MS, capMs: RECONNECT_CAP_MS, random }, failures);
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}

async function closedOrAborted(link: Link, signal: AbortSignal): Promise<string> {
  const onAbort = (): void => link.close("shutdown");
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  const reason = await link.closed;
  signal.removeEventListener("abort", onAbort);
  return reason;
}
