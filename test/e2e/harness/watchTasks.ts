import type { Cortensor, NetworkEvent } from "@cortensor/sdk";
import { until } from "./until.js";

type EventOf<Kind extends NetworkEvent["kind"]> = Extract<NetworkEvent, { kind: Kind }>;

/** Follows a router's event stream. */
export type TaskWatch = {
  readonly events: readonly NetworkEvent[];
  /** Tasks that were run to know that the stream is open. */
  readonly ownTaskIds: readonly string[];
  /** The task's event of that kind, as soon as it is there. */
  of<Kind extends "taskStarted" | "taskEnded" | "receiptAcknowledged">(
    kind: Kind,
    taskId: string,
  ): Promise<EventOf<Kind>>;
  stop(): Promise<void>;
};

/** Resolves when the stream is open: nothing that happens later is missed. */
export async function watchTasks(client: Cortensor): Promise<TaskWatch> {
  const stop = new AbortController();
  const events: NetworkEvent[] = [];
  const running = (async () => {
    for await (const event of client.watch({ signal: stop.signal })) events.push(event);
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const ownTaskIds: string[] = [];
  await until("open event stream", async () => {
    // Any short task tells that the stream is read: its events come after its answer began.
    ownTaskIds.push((await client.chat("What is the capital of France?", { maxTokens: 1 })).taskId);
    return events.length > 0 ? true : undefined;
  });
  return {
    events,
    ownTaskIds,
    of: async <Kind extends NetworkEvent["kind"]>(kind: Kind, taskId: string) =>
      until(`${kind} of ${taskId}`, () =>
        events.find(
          (event): event is EventOf<Kind> => event.kind === kind && "taskId" in event && event.taskId === taskId,
        ),
      ),
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}
