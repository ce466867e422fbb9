import type { Logger } from "./createLogger.js";

/** All releases together get this long, unless told otherwise: an operator's supervisor commonly kills after 10 s. */
export const SHUTDOWN_MS_MAX = 8_000;

export type Shutdown = {
  /** Aborts when the shutdown begins: the one signal from the process down. */
  readonly signal: AbortSignal;
  /**
   * Registers a release, on the line after the acquisition. Returns a function that takes it off again.
   * Added after the shutdown has begun, it runs at once.
   */
  add(name: string, release: () => Promise<void> | void): () => void;
  /** Runs every release once, last added first. Idempotent: all callers get the same report. Never rejects. */
  run(reason?: string): Promise<ShutdownReport>;
};

export type ShutdownReport = {
  readonly reason: string;
  readonly released: readonly string[];
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
  /** Releases that hadn't ended, or begun, when the time was up. */
  readonly timedOut: readonly string[];
};

type Entry = { readonly name: string; readonly release: () => Promise<void> | void };

export function createShutdown(options: { readonly timeoutMs?: number; readonly log?: Logger } = {}): Shutdown {
  const timeoutMs = options.timeoutMs ?? SHUTDOWN_MS_MAX;
  const controller = new AbortController();
  const entries: Entry[] = [];
  /** Releases registered after the shutdown's end: started at once, kept so that none is without an owner. */
  const late: Promise<unknown>[] = [];
  let running: Promise<ShutdownReport> | undefined;
  let ended = false;

  const runAll = async (reason: string): Promise<ShutdownReport> => {
    const deadline = startDeadline(timeoutMs);
    const released: string[] = [];
    const failed: { name: string; error: unknown }[] = [];
    const timedOut: string[] = [];
    for (let entry = entries.pop(); entry; entry = entries.pop()) {
      const { name } = entry;
      const outcome = await Promise.race([attempt(entry), deadline.passed]);
      if (outcome === "timeout") timedOut.push(name);
      else if (outcome === "released") released.push(name);
      else failed.push({ name, error: outcome.error });
    }
    ended = true;
    deadline.stop();
    for (const { name, error } of failed) options.log?.warn("Release failed", { name }, error);
    for (const name of timedOut) options.log?.warn("Release took too long", { name, timeoutMs });
    return { reason, released, failed, timedOut };
  };

  return {
    signal: controller.signal,
    add(name, release) {
      const entry: Entry = { name, release };
      if (ended) late.push(attempt(entry));
      else entries.push(entry);
      return () => remove(entries, entry);
    },
    run(reason = "asked to stop") {
      if (!running) {
        controller.abort(new Error(`Shutting down: ${reason}`));
        running = runAll(reason);
      }
      return running;
    },
  };
}

async function attempt(entry: Entry): Promise<"released" | { readonly error: unknown }> {
  try {
    await entry.release();
    return "released";
  } catch (error) {
    return { error };
  }
}

function startDeadline(ms: number): { readonly passed: Promise<"timeout">; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<"timeout">((resolve) => {
    timer = setTimeout(() => resolve("timeout"), ms);
  });
  return { passed, stop: () => clearTimeout(timer) };
}

function remove(entries: Entry[], entry: Entry): void {
  const at = entries.indexOf(entry);
  if (at >= 0) entries.splice(at, 1);
}
