/** Time as a part: everything that waits, expires or schedules is given one. */
export type Clock = {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Resolves after `ms`. Rejects with the signal's reason when it aborts first, at once when it has aborted already. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

/** The machine's own time. A sleeping process keeps the event loop alive; abort the signal to let go. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
};
