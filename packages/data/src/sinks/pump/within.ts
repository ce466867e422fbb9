import type { Clock } from "@cortensor/runtime";
import { SinkError } from "../sinkError.js";

/**
 * Runs the work with a signal that aborts with the one given, or after `ms`; then it throws SINK_TIMEOUT, whatever the work made of
 * being aborted.
 */
export async function within<Value>(
  parts: { readonly clock: Clock; readonly ms: number; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const { clock, ms, signal } = parts;
  const timeout = new SinkError({ code: "SINK_TIMEOUT", afterMs: ms }, { isRetryable: true });
  const ended = new AbortController();
  const timer = new AbortController();
  const waiting = clock.sleep(Math.max(0, ms), timer.signal).then(
    () => ended.abort(timeout),
    // The work was done first.
    () => undefined,
  );
  try {
    return await work(AbortSignal.any([signal, ended.signal]));
  } catch (error) {
    if (ended.signal.aborted) throw timeout;
    throw error;
  } finally {
    timer.abort();
    await waiting;
  }
}
