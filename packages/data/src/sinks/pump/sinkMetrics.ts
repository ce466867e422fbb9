import type { Metrics } from "@cortensor/runtime";
import type { WithheldReason } from "../record/sinkRecord.js";
import type { SinkKind } from "../sink.js";

/** Of all sinks of a process. Labels are kinds, never sessions or places. */
export type SinkMetrics = {
  readonly delivered: (kind: SinkKind, records: number) => void;
  readonly failed: (kind: SinkKind) => void;
  readonly withheld: (kind: SinkKind, reason: WithheldReason | "lost") => void;
};

export function createSinkMetrics(metrics: Pick<Metrics, "counter">): SinkMetrics {
  const delivered = metrics.counter({
    name: "sink_records_delivered_total",
    help: "Records that a session's sink has taken.",
    labels: ["kind"],
  });
  const failed = metrics.counter({
    name: "sink_failures_total",
    help: "Tries to deliver to, or to ask, a session's sink that failed.",
    labels: ["kind"],
  });
  const withheld = metrics.counter({
    name: "sink_records_withheld_total",
    help: "Records delivered without their texts.",
    labels: ["kind", "reason"],
  });
  return {
    delivered: (kind, records) => delivered.add({ kind }, records),
    failed: (kind) => failed.add({ kind }),
    withheld: (kind, reason) => withheld.add({ kind, reason }),
  };
}

export const NO_SINK_METRICS: SinkMetrics = {
  delivered: () => undefined,
  failed: () => undefined,
  withheld: () => undefined,
};
