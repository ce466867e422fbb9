import type { CallOptions, Http } from "./http.js";
import { parseJson } from "./http.js";
import { WATCH_PAUSE_MS, WATCH_PAUSE_MS_MAX } from "./limits.js";
import { type NetworkEvent, networkEvent } from "./networkShapes.js";
import { readEvents } from "./readEvents.js";
import { SdkError } from "./sdkError.js";

/**
 * Network events as they happen, until the signal aborts or the reader leaves. A connection that breaks is opened again; what happened
 * meanwhile is not repeated. Events of a kind that this client doesn't know are skipped. A first connection that fails throws.
 */
export async function* watchNetwork(
  http: Http,
  options: CallOptions & { readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void> },
): AsyncGenerator<NetworkEvent, void, undefined> {
  const { signal } = options;
  const sleep = options.sleep ?? pause;
  const call = { path: "/api/v1/tasks/events", ...options };
  let failures = 0;
  let hasConnected = false;
  while (!signal?.aborted) {
    try {
      const answer = await http.open(call);
      hasConnected = true;
      failures = 0;
      for await (const message of readEvents(answer)) {
        const event = networkEvent.safeParse(parseJson(message.data, answer.url));
        if (event.success) yield event.data;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!hasConnected || !(error instanceof SdkError)) throw error;
    }
    await sleep(Math.min(WATCH_PAUSE_MS * 2 ** failures, WATCH_PAUSE_MS_MAX), signal);
    failures += 1;
  }
}

/** Waits, or returns early when the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", settle);
      resolve();
    };
    const timer = setTimeout(settle, ms);
    signal?.addEventListener("abort", settle, { once: true });
  });
}
