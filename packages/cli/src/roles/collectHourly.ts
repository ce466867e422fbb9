import type { ContentNode } from "@cortensor/data";
import type { Clock, Logger } from "@cortensor/runtime";

/** Pause between two collections of what no pin holds any more. */
const COLLECT_MS = 3_600_000;

/** Collects a node's content each hour, until the end. */
export function collectHourly(
  node: Pick<ContentNode, "collect">,
  parts: {
    readonly clock: Pick<Clock, "sleep">;
    readonly log: Pick<Logger, "warn">;
    readonly signal: AbortSignal;
  },
): void {
  const { clock, log, signal } = parts;
  const run = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(COLLECT_MS, signal);
      await node.collect();
    }
  };
  run().catch((error: unknown) => {
    if (!signal.aborted) log.warn("Old content could not be collected", {}, error);
  });
}
