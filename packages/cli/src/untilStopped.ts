import type { Shutdown } from "@cortensor/runtime";

/** Resolves when the process is asked to end. */
export function untilStopped({ signal }: Pick<Shutdown, "signal">): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
