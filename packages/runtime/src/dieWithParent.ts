import type { Clock } from "./clock.js";
import { runLoop } from "./runLoop.js";

/** How often the parent is looked for. A second without a parent holds no port anyone waits for. */
export const PARENT_POLL_MS = 500;

export type DieWithParentParts = {
  readonly clock: Clock;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Called once, with how the death was noticed; start the shutdown here. */
  readonly onDeath: (how: string) => void;
  /** Also take the end of standard input for the parent's death. It is read and thrown away. Default false. */
  readonly watchStdin?: boolean;
  /** For tests: how to read the parent's id. */
  readonly readParentPid?: () => number;
};

/**
 * Watches over a child daemon's parent: when the IPC channel closes, the standard input ends, or the process is adopted by
 * another parent, `onDeath` is called once.
 */
export function dieWithParent(parts: DieWithParentParts): void {
  const readParentPid = parts.readParentPid ?? (() => process.ppid);
  const firstParent = readParentPid();
  const watch = new AbortController();
  const die = (how: string): void => {
    if (watch.signal.aborted || parts.signal.aborted) return;
    watch.abort();
    parts.onDeath(how);
  };

  const onDisconnect = (): void => die("its channel closed");
  const onStdinEnd = (): void => die("its pipe closed");
  if (process.channel) process.once("disconnect", onDisconnect);
  if (parts.watchStdin) {
    process.stdin.once("end", onStdinEnd);
    process.stdin.once("error", onStdinEnd);
    process.stdin.resume();
  }
  const stop = AbortSignal.any([parts.signal, watch.signal]);
  stop.addEventListener("abort", () => {
    process.off("disconnect", onDisconnect);
    process.stdin.off("end", onStdinEnd);
    process.stdin.off("error", onStdinEnd);
    if (parts.watchStdin) process.stdin.pause();
  });
  void runLoop({
    name: "parent watch",
    everyMs: PARENT_POLL_MS,
    clock: parts.clock,
    signal: stop,
    work: () => {
      if (readParentPid() !== firstParent) die("it is gone");
    },
    onError: (error) => process.emitWarning(`Watching the parent failed: ${String(error)}`),
  });
}
