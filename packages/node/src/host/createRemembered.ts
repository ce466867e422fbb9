import type { Clock } from "@cortensor/runtime";

/** Reads a value at most once in so many milliseconds. A read that fails isn't remembered. */
export function createRemembered<Value>(parts: {
  readonly read: () => Promise<Value>;
  readonly forMs: number;
  readonly clock: Pick<Clock, "nowMs">;
}): () => Promise<Value> {
  let kept: { readonly value: Value; readonly atMs: number } | undefined;
  return async () => {
    const nowMs = parts.clock.nowMs();
    if (kept !== undefined && nowMs - kept.atMs < parts.forMs) return kept.value;
    kept = undefined;
    const value = await parts.read();
    kept = { value, atMs: nowMs };
    return value;
  };
}
