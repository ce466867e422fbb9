import type { SinkMetrics, SinkOutbox, SinkPolicy, SinkStore, SinkVault } from "@cortensor/data";

/** By which a router records its sessions' tasks for their sinks. */
export type SinkParts = {
  readonly store: SinkStore;
  readonly outbox: SinkOutbox;
  /** Under a key that all of the operator's routers have, if they are to deliver one another's sessions. */
  readonly vault: SinkVault;
  readonly policy: SinkPolicy;
  readonly metrics: SinkMetrics;
};
